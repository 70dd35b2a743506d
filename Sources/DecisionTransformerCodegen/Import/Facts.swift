/// What is known about a model beside its tensors: keys of config.json and codegen.json, where their values are from, and
/// which are missing.
package struct Facts {
  /// Keys of config.json that a file with tensors may leave open.
  package static let configKeys = [
    "n_head", "activation_function", "layer_norm_epsilon", "action_tanh", "embedding_activation",
  ]

  /// More of them, which some families ask for, and only where their files leave them open.
  package static let familyKeys = [
    "return_tokens", "sees_padding", "state_frames", "state_convolutions",
    "state_convolution_activation", "state_encoder_activations",
  ]

  /// Where what is said about the model lies.
  package let path: String
  /// By `--set`, and from files of statistics.
  private let given: [JSONMember]
  /// The files of those that are not set.
  private let files: [String: String]
  /// Of the given, those that somebody asked for.
  private var used: Set<String> = []
  package private(set) var config: [JSONMember] = []
  package private(set) var options: [JSONMember] = []
  package private(set) var remarks: [Diagnostic] = []
  package private(set) var problems: [Diagnostic] = []

  package init(path: String, given: [JSONMember], statistics: [Statistic] = []) {
    self.path = path
    self.given = statistics.map { JSONMember(name: $0.key, value: $0.value) } + given
    files = Dictionary(statistics.map { ($0.key, $0.path) }) { first, _ in first }
  }

  /// A fact that the tensors have, or the file that came with them: nobody can set it.
  package mutating func fix(_ key: String, _ value: JSONValue, in file: String? = nil) {
    if let other = givenValue(of: key), other != value {
      reject(
        key,
        "found \(other.excerpt); accepted: \(value.excerpt), as \(file.map { "\($0) has it" } ?? "the tensors are")"
      )
    }
    Self.add(key, value, to: &config)
  }

  /// A fact that nobody can set to something else, and that need not be written.
  package mutating func expect(_ key: String, _ value: JSONValue, as reason: String) {
    guard let other = givenValue(of: key), other != value else { return }
    reject(key, "found \(other.excerpt); accepted: \(value.excerpt), as \(reason)")
  }

  /// A fact that follows from others.
  package mutating func put(_ key: String, _ value: JSONValue) {
    Self.add(key, value, to: &config)
  }

  /// A fact that is always this in the family's code, or that a file beside the tensors has; `--set` has the last word.
  package mutating func take(_ key: String, _ value: JSONValue, from origin: String) {
    guard let other = givenValue(of: key) else { return add(key, value) }
    if other != value {
      remarks.append(
        Diagnostic(
          .note, path: path, key: key,
          "\(Self.text(other)) \(way(of: key)); \(origin) has \(Self.text(value))"))
    }
    add(key, other)
  }

  private func way(of key: String) -> String { files[key].map { "in \($0)" } ?? "by --set" }

  /// A fact that no file has, or not as it can be used.
  ///
  /// - Parameters:
  ///   - meaning: What it is, and where people find it.
  ///   - example: As it stands behind `--set key=`.
  ///   - mayBeAbsent: Whether null says that there is nothing of the kind.
  ///   - absence: What says so in the file, where something does.
  ///   - found: What a file has that is of no use.
  package mutating func ask(
    _ key: String, _ meaning: String, example: String, mayBeAbsent: Bool = false,
    absence: JSONValue? = nil, found: String? = nil
  ) {
    guard let value = givenValue(of: key) else {
      return reject(
        key, "\(found ?? "is in no file"): \(meaning); say it with --set \(key)=\(example)")
    }
    if let found { note(key, "\(Self.text(value)) \(way(of: key)); \(found)") }
    guard value == .null else { return add(key, value) }
    if !mayBeAbsent { reject(key, "found null; accepted: \(meaning)") }
    if let absence { add(key, absence) }
  }

  /// A size that a file beside the tensors has, too: where it is another one, the file is of another model.
  package mutating func compare(_ key: String, _ value: JSONValue?, with size: Int, in file: String)
  {
    guard let value, value.wholeNumber != size else { return }
    reject(
      key,
      "is \(value.excerpt) in \(file), and \(size) in the tensors: they are of different models; accepted: the file that was saved with them"
    )
  }

  /// A fact that need not be known.
  package mutating func takeIfGiven(_ key: String) {
    if let value = givenValue(of: key), value != .null { add(key, value) }
  }

  /// Of a fact that somebody has to say: that nobody did, or what was said.
  package static func found(_ value: JSONValue?) -> String {
    value.map { "found \($0.shortText)" } ?? "is in no file"
  }

  /// Whether the user has said it.
  package func isGiven(_ key: String) -> Bool {
    given.contains { $0.name == key && $0.value != .null }
  }

  /// The given value, which then counts as used.
  package mutating func givenValue(of key: String) -> JSONValue? {
    guard let member = given.last(where: { $0.name == key }) else { return nil }
    used.insert(key)
    return member.value
  }

  package mutating func reject(_ key: String?, _ message: String) {
    problems.append(Diagnostic(path: path, key: key, message))
  }

  package mutating func reject(_ error: InvalidInput) { problems += error.diagnostics }

  /// Whether a key of codegen.json has a value.
  package func has(_ key: String) -> Bool { options.contains { $0.name == key } }

  package mutating func note(_ key: String?, _ message: String) {
    remarks.append(Diagnostic(.note, path: path, key: key, message))
  }

  /// Takes the options that change nothing about the function, and refuses what nobody asked for.
  package mutating func finish() {
    for key in GenerationOptionsReader.keys where !options.contains(where: { $0.name == key }) {
      takeIfGiven(key)
    }
    for key in Self.configKeys where !config.contains(where: { $0.name == key }) {
      takeIfGiven(key)
    }
    sayRawStates()
    let known = Self.configKeys + GenerationOptionsReader.keys
    let hasProblems = !problems.isEmpty
    for member in given where !used.contains(member.name) {
      // Where something else is wrong, nobody may have come as far as to ask for it.
      if hasProblems, Self.familyKeys.contains(member.name) { continue }
      reject(
        "--set \(member.name)",
        "is no fact that can be set; accepted: \(known.joined(separator: ", "))")
    }
    let order = GenerationOptionsReader.keys
    options.sort { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
    config.sort { $0.name < $1.name }
  }

  /// A model that was trained on states as they are says so, and its build does not ask for what it knows is missing.
  private mutating func sayRawStates() {
    let isTrunk = options.contains {
      $0.name == "model_class" && $0.value == .string(ModelClass.trunk.rawValue)
    }
    let hasFrames = config.contains { $0.name == "state_frames" }
    guard !isTrunk, !hasFrames, !has("state_mean"), !has("state_std") else { return }
    add("state_mean", .null)
  }

  private mutating func add(_ key: String, _ value: JSONValue) {
    if GenerationOptionsReader.keys.contains(key) {
      Self.add(key, value, to: &options)
    } else {
      precondition(Self.configKeys.contains(key), "\(key) is no key of a file")
      Self.add(key, value, to: &config)
    }
  }

  private static func add(_ key: String, _ value: JSONValue, to members: inout [JSONMember]) {
    members.removeAll { $0.name == key }
    members.append(JSONMember(name: key, value: value))
  }

  private static func text(_ value: JSONValue) -> String { ManifestText.inline(value) }
}

extension JSONValue {
  /// Numbers that are whole are equal, however they are written.
  package var wholeNumber: Int? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }
}
