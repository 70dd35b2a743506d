import Foundation
import Programs

/// The terminal's second screen, so that what was there before comes back.
struct Screen: ~Copyable {
  struct Size: Equatable {
    var columns, rows: Int
  }

  private let isColored = ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
  private var shown: Size?
  private var isEntered = false

  /// The window as it is now: it may have been resized.
  static var size: Size {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return Size(columns: 80, rows: 24) }
    return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  /// Second screen, no cursor, no line breaks at the right edge.
  mutating func enter() {
    guard !isEntered else { return }
    isEntered = true
    shown = nil
    write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
  }

  /// The terminal as it was.
  mutating func leave() {
    guard isEntered else { return }
    isEntered = false
    write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
  }

  /// Shows as much as there is room for, in one go.
  mutating func show(_ lines: [StyledLine], size: Size) {
    // A terminal that was resized has moved what it showed.
    var text = size == shown ? "\u{1B}[H" : "\u{1B}[2J\u{1B}[H"
    shown = size
    // The last column stays empty: behind it, erasing the rest of the line would erase its end.
    text += lines.prefix(size.rows)
      .map { "\($0.text(columns: size.columns - 1, isColored: isColored))\u{1B}[K" }
      .joined(separator: "\r\n")
    write(text + "\u{1B}[J")
  }

  private func write(_ text: String) {
    Console.write(text, to: .standardOutput)
  }
}
