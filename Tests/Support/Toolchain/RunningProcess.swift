import Foundation

/// What a process left behind: its status, and what it printed on standard output and standard error, in one text.
public struct ProcessOutput: Sendable {
  public let status: Int32
  public let text: String

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// The text, of a process that has to end well.
  public func success() throws -> String {
    guard status == 0 else { throw Failure(description: "status \(status): \(text.suffix(4000))") }
    return text
  }
}

/// A command that has been started, and its output in a file: nobody reads while several run.
public struct RunningProcess {
  private let process = Process()
  private let log: URL

  /// Starts `arguments`, of which the first is looked up like a shell's.
  public init(_ arguments: [String], in directory: URL) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    log = directory.appending(path: "\(UUID().uuidString).log")
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    (process.standardOutput, process.standardError) = (handle, handle)
    try process.run()
  }

  /// Waits for its end.
  public func finish() throws -> ProcessOutput {
    process.waitUntilExit()
    defer { try? FileManager.default.removeItem(at: log) }
    let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    return ProcessOutput(status: process.terminationStatus, text: text)
  }
}
