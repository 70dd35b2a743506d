import Foundation

/// The files that Tests/Oracle/record_pendulum.py wrote into Tests/Pendulum.
enum Fixtures {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Pendulum/\(name)").path
  }

  /// Consecutive rows of `count` numbers.
  static func rows<Value>(_ values: [Value], of count: Int) -> [[Value]] {
    stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}
