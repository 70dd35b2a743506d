import Foundation

/// Standard output and standard error.
package enum Console {
  package static func output(_ text: String) { write(text + "\n", to: .standardOutput) }

  package static func error(_ text: String) { write(text + "\n", to: .standardError) }

  /// Shows, on standard error, one line that says how far a long job is, if a person watches;
  /// nil takes the line away.
  package static func progress(_ text: String?) {
    guard isTerminal(STDERR_FILENO) else { return }
    write("\r\u{1B}[K\(text ?? "")", to: .standardError)
  }

  /// Text as it is, without a line break.
  package static func write(_ text: String, to handle: FileHandle) {
    // Nobody is left to be told when the reader of a pipe is gone.
    try? handle.write(contentsOf: Data(text.utf8))
  }

  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether standard output is a terminal that understands cursor movement.
  package static var movesCursor: Bool {
    let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isTerminal(STDOUT_FILENO) && !["", "dumb"].contains(terminal)
  }
}
