import Foundation
import TestFolders

/// The files that Tests/Tools/Oracle/record_pendulum.py wrote.
enum Fixtures {
  static func path(_ name: String) -> String {
    TestData.pendulum.appending(path: name).path
  }
}
