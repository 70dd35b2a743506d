import DTGenCommands
import DTGenReports
import Foundation

/// A binary target for SwiftPM: the static library for one or several targets, and a Swift type over it.
///
/// The library is one variant of the bundle, by the triple it is for. A run adds its own to those that are there, of the
/// same model and weights.
struct ArtifactBundle {
  var subject: PackageSubject
  /// `<Name>.swift`, over the library.
  var wrapper: OutputFile
  var header: OutputFile
  /// Of the packed weights.
  var weights: [UInt8]

  private var library: String { "\(subject.model)Library" }
  private var bundle: String { "\(library).artifactbundle" }
  private var target: String { "\(subject.model)Model" }
  private var module: String { Compiler.moduleOfLibrary(subject.model) }

  /// What is the same in the libraries of all targets, but their weights.
  var textFiles: [OutputFile] {
    [
      OutputFile(name: "\(bundle)/include/\(header.name)", contents: header.contents),
      text("\(bundle)/include/module.modulemap", moduleMap),
      OutputFile(name: "\(target)/\(wrapper.name)", contents: wrapper.contents),
    ]
  }

  /// What a run writes.
  ///
  /// - Parameter folder: Where earlier runs may have left libraries of other targets.
  func files(
    of archive: OutputFile, for triple: String, in folder: OutputFolder
  ) throws(InvalidInput) -> [OutputFile] {
    let others = try others(than: triple, in: folder)
    return [
      OutputFile(name: "\(bundle)/\(triple)/\(archive.name)", contents: archive.contents),
      text("\(bundle)/info.json", information((others + [triple]).sorted())),
      text("\(bundle)/identity", identity),
    ] + textFiles
  }

  /// What goes into Package.swift.
  func targets(in folder: String) -> String {
    """
    .binaryTarget(name: "\(library)", path: "\(folder)/\(bundle)"),
    .target(
      name: "\(target)",
      dependencies: [
        "\(library)", .product(name: "DecisionTransformer", package: "decision-transformer"),
      ],
      path: "\(folder)/\(target)"),
    """
  }

  /// Digests of what all variants have in common.
  private var identity: String {
    [header.contents, weights].map(SHA256.hexadecimalDigest).joined(separator: "\n") + "\n"
  }

  /// The triples of the libraries that are there already.
  private func others(
    than triple: String, in folder: OutputFolder
  ) throws(InvalidInput) -> [String] {
    let path = folder.path(of: bundle)
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let others = entries.filter { entry in
      entry != triple
        && FileManager.default.fileExists(atPath: "\(path)/\(entry)/\(subject.archive)")
    }.sorted()
    guard !others.isEmpty,
      folder.contents(of: "\(bundle)/identity") != Array(identity.utf8)
    else { return others }
    throw InvalidInput([
      Diagnostic(
        path: path,
        "holds libraries of another model, with other weights or by another version of dtgen (\(others.joined(separator: ", "))); "
          + "accepted: another --output, or to remove this folder and run dtgen for each target anew"
      )
    ])
  }

  private var moduleMap: String {
    """
    // \(subject.mark)
    module \(module) {
      header "\(header.name)"
      export *
    }

    """
  }

  private func information(_ triples: [String]) -> String {
    let variants = triples.map { triple in
      """
              {
                "path": "\(triple)/\(subject.archive)",
                "supportedTriples": ["\(triple)"],
                "staticLibraryMetadata": {
                  "headerPaths": ["include"],
                  "moduleMapPath": "include/module.modulemap"
                }
              }
      """
    }.joined(separator: ",\n")
    return """
      {
        "schemaVersion": "1.0",
        "artifacts": {
          "\(library)": {
            "type": "staticLibrary",
            "version": "\(subject.version.numbers)",
            "variants": [
      \(variants)
            ]
          }
        }
      }

      """
  }

  private func text(_ name: String, _ text: String) -> OutputFile {
    OutputFile(name: name, contents: Array(text.utf8))
  }
}
