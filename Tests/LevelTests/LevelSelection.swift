import Foundation

/// How much runs. Every model at every level takes the better part of an hour and is for continuous integration, which
/// says `LEVELS=all`; a plain `swift test` runs a sample in a minute or two.
enum LevelSelection {
  static let isComplete = ProcessInfo.processInfo.environment["LEVELS"] == "all"

  /// The levels: all of the machine, or the two that differ most from the build that the other tests run in.
  static let levels = isComplete ? Level.all : Level.all.suffix(2)

  /// Says what begins, where it takes long.
  static func announce(_ text: String) {
    FileHandle.standardError.write(Data("levels: \(text)\n".utf8))
  }
}
