import Foundation
import Fuzzing
import TestFolders
import Testing

/// Whatever the bytes are, every reader ends with a value or with an error in words. A longer run,
/// under address sanitizer, is Tests/Checks/Fuzz/check.sh.
@Suite struct FuzzTests {
  // For a reader that never ends; all other tests run beside it, on as few cores as there are.
  @Test(.timeLimit(.minutes(10)), arguments: FuzzedReader.allCases)
  func damagedFilesAreReadOrRefused(reader: FuzzedReader) throws {
    let folder = ScratchFolder(named: "fuzz")
    let seeds = try reader.seeds()
    for seed in seeds { #expect(try reader.read(seed, folder: folder.path) == .read) }
    var refused = 0
    for seed in 0..<500 as Range<UInt64> {
      var mutator = Mutator(seed: seed)
      if try reader.read(mutator.mutant(of: seeds), folder: folder.path) == .refused {
        refused += 1
      }
    }
    // Damage must be noticed, or the mutations would be too harmless to show anything.
    #expect(refused > 100, "\(refused) of 500 were refused")
  }
}
