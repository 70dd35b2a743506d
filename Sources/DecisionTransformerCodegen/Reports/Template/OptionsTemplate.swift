import Foundation

/// What a model folder's codegen.json lacks of the numbers that belong to the model and are in no checkpoint, for
/// `dtgen init`.
///
/// JSON has no comments, so the explanations are text. The file gets what the folder itself says and no placeholders: zeros
/// and ones would be numbers like any others, and the model would count as normalised. Lines for the rest have a `?` in
/// place of each number, which no parser takes for one.
public struct OptionsTemplate: Sendable {
  /// A key that codegen.json has not.
  package struct Entry: Equatable, Sendable {
    package var key: String
    /// JSON, or a form with `?` for what only the training run knows.
    package var value: String
    package var meaning: String
  }

  /// codegen.json as it would be; what is there stays as it is written.
  public let options: OutputFile
  /// Warnings and notes about the folder.
  public let remarks: [Diagnostic]
  /// What the folder says, and codegen.json did not.
  package let added: [Entry]
  /// What nobody here knows.
  package let missing: [Entry]
  private let path: String
  private let isTrunk: Bool
  private let hasOtherKeys: Bool
  /// Whether the folder could have rows of the user's own, and has none.
  private let lacksExpectedRows: Bool

  /// - Throws: All that is wrong with the folder.
  public init(folder: String) throws(InvalidInput) {
    let folder = ModelFolder(path: folder)
    let (model, remarks) = try folder.readModel()
    let path = folder.path(of: "codegen.json")
    // A byte that is no character would have been an error.
    let present =
      OutputFolder(path: folder.path).contents(of: "codegen.json").map {
        String(decoding: $0, as: UTF8.self)
      } ?? "{\n}\n"
    let keys = JSONObjectFile(Array(present.utf8), path: path).keys
    added = Self.known(model, keys)
    missing = Self.unknown(model, keys)
    var text = OptionsText(present)
    for entry in added { text.set(entry.key, to: entry.value) }
    options = OutputFile(name: "codegen.json", contents: Array(text.text.utf8))
    self.remarks = remarks
    self.path = path
    isTrunk = model.isTrunk
    lacksExpectedRows =
      !model.isTrunk && model.config.frames == nil
      && !ExpectedRows.fileNames.contains {
        FileManager.default.fileExists(atPath: folder.path(of: $0))
      }
    hasOtherKeys = !keys.isEmpty || !added.isEmpty
  }

  /// `window` where config.json tells it. Where it does not, 20 is an assumption, and stays one that the build notes.
  private static func known(_ model: Model, _ keys: [String]) -> [Entry] {
    guard !model.isTrunk, !keys.contains("window"),
      let window = model.config.windowOfSlots ?? model.config.maximumLength
    else { return [] }
    return [
      Entry(
        key: "window", value: "\(window)",
        meaning: "control steps of context, as config.json has them")
    ]
  }

  private static func unknown(_ model: Model, _ keys: [String]) -> [Entry] {
    guard !model.isTrunk else {
      return keys.contains("tokens") || keys.contains("window")
        ? []
        : [
          Entry(
            key: "tokens", value: "?",
            meaning: "tokens that the cache holds; without the key \(model.tokenCapacity)")
        ]
    }
    let config = model.config
    var entries: [Entry] = []
    func add(_ key: String, _ value: String, _ meaning: String) {
      if !keys.contains(key) { entries.append(Entry(key: key, value: value, meaning: meaning)) }
    }
    if config.windowOfSlots == nil, config.maximumLength == nil {
      add(
        "window", "?",
        "control steps of context, K of the training script; without the key \(model.window)")
    }
    if model.mayNormalizeStates, !model.options.takesRawStates {
      add(
        "state_mean", numbers(config.stateDimension),
        "mean of each number of the state in the training data; null, alone, where states went in as they are"
      )
      add(
        "state_std", numbers(config.stateDimension),
        "their standard deviation there, with what the script adds (1e-6)")
    }
    if config.hasReturnTokens {
      add(
        "return_scale", "?",
        "what returns are divided by, scale of the training script (1000 in the published ones); 1 where nothing does"
      )
      add(
        "target_return", "?",
        "what reset() asks for, environment units, the best return of the data for example; without the key reset wants it"
      )
    }
    return entries
  }

  private static func numbers(_ count: Int) -> String {
    "[\(Array(repeating: "?", count: count).joined(separator: ", "))]"
  }
}

extension OptionsTemplate {
  /// Whether codegen.json has all that it could have: it stays as it is, be it there or not.
  public var isComplete: Bool { added.isEmpty && missing.isEmpty }

  /// What is added and what is missing, each key with its meaning.
  public var text: String {
    var parts: [String] = []
    if !added.isEmpty {
      parts.append(
        "added, as the folder says it:\n"
          + added.map { "  \"\($0.key)\": \($0.value)\n      \($0.meaning)" }
          .joined(separator: "\n"))
    }
    if missing.isEmpty {
      parts.append(
        added.isEmpty
          ? "nothing is missing in \(path)"
          : "nothing else is missing")
    } else {
      let isOptional = isTrunk
      parts.append(
        (isOptional
          ? "not said, and assumed. To say it, "
          : "missing. Numbers of the training run, which no file here has; ")
          + "put these lines behind the { of \(path), a number in place of each ?:\n\n"
          + pasted
          + "\n\n"
          + missing.map { "  \($0.key): \($0.meaning)" }.joined(separator: "\n"))
    }
    if lacksExpectedRows {
      parts.append(
        "\nnot there, and no key: \(ExpectedRows.fileNames[0]) beside it, some ten rows of an episode from your own loop, states, "
          + "rewards\nand actions. The build checks codegen.json by them, and the self test replays them."
      )
    }
    return parts.joined(separator: "\n")
  }

  /// A line for each key, as it stands in the file; the last has no comma where nothing follows.
  private var pasted: String {
    missing.enumerated().map { index, entry in
      let comma = index < missing.count - 1 || hasOtherKeys ? "," : ""
      return "  \"\(entry.key)\": \(entry.value)\(comma)"
    }.joined(separator: "\n")
  }
}
