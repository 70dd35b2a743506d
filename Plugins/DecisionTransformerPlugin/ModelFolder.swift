import Foundation
import PackagePlugin

/// A folder `<Name>.dtmodel`. (Both plugins compile this file; plugins cannot share a module.)
struct ModelFolder {
  static let pathExtension = "dtmodel"

  var url: URL

  /// The generated type's name.
  var name: String { url.deletingPathExtension().lastPathComponent }

  /// Every file below the folder, sorted: all are inputs, whether or not the generator reads them,
  /// because SwiftPM warns of files that nobody claims.
  var files: [URL] {
    var folders = [url]
    var visited: Set<String> = []
    var files: [URL] = []
    while let folder = folders.popLast() {
      // A symbolic link to a folder above must not be followed forever.
      guard visited.insert(folder.resolvingSymlinksInPath().path).inserted else { continue }
      for entry in Self.entries(of: folder) {
        if Self.isFolder(entry) { folders.append(entry) } else { files.append(entry) }
      }
    }
    return files.sorted { $0.path < $1.path }
  }

  /// The model folders in `directory`, at any depth, sorted by path.
  static func all(below directory: URL) -> [ModelFolder] {
    var folders = [directory]
    var visited: Set<String> = []
    var models: [ModelFolder] = []
    while let folder = folders.popLast() {
      guard visited.insert(folder.resolvingSymlinksInPath().path).inserted else { continue }
      for entry in entries(of: folder) where isFolder(entry) {
        if entry.pathExtension == pathExtension {
          models.append(ModelFolder(url: entry))
        } else {
          folders.append(entry)
        }
      }
    }
    return models.sorted { $0.url.path < $1.url.path }
  }

  /// Models whose output would have the same file names, also where case is ignored.
  static func collisions(in models: [ModelFolder]) -> [[ModelFolder]] {
    Dictionary(grouping: models) { $0.name.lowercased() }.values.filter { $0.count > 1 }
      .sorted { $0[0].url.path < $1[0].url.path }
  }

  private static func entries(of folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.map { folder.appendingPathComponent($0) }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
