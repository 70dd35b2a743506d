import Foundation

/// A new folder in the system's temporary one, removed with the value.
package final class ScratchFolder: Sendable {
  package let url: URL

  package init(named name: String) {
    url = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
    // Whoever writes into it says what is wrong.
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file of this text.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> URL {
    try write(name, Array(text.utf8))
  }

  @discardableResult
  package func write(_ name: String, _ bytes: [UInt8]) throws -> URL {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file
  }
}
