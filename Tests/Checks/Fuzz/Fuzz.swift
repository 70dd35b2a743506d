import Foundation
import Fuzzing
import TestFolders

/// `fuzz <iterations> [first seed] [reader ...]`: damages files and reads them, for as long as asked.
///
/// Stops with status 1 at the first failure and names reader and seed, which give the same file again; a
/// crash is found the same way, because the seed is written to standard error before a batch.
@main
enum Fuzz {
  /// Damaged files are some kilobytes long; reading all of them must not take more memory than this.
  private static let memoryLimit = 96 << 20
  private static let batch: UInt64 = 1000

  static func main() throws {
    var arguments = CommandLine.arguments.dropFirst()
    let iterations = arguments.popFirst().flatMap(UInt64.init) ?? 1000
    let first = arguments.popFirst().flatMap(UInt64.init) ?? 0
    let readers =
      arguments.isEmpty ? FuzzedReader.allCases : arguments.compactMap(FuzzedReader.init)
    let folder = ScratchFolder(named: "fuzz")

    for reader in readers {
      let seeds = try reader.seeds()
      for seed in seeds where try reader.read(seed, folder: folder.path) != .read {
        fail("\(reader): a whole file is refused")
      }
      let before = peakMemory()
      var read = 0
      for seed in first..<first + iterations {
        if (seed - first) % batch == 0 { note("\(reader): from seed \(seed)") }
        var mutator = Mutator(seed: seed)
        let bytes = mutator.mutant(of: seeds)
        do {
          if case .read = try reader.read(bytes, folder: folder.path) { read += 1 }
        } catch {
          fail("\(reader): seed \(seed): \(error)")
        }
      }
      let growth = peakMemory() - before
      print("\(reader): \(iterations) files, \(read) read, peak memory +\(growth >> 10) KiB")
      if growth > memoryLimit { fail("\(reader): more memory than \(memoryLimit >> 20) MiB") }
    }
  }

  /// Of this process, in bytes.
  private static func peakMemory() -> Int {
    var usage = rusage()
    // RUSAGE_SELF, which is not a number in every C library.
    getrusage(0, &usage)
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      return usage.ru_maxrss << 10
    #endif
  }

  private static func note(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }

  private static func fail(_ line: String) -> Never {
    note(line)
    exit(1)
  }
}
