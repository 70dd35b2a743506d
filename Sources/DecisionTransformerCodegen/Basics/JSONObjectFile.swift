/// A file that holds one JSON object, while it is being read: it hands out typed values and
/// collects everything that is wrong with them.
///
/// A value that is absent or wrong leaves the caller's default as it is, so that reading goes on
/// and all problems of a file are found at once.
package struct JSONObjectFile {
  /// The file as the user knows it.
  package let path: String
  /// What stands in front of the keys in messages: where the object lies in its file.
  private let prefix: String
  private var members: [JSONMember] = []
  private var rejections: [(position: Int, diagnostic: Diagnostic)] = []
  /// The file is missing or is no JSON object: nothing is known about any key.
  package private(set) var isUnreadable = false

  /// An object without members.
  package init(path: String) {
    self.path = path
    prefix = ""
  }

  /// An object inside of another one, in `place` of the file.
  package init(_ members: [JSONMember], path: String, in place: String) {
    self.path = path
    prefix = "\(place)."
    self.members = members
  }

  /// What a file of another form says, in the form of an object.
  package init(_ members: [JSONMember], path: String) {
    self.path = path
    prefix = ""
    self.members = members
  }

  /// A file that cannot be read, and why.
  package init(path: String, unreadable reason: String) {
    self.path = path
    prefix = ""
    isUnreadable = true
    rejectFile(reason)
  }

  /// The object that `bytes` spell; an empty one and a problem if they spell none.
  package init(_ bytes: [UInt8], path: String) {
    self.path = path
    prefix = ""
    do throws(JSONError) {
      let value = try JSONParser.parse(bytes)
      if case .object(let members) = value {
        self.members = members
      } else {
        isUnreadable = true
        rejectFile("found \(value.excerpt); accepted: a JSON object")
      }
    } catch {
      isUnreadable = true
      rejectFile(error.message, at: error.position)
    }
  }

  /// The keys in the order of the file.
  package var keys: [String] { members.map(\.name) }

  package subscript(key: String) -> JSONValue? { members.first { $0.name == key }?.value }

  /// Everything that is wrong, in the order of the file; what is missing comes last.
  package var problems: [Diagnostic] {
    rejections.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map(\.element.diagnostic)
  }

  /// Whether nothing is wrong with the values of `keys`, given or absent.
  package func isSound(_ keys: String...) -> Bool {
    !isUnreadable
      && !rejections.contains { rejection in
        keys.contains { position(of: $0) == rejection.position }
      }
  }

  private func position(of key: String) -> Int {
    members.firstIndex { $0.name == key } ?? members.count
  }
}

// MARK: - Problems

extension JSONObjectFile {
  /// Records what is wrong with the file as a whole.
  package mutating func rejectFile(_ message: String, at place: String? = nil) {
    rejections.append((-1, Diagnostic(path: path, key: place, message)))
  }

  /// Records what is wrong with the value of `key`, or with one element of it, or with one element of that.
  package mutating func reject(
    _ key: String, element: Int? = nil, part: Int? = nil, _ message: String
  ) {
    let isPlain = key.utf8.allSatisfy { (0x21..<0x7F).contains($0) } && (1...60).contains(key.count)
    let name = prefix + (isPlain ? key : JSONValue.string(key).excerpt)
    let place = [element, part].compactMap(\.self).reduce(name) { "\($0)[\($1)]" }
    rejections.append((position(of: key), Diagnostic(path: path, key: place, message)))
  }

  /// Records what is wrong inside of the value of `key`, which `part` has read.
  package mutating func take(_ part: JSONObjectFile, from key: String) {
    rejections += part.problems.map { (position(of: key), $0) }
  }

  /// Records that `value` is not what `key` accepts.
  package mutating func reject(
    _ key: String, element: Int? = nil, part: Int? = nil, found value: JSONValue, accepted: String
  ) {
    reject(key, element: element, part: part, "found \(value.excerpt); accepted: \(accepted)")
  }
}

// MARK: - Typed values

extension JSONObjectFile {
  /// Reads an integer. A literal with a fraction or an exponent is none, as in Hugging Face.
  package mutating func read(_ key: String, into target: inout Int, in range: ClosedRange<Int>) {
    guard let value = self[key] else { return }
    if case .integer(let integer) = value, range.contains(integer) {
      target = integer
    } else {
      let accepted =
        range.upperBound == Int.max
        ? "an integer of at least \(range.lowerBound)"
        : "an integer from \(range.lowerBound) to \(range.upperBound)"
      reject(key, found: value, accepted: accepted)
    }
  }

  package mutating func read(_ key: String, into target: inout Bool) {
    guard let value = self[key] else { return }
    if case .bool(let flag) = value {
      target = flag
    } else {
      reject(key, found: value, accepted: "true or false")
    }
  }

  package mutating func read(_ key: String, into target: inout Double, _ rule: NumberRule) {
    guard let value = self[key] else { return }
    if let number = value.asDouble, rule.admits(number) {
      target = number
    } else {
      reject(key, found: value, accepted: rule.accepted)
    }
  }

  /// Reads an array of numbers, every one of which obeys `rule`.
  package mutating func numbers(_ key: String, _ rule: NumberRule) -> [Double]? {
    guard let value = self[key] else { return nil }
    guard case .array(let elements) = value else {
      reject(key, found: value, accepted: "an array of numbers")
      return nil
    }
    var numbers: [Double] = []
    for (index, element) in elements.enumerated() {
      if let number = element.asDouble, rule.admits(number) {
        numbers.append(number)
      } else {
        reject(key, element: index, found: element, accepted: rule.accepted)
      }
    }
    return numbers.count == elements.count ? numbers : nil
  }

  /// Reads one of the names of `Choice`.
  package mutating func read<Choice>(_ key: String, into target: inout Choice)
  where Choice: CaseIterable & RawRepresentable<String> {
    guard let value = self[key] else { return }
    if case .string(let name) = value, let choice = Choice(rawValue: name) {
      target = choice
    } else {
      reject(key, found: value, accepted: Choice.acceptedNames)
    }
  }
}

extension CaseIterable where Self: RawRepresentable<String> {
  /// All names, quoted, for messages.
  package static var acceptedNames: String {
    allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
  }
}

extension JSONValue {
  /// The value of a number, written as an integer or not.
  package var asDouble: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
