import Foundation
import Toolchain

/// How much runs. `LEVELS=all` compiles every model at every level, for a change of kernels, tiles or packing: a quarter of an hour and more on
/// two cores. A plain `swift test` takes a sample.
enum LevelSelection {
  private static var isComplete: Bool { TestExtent.isComplete }

  /// The levels: all of the machine, or the two that differ most from the build that the other tests run in.
  static let levels: [Level] = {
    announce(
      isComplete
        ? "every model at every vector level, about a quarter of an hour on two cores"
        : "a sample at two vector levels, a minute or two on two cores, beside the other tests; LEVELS=all for all"
    )
    return isComplete ? Level.all : Level.all.suffix(2)
  }()

  /// Those at which random shapes run.
  static var shapeLevels: [Level] { isComplete ? levels : Array(levels.prefix(1)) }

  /// Whether all models run: those of `native` are another level's, mostly.
  static func runsAll(at level: Level) -> Bool { isComplete && level.name != "native" }

  /// The same of recorded answers, which the other tests compare without a flag.
  static func runsAllGoldens(at level: Level) -> Bool {
    runsAll(at: level) && level.name != "no flag"
  }

  /// Says what begins, where it takes long.
  static func announce(_ text: String) {
    FileHandle.standardError.write(Data("levels: \(text)\n".utf8))
  }
}
