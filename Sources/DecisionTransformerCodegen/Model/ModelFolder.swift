import Foundation

/// A `<Name>.dtmodel` folder: a Hugging Face snapshot as it is, and optionally codegen.json.
public struct ModelFolder: Sendable {
  /// The folder as the user gave it; messages show it like this.
  public let path: String

  public init(path: String) {
    var path = Substring(path)
    while path.count > 1, path.last == "/" { path = path.dropLast() }
    self.path = String(path)
  }

  /// The folder's own name, for example "Hopper.dtmodel", even if the path is ".".
  public var displayName: String {
    URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
  }

  /// The path of a file in the folder.
  public func path(of file: String) -> String {
    path.hasSuffix("/") ? path + file : "\(path)/\(file)"
  }

  /// Reads and checks everything but the checkpoint.
  ///
  /// - Returns: The model, and the warnings and notes about it.
  /// - Throws: All problems of the folder's name, of config.json and of codegen.json.
  public func readModel() throws(InvalidInput) -> (model: Model, remarks: [Diagnostic]) {
    if let problem = folderProblem { throw InvalidInput([Diagnostic(path: path, problem)]) }
    let name = modelName
    let nameProblem = self.nameProblem.map { Diagnostic(path: path, $0) }

    var configFile: JSONObjectFile
    var digest = ""
    switch contents(of: "config.json") {
    case .bytes(let bytes):
      configFile = JSONObjectFile(bytes, path: path(of: "config.json"))
      digest = SHA256.hexadecimalDigest(of: bytes)
    case .missing:
      configFile = JSONObjectFile(
        path: path(of: "config.json"),
        unreadable:
          "no such file; accepted: the config.json that Hugging Face's save_pretrained writes")
    case .unreadable(let reason):
      configFile = JSONObjectFile(path: path(of: "config.json"), unreadable: reason)
    }

    var optionsFile: JSONObjectFile
    var optionsDigest: String?
    switch contents(of: "codegen.json") {
    case .bytes(let bytes):
      // As `touch` leaves it.
      let isBlank = bytes.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      optionsFile =
        isBlank
        ? JSONObjectFile(
          path: path(of: "codegen.json"),
          unreadable: "is empty; accepted: a JSON object, {} where there is no option")
        : JSONObjectFile(bytes, path: path(of: "codegen.json"))
      optionsDigest = SHA256.hexadecimalDigest(of: bytes)
    case .missing:
      optionsFile =
        misnamedOptions.map {
          JSONObjectFile(
            path: path(of: $0),
            unreadable:
              "is not read: options are those of codegen.json, which is missing; accepted: that name"
          )
        } ?? JSONObjectFile(path: path(of: "codegen.json"))
    case .unreadable(let reason):
      optionsFile = JSONObjectFile(path: path(of: "codegen.json"), unreadable: reason)
    }

    let config = ModelConfigReader.read(
      &configFile,
      windowIsGiven: optionsFile.isUnreadable || optionsFile["window"] != nil
        || optionsFile["tokens"] != nil)
    let options = GenerationOptionsReader.read(
      &optionsFile, config: configFile.isSound("state_dim", "act_dim", "n_positions") ? config : nil
    )

    let problems =
      [nameProblem].compactMap(\.self) + configFile.problems + optionsFile.problems + misnamedFiles
    guard problems.isEmpty else { throw InvalidInput(problems) }
    let model = Model(
      name: name, config: config, options: options, configDigest: digest,
      optionsDigest: optionsDigest)
    return (
      model,
      ModelConfigReader.remarks(configFile)
        + classRemarks(model, configFile, isGiven: optionsFile["model_class"] != nil)
        + (model.isTrunk ? tokenRemarks(model) : windowRemarks(model))
        + model.boundRemarks(path: path(of: "codegen.json"))
        + (optionsDigest == nil ? unreadOptions : [])
    )
  }

  /// Files of which a folder may have one, with rows that its checkpoint must give.
  package static let expectedRowsFiles = ["expected.json", "expected.safetensors"]
  /// A file that a folder may have: the episode on which the cost of rounding is measured.
  package static let calibrationFile = "calibration.safetensors"

  /// Names of files in the folder, sorted, without hidden ones.
  private var entries: [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return entries.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// A file that is a codegen.json but for a letter or two, their case, or what stands behind.
  private var misnamedOptions: String? {
    entries.first {
      $0.lowercased().hasPrefix("codegen.json") || NearestName.isSlip($0, of: "codegen.json")
    }
  }

  /// Files that would be read if their names were right, where there is none of that name: a check that somebody believes in
  /// would not be there.
  private var misnamedFiles: [Diagnostic] {
    [Self.expectedRowsFiles, [Self.calibrationFile]].flatMap { names -> [Diagnostic] in
      guard !names.contains(where: { FileManager.default.fileExists(atPath: path(of: $0)) }) else {
        return []
      }
      return entries.compactMap { entry in
        names.first { NearestName.isSlip(entry, of: $0) }.map {
          Diagnostic(path: path(of: entry), "is not read by this name; accepted: \($0)")
        }
      }
    }
  }

  /// JSON files that may be a codegen.json under another name, where there is none.
  package var unreadOptions: [Diagnostic] {
    entries.filter { Self.mayBeOptions($0) }.map { file in
      Diagnostic(
        .warning, path: path(of: file),
        "is not read: options are those of codegen.json, which is missing; states go in as they are "
          + "and returns unscaled")
    }
  }

  /// Whether a file is JSON, and none that Hugging Face's libraries write beside a model.
  private static func mayBeOptions(_ file: String) -> Bool {
    let others = [
      "config", "generation_config", "preprocessor_config", "tokenizer", "tokenizer_config",
      "special_tokens_map", "added_tokens", "vocab", "trainer_state", "all_results",
      "train_results", "eval_results",
    ]
    let name = file.lowercased()
    return name.hasSuffix(".json") && !name.hasSuffix(".index.json")
      && !others.contains(String(name.dropLast(".json".count)))
  }
}

// MARK: - The window

extension ModelFolder {
  /// Notes on the window, which config.json and codegen.json decide together.
  private func windowRemarks(_ model: Model) -> [Diagnostic] {
    let (window, config) = (model.window, model.config)
    let (file, key) =
      model.options.window == nil ? ("config.json", "max_length") : ("codegen.json", "window")
    func note(_ message: String) -> Diagnostic {
      Diagnostic(.note, path: path(of: file), key: key, message)
    }
    var remarks: [Diagnostic] = []
    if model.options.window == nil, config.maximumLength == nil, config.slotCount == nil {
      remarks.append(
        note(
          "absent; a window of \(window) control steps is assumed, the default of transformers "
            + "4.x; \"window\" in codegen.json sets another"))
    }
    if let length = model.episodeLength, window > length {
      remarks.append(
        note(
          "\(window) control steps are more than an episode has "
            + "(max_ep_len \(config.maximumEpisodeLength)); the window never fills"))
    }
    if !config.isVariant, 3 * window > config.positionCount {
      remarks.append(
        note(
          "\(window) control steps are \(3 * window) tokens, more than n_positions "
            + "(\(config.positionCount)); transformers before 5.2 cannot run such a window"))
    }
    return remarks
  }
}

// MARK: - Files

extension ModelFolder {
  private static let suffix = ".dtmodel"
  /// A config is a few kilobytes; much more than that is another file under this name.
  private static let maximumFileSize = 16 << 20

  private var folderProblem: String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return "no such folder"
    }
    guard isFolder.boolValue else { return "not a folder; accepted: a folder <Name>.dtmodel" }
    return suffixProblem
  }

  private var suffixProblem: String? {
    displayName.hasSuffix(Self.suffix)
      ? nil
      : "the folder's name does not end in .dtmodel; accepted: <Name>.dtmodel, where <Name> "
        + "becomes the name of the type"
  }

  /// The generated type's name.
  private var modelName: String { String(displayName.dropLast(Self.suffix.count)) }

  /// What is wrong with the folder's name, be it there or not; nil where nothing is.
  public var nameProblem: String? { suffixProblem ?? ModelName.problem(with: modelName) }

  /// A note on a name that is accepted and begins with a small letter: code that says `Hopper` does not find `hopper`.
  package func nameRemarks(_ model: Model) -> [Diagnostic] {
    guard model.name.first?.isLowercase == true else { return [] }
    let capital =
      ModelName.nearestName(to: model.name).map { "; accepted: \($0).dtmodel, too" } ?? ""
    return [
      Diagnostic(
        .note, path: path,
        "the type is called \(model.name), as its folder, and types of Swift begin with a capital letter\(capital)"
      )
    ]
  }

  private enum Contents {
    case bytes([UInt8])
    case missing
    case unreadable(String)
  }

  private func contents(of file: String) -> Contents {
    let url = URL(fileURLWithPath: path(of: file)).resolvingSymlinksInPath()
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else {
      return .missing
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      return .unreadable("not a regular file")
    }
    guard let size = attributes[.size] as? Int, size <= Self.maximumFileSize else {
      return .unreadable("larger than 16 MiB; accepted: a JSON file")
    }
    guard let data = FileManager.default.contents(atPath: url.path) else {
      return .unreadable("cannot be opened; accepted: a file that may be read")
    }
    if data.starts(with: "version https://git-lfs".utf8) {
      return .unreadable("a Git LFS pointer, not the file itself; `git lfs pull` fetches it")
    }
    return .bytes(Array(data))
  }
}
