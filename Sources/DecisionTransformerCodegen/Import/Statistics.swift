/// A fact that a file of its own has: mean or deviation of states in the training data.
public struct Statistic: Equatable, Sendable {
  /// `state_mean` or `state_std`.
  public let key: String
  public let value: JSONValue
  public let path: String
  /// What the file calls it; nil where it holds nothing else.
  public let name: String?
}

/// Mean and deviation of states in the training data, from a file or from the user.
public enum Statistics {
  /// What a file has under a name: a value, or something that is none.
  private typealias Entry = (name: String, value: Result<JSONValue, UnusableNumbers>)

  /// The members of a JSON object, or the arrays of an .npz file, that are `state_mean` and `state_std`.
  ///
  /// - Throws: Where the file has none.
  public static func read(_ bytes: [UInt8], path: String) throws(InvalidInput) -> [Statistic] {
    let isArchive = bytes.withUnsafeBytes(ZipArchive.matches)
    let entries = try isArchive ? arrays(bytes, path) : members(bytes, path)
    var statistics: [Statistic] = []
    var problems: [Diagnostic] = []
    for (key, names) in [
      ("state_mean", ["state_mean", "mean"]), ("state_std", ["state_std", "std"]),
    ] {
      guard let name = names.first(where: { name in entries.contains { $0.name == name } }),
        let entry = entries.first(where: { $0.name == name })
      else { continue }
      switch entry.value {
      case .success(let value):
        statistics.append(Statistic(key: key, value: value, path: path, name: name))
      case .failure(let reason):
        problems.append(
          Diagnostic(path: path, key: name, "\(reason.text); \(UnusableNumbers.accepted)"))
      }
    }
    if problems.isEmpty, statistics.count < 2 {
      let found = entries.isEmpty ? "nothing" : NameList.text(entries.map(\.name))
      problems.append(
        Diagnostic(
          path: path,
          "has \(found); accepted: state_mean and state_std (or mean and std), numbers in an array each"
        ))
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
    return statistics
  }

  private static func members(_ bytes: [UInt8], _ path: String) throws(InvalidInput) -> [Entry] {
    do throws(JSONError) {
      if case .object(let members) = try JSONParser.parse(bytes) {
        return members.map { ($0.name, .success($0.value)) }
      }
    } catch {
      throw InvalidInput([Diagnostic(path: path, key: error.position, error.message)])
    }
    throw InvalidInput([
      Diagnostic(path: path, "is neither a JSON object nor an .npz file; accepted: one of them")
    ])
  }

  private static func arrays(_ bytes: [UInt8], _ path: String) throws(InvalidInput) -> [Entry] {
    do throws(Diagnostic) {
      return try FileBytes.memory(bytes).withBytes { (bytes) throws(Diagnostic) in
        let entries = try ZipArchive(bytes, path: path).entries
        return entries.sorted { $0.key < $1.key }.filter { $0.key.hasSuffix(".npy") }.map {
          (name, range) in
          let value = Result { () throws(UnusableNumbers) in
            JSONValue(try NumpyFile.numbers(UnsafeRawBufferPointer(rebasing: bytes[range])))
          }
          return (String(name.dropLast(4)), value)
        }
      }
    } catch {
      throw InvalidInput([error])
    }
  }

  /// Asks for those that are not known.
  ///
  /// - Parameters:
  ///   - note: What people must know about the deviation.
  ///   - found: What a file has under these keys that is of no use.
  package static func ask(
    _ facts: inout Facts, mean: String = "mean of each number of the state in the training data",
    note: String, found: [String: String] = [:]
  ) {
    for (key, meaning) in [
      ("state_mean", mean), ("state_std", "what each is divided by behind that: \(note)"),
    ] where !facts.has(key) {
      facts.ask(
        key, meaning,
        example: "[...], or --statistics <file>; null where states go in as they are",
        mayBeAbsent: true, found: found[key])
    }
  }
}
