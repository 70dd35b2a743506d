import Foundation

/// The files that Tests/Oracle/record_pendulum.py wrote into Tests/Pendulum.
enum Fixtures {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Pendulum/\(name)").path
  }
}
