import Foundation

/// A folder that receives generated files.
public struct OutputFolder: Sendable {
  /// What happened to one file.
  public enum Outcome: String, Equatable, Sendable {
    case written, unchanged
  }

  /// As the user wrote it; relative to the working directory.
  public var path: String

  public init(path: String) {
    self.path = path
  }

  /// The path of a file in this folder, as it is shown to the user.
  public func path(of name: String) -> String {
    path.hasSuffix("/") ? path + name : "\(path)/\(name)"
  }

  /// The bytes of a file, or nil if there is no such file or it cannot be read.
  public func contents(of name: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(fileURLWithPath: path(of: name)))).map { Array($0) }
  }

  /// Whether the folder holds `file` with the same bytes; reads it piece by piece.
  private func holds(_ file: OutputFile) -> Bool {
    guard let present = try? MappedFile(path: path(of: file.name)),
      present.count == file.contents.count
    else { return false }
    let piece = 1 << 20
    return present.withBytes { bytes in
      file.contents.withUnsafeBytes { contents in
        stride(from: 0, to: contents.count, by: piece).allSatisfy { start in
          let range = start..<min(start + piece, contents.count)
          defer { present.release(range) }
          return bytes[range].elementsEqual(contents[range])
        }
      }
    }
  }

  /// Writes the files whose bytes differ from what is there, and makes the folder if need be.
  ///
  /// A file that already has the right bytes is not touched, so builds that depend on it have
  /// nothing to do. New bytes go to temporary files first and are renamed into place when all of
  /// them are complete: a reader sees the old file or the new one, never a part.
  ///
  /// - Returns: what happened to each file, in the order of `files`.
  public func write(_ files: [OutputFile]) throws(Diagnostic) -> [Outcome] {
    let changed = files.filter { !holds($0) }
    guard !changed.isEmpty else { return files.map { _ in .unchanged } }
    if let reason = Self.makeFolder(path) {
      throw Diagnostic(
        path: path, "the folder cannot be made: \(reason); a writable place is needed")
    }
    var staged: [(temporary: String, final: String)] = []
    defer {
      for file in staged { unlink(file.temporary) }
    }
    for file in changed {
      let final = path(of: file.name)
      let temporary = path(of: ".\(file.name).\(getpid()).tmp")
      staged.append((temporary, final))
      if let reason = Self.writeFile(temporary, file.contents) {
        throw Diagnostic(
          path: final, "cannot be written: \(reason); a writable folder is needed")
      }
    }
    for file in staged where rename(file.temporary, file.final) != 0 {
      let reason = String(cString: strerror(errno))
      throw Diagnostic(path: file.final, "cannot be replaced: \(reason); a plain file is accepted")
    }
    return files.map { file in changed.contains { $0.name == file.name } ? .written : .unchanged }
  }

  /// Writes one file at a path, in the same way.
  public static func write(
    _ contents: [UInt8], to path: String
  ) throws(InvalidInput) -> Outcome {
    // (Foundation's URL would make the path absolute, and messages with it.)
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    guard let name, !name.isEmpty else {
      throw InvalidInput([Diagnostic(path: path, "is a folder; accepted: the name of a file")])
    }
    let folder = String(path.dropLast(name.count))
    do {
      return try OutputFolder(path: folder.isEmpty ? "." : folder).write([
        OutputFile(name: name, contents: contents)
      ])[0]
    } catch {
      throw InvalidInput([error])
    }
  }

  // MARK: The system's calls: nil, or the system's words for what went wrong

  private static func makeFolder(_ path: String) -> String? {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      return isFolder.boolValue ? nil : String(cString: strerror(ENOTDIR))
    }
    var parent = Substring(path)
    while parent.last == "/" { parent.removeLast() }
    // (Foundation's deletingLastPathComponent traps on a relative path of one character.)
    parent = parent[..<(parent.lastIndex(of: "/") ?? parent.startIndex)]
    if !parent.isEmpty, let reason = makeFolder(String(parent)) { return reason }
    // Another process may have made it in the meantime.
    return mkdir(path, 0o777) == 0 || errno == EEXIST ? nil : String(cString: strerror(errno))
  }

  private static func writeFile(_ path: String, _ contents: [UInt8]) -> String? {
    guard let file = fopen(path, "wb") else { return String(cString: strerror(errno)) }
    let complete = fwrite(contents, 1, contents.count, file) == contents.count
    // Closing writes what is still buffered: a full disk may show only here.
    return fclose(file) == 0 && complete ? nil : String(cString: strerror(errno))
  }
}
