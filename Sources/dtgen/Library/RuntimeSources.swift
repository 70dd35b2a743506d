import DTGenCommands
import DTGenReports
import Foundation

/// The sources of the runtime library, which become part of a library for C.
struct RuntimeSources {
  /// The Swift files of `DecisionTransformer`.
  let files: [String]
  /// The folder of the C headers and their module map.
  let headers: String

  /// - Parameter path: the folder that holds both; nil means where dtgen was built from.
  init(path: String?) throws(InvalidInput) {
    let folder = Self.folder(path)
    let swift = folder.appendingPathComponent("DecisionTransformer")
    headers = folder.appendingPathComponent("CDecisionTransformer/include").path
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: swift.path)) ?? []
    files = entries.filter { $0.hasSuffix(".swift") }.sorted().map { "\(swift.path)/\($0)" }
    guard files.contains(where: { $0.hasSuffix("/GeneratedCodeFormat.swift") }),
      FileManager.default.fileExists(atPath: headers + "/module.modulemap")
    else {
      throw InvalidInput([
        Diagnostic(
          path: folder.path,
          "holds no runtime library; accepted: --runtime <folder> with the folder Sources of this "
            + "generator's package, in which DecisionTransformer and CDecisionTransformer lie")
      ])
    }
  }
  /// The folder Sources of this generator's package: as told, or where dtgen was built from.
  static func folder(_ path: String?) -> URL {
    path.map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
  }
}
