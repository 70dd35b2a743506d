import DecisionTransformer
import Foundation

/// One side of a comparison: generated code, what its manifest says, and packed weights where there are some.
package struct ComparedOutput {
  /// As the user wrote it.
  package var path: String
  package var manifest: Manifest
  /// Code and header, one behind the other.
  package var source: [UInt8]
  /// Files that are not what dtgen wrote.
  package var edited: [String] = []
  package var weights: ComparedWeights?

  package init(
    path: String, manifest: Manifest, source: [UInt8], edited: [String] = [],
    weights: ComparedWeights? = nil
  ) {
    self.path = path
    self.manifest = manifest
    self.source = source
    self.edited = edited
    self.weights = weights
  }
}

extension ComparedOutput {
  /// Reads a `<Name>.dtmodel` folder, which is compiled, a folder of generated files, or one of these files.
  package static func read(_ path: String) throws(InvalidInput) -> ComparedOutput {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw problem(path, "does not exist; \(accepted)")
    }
    guard isFolder.boolValue else { return try generated(file: path) }
    let entries = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    if ModelFolder(path: path).displayName.hasSuffix(".dtmodel") || entries.contains("config.json")
    {
      return try model(folder: path)
    }
    let manifests = entries.filter { OutputNames.model(ofManifest: $0) != nil }
    guard let manifest = manifests.first, manifests.count == 1 else {
      throw problem(path, "holds \(manifests.isEmpty ? none : several(manifests)); \(accepted)")
    }
    let folder = OutputFolder(path: path)
    return try generated(
      manifest: Self.manifest(folder.path(of: manifest)), in: folder, named: path)
  }

  private static let accepted =
    "accepted: a <Name>.dtmodel folder, a folder with one .<Name>.manifest.json of dtgen generate, or a file "
    + "that it names"

  private static let none =
    "no manifest of generated code (output of before has none: generate it anew)"

  private static func several(_ manifests: [String]) -> String {
    "the code of \(manifests.compactMap(OutputNames.model).joined(separator: ", "))"
  }

  private static func problem(_ path: String, _ message: String) -> InvalidInput {
    InvalidInput([Diagnostic(path: path, message)])
  }

  // MARK: Model folders

  private static func model(folder: String) throws(InvalidInput) -> ComparedOutput {
    var (model, remarks) = try ModelFolder(path: folder).readModel()
    let plan = try Compiler.plan(model, folder: folder)
    var output = ComparedOutput(
      path: folder, manifest: Manifest(plan, generator: Compiler.version),
      source: Compiler.code(plan).flatMap(\.file.contents))
    if let checkpoint = try CheckpointReader.read(
      folder: folder, config: model.config, remarks: &remarks)
    {
      let words = try Packer.payload(plan, checkpoint: checkpoint, path: folder)
      output.weights = .words(words)
      let byteCount = PackedWeights.headerByteCount + plan.weights.byteCount
      output.manifest.packedNumbers = Manifest.PackedNumbers(
        checksum: words.withUnsafeBytes { PackedWeights.checksum($0) },
        place: Compiler.embedsWeights(plan, byteCount: byteCount) ? .program : .file,
        hasSelfTest: plan.recordsSelfTest)
      if plan.deployment.isRounded {
        // What its manifest would say.
        output.manifest.precisionCost =
          PrecisionCost(
            plan: plan, model: model, checkpoint: checkpoint, payload: words,
            recorded: try CalibrationEpisode.recorded(in: folder, model)
          ).facts
      }
    }
    return output
  }

  // MARK: Generated files

  /// A file says which of several outputs in its folder is meant.
  private static func generated(file path: String) throws(InvalidInput) -> ComparedOutput {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parent = String(path.dropLast(name.count))
    let folder = OutputFolder(path: parent.isEmpty ? "." : parent)
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for entry in entries.sorted() where OutputNames.model(ofManifest: entry) != nil {
      if entry == name {
        return try generated(manifest: manifest(path), in: folder, named: path)
      }
      // One that cannot be read names no files.
      guard let manifest = try? manifest(folder.path(of: entry)),
        manifest.files.contains(where: { $0.name == name })
      else { continue }
      return try generated(manifest: manifest, in: folder, named: path)
    }
    throw problem(path, "is named by no manifest beside it; \(accepted)")
  }

  private static func manifest(_ path: String) throws(InvalidInput) -> Manifest {
    let file = try mapped(path)
    guard file.count <= Manifest.largestFileSize else {
      throw problem(path, "is larger than 16 MiB; accepted: a manifest of dtgen generate")
    }
    return try file.withBytes { (bytes) throws(InvalidInput) in
      try Manifest.read(Array(bytes), path: path)
    }
  }

  private static func mapped(_ path: String) throws(InvalidInput) -> MappedFile {
    do {
      return try MappedFile(path: path)
    } catch {
      throw InvalidInput([error])
    }
  }

  private static func generated(
    manifest: Manifest, in folder: OutputFolder, named path: String
  ) throws(InvalidInput) -> ComparedOutput {
    var output = ComparedOutput(path: path, manifest: manifest, source: [])
    for file in manifest.files where file.content != .weights {
      let bytes = try mapped(folder.path(of: file.name)).withBytes { Array($0) }
      if SHA256.hexadecimalDigest(of: bytes) != file.digest { output.edited.append(file.name) }
      output.source += bytes
    }
    output.weights = try ComparedWeights.read(of: manifest, in: folder)
    return output
  }
}

extension ComparedOutput {
  /// The source without the lines that say which files it was made of: a reformatted codegen.json is no change of code.
  var sourceBesideDigests: [UInt8] {
    let digests = [manifest.configDigest, manifest.optionsDigest].compactMap(\.self).map {
      Array($0.utf8)
    }
    let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return Array(
      lines.enumerated().filter { index, line in
        index > 3 || !digests.contains { line.suffix($0.count).elementsEqual($0) }
      }.map(\.element).joined(separator: [UInt8(ascii: "\n")]))
  }
}
