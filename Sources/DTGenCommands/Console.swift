import Foundation

/// Standard output and standard error.
package enum Console {
  package static func output(_ text: String) {
    write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
  }

  package static func error(_ line: String) {
    write(line + "\n", to: .standardError)
  }

  /// Runs `body` under a line that says what it does, where a person watches: the line is only
  /// shown on a terminal and is gone afterwards.
  ///
  /// - Parameter body: may tell the part that is done, from 0 to 1.
  package static func showing<T, E: Error>(
    _ activity: String, part: String = "self test", while body: ((Double) -> Void) throws(E) -> T
  ) throws(E) -> T {
    guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return try body { _ in } }
    write("\(activity) ...", to: .standardError)
    defer { write("\r\u{1B}[K", to: .standardError) }
    return try body { done in
      write("\r\(activity) ... \(part) \(Int(done * 100)) %", to: .standardError)
    }
  }

  private static func write(_ text: String, to handle: FileHandle) {
    // Nobody is left to be told when the reader of a pipe is gone.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
