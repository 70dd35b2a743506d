import Foundation

/// A checkpoint that somebody's trainer wrote, and what lies beside it.
package struct ImportSource {
  /// The file with the tensors.
  package let path: String
  /// What was saved; nil for safetensors, which hold nothing but tensors.
  package let object: SavedObject?
  /// Tensors beside it that are not read: a recording, or another model.
  package let unread: [String]
  /// In a file of d3rlpy.
  package let configuration: D3Configuration?
  /// Without what wrappers put in front of all names.
  package let tensors: [StoredTensor]
  private let folder: ModelFolder

  /// - Parameter path: A file, or a folder with one checkpoint.
  package init(path: String) throws(InvalidInput) {
    let (file, unread) = try Self.file(at: path)
    (self.path, self.unread) = (file, unread)
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    self.folder = ModelFolder(path: folder.isEmpty ? "/" : folder)
    if file.hasSuffix(Self.indexEnd) {
      (object, configuration) = (nil, nil)
      let isPyTorch = file.hasSuffix(".bin\(Self.indexEnd)")
      tensors = Self.unwrapped(
        try ShardedCheckpoint(indexPath: file, format: isPyTorch ? .pyTorch : .safetensors)
          .storedTensors)
      return
    }
    let bytes = try FileBytes(path: file)
    if bytes.withBytes(SafetensorsHeader.matches) {
      (object, configuration) = (nil, nil)
      tensors = Self.unwrapped(try SafetensorsFile(path: file).storedTensors)
      return
    }
    let object: SavedObject
    if bytes.withBytes(D3File.matches) {
      let d3 = try D3File(bytes, path: file)
      let algorithms = ["decision_transformer", "discrete_decision_transformer"]
      guard algorithms.contains(d3.configuration.algorithm) else {
        throw InvalidInput([
          Diagnostic(
            path: file, key: "type",
            "found \(d3.configuration.algorithm), another algorithm of d3rlpy's; accepted: \(algorithms.joined(separator: ", "))"
          )
        ])
      }
      (object, configuration) = (d3.object, d3.configuration)
    } else {
      (object, configuration) = (try SavedObject(bytes, path: file), nil)
    }
    self.object = object
    tensors = Self.unwrapped(try object.tensors(try Self.stateDictionary(in: object)))
  }

  package var names: Set<String> { Set(tensors.map(\.name)) }

  /// The bytes of a file beside the checkpoint; nil where there is none.
  package func contents(
    beside name: String
  ) throws(InvalidInput) -> (bytes: [UInt8], path: String)? {
    let path = folder.path == "." ? name : folder.path(of: name)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path), data.count < 16 << 20 else {
      throw InvalidInput([
        Diagnostic(
          path: path,
          "cannot be read, or has 16 MB and more; accepted: a smaller file that may be read, or none"
        )
      ])
    }
    return (Array(data), path)
  }

  // MARK: Finding

  /// What the name of an index of several files ends with.
  private static let indexEnd = ".index.json"
  /// The checkpoint of a snapshot, in the order in which the library looks for it.
  private static let snapshots = ["model.safetensors", "pytorch_model.bin"].flatMap {
    [$0, $0 + indexEnd]
  }
  private static let extensions = ["pt", "pth", "bin", "ckpt", "pkl", "d3"]

  private static func file(
    at path: String
  ) throws(InvalidInput) -> (path: String, unread: [String]) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InvalidInput([Diagnostic(path: path, "no such file or folder")])
    }
    guard isFolder.boolValue else { return (path, []) }
    let folder = ModelFolder(path: path)
    let all = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    func named(_ extensions: [String]) -> [String] {
      all.filter { name in
        !name.hasPrefix(".")
          && extensions.contains(name.split(separator: ".").last?.lowercased() ?? "")
      }
    }
    // A snapshot of Hugging Face's may have the checkpoint twice, and its trainer's files.
    if all.contains("config.json"),
      let snapshot = snapshots.first(where: all.contains)
    {
      return (folder.path(of: snapshot), [])
    }
    // Recordings are safetensors, too.
    let saved = named(extensions)
    let files = saved.isEmpty ? named(["safetensors"]) : saved
    guard files.count == 1 else {
      let found = files.isEmpty ? "holds none" : "holds \(NameList.text(files))"
      throw InvalidInput([
        Diagnostic(
          path: path,
          "\(found); accepted: a folder with one checkpoint (\(extensions.joined(separator: ", ")), safetensors), or the file itself"
        )
      ])
    }
    return (folder.path(of: files[0]), saved.isEmpty ? [] : named(["safetensors"]))
  }

  /// The state_dict: the whole, or the one dictionary of tensors in it.
  private static func stateDictionary(in object: SavedObject) throws(InvalidInput) -> PickleValue {
    if object.isStateDictionary(object.root) { return object.root }
    let entries = object.entries(of: object.root)
    let states = entries.filter { object.isStateDictionary($0.value) }
    guard states.count == 1 else {
      let keys = entries.map { entry in
        if case .text(let name) = entry.key { name } else { entry.key.excerpt }
      }
      let found =
        entries.isEmpty ? object.root.excerpt : "a dictionary of \(NameList.text(keys))"
      throw InvalidInput([
        Diagnostic(
          path: object.path,
          "holds \(found), with \(states.count) state_dicts; accepted: a state_dict, or a dictionary with one in it"
        )
      ])
    }
    return states[0].value
  }

  /// Tensors without the modules that all names begin with, such as `module.`.
  private static func unwrapped(_ tensors: [StoredTensor]) -> [StoredTensor] {
    var names = tensors.map { Substring(WrapperModule.removed(from: $0.name)) }
    while let module = names.first?.prefix(while: { $0 != "." }), !module.isEmpty,
      names.allSatisfy({ $0.hasPrefix("\(module).") })
    {
      names = names.map { $0.dropFirst(module.count + 1) }
    }
    return zip(tensors, names).map { tensor, name in
      StoredTensor(
        TensorHeader(String(name), tensor.header.dataType, tensor.header.shape),
        path: tensor.path, bytes: tensor.bytes, start: tensor.start, strides: tensor.strides)
    }
  }
}
