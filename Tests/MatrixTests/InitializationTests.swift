import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// What the initialisers of a generated type refuse.
@Suite("A controller is not made")
struct InitializationTests {
  @Test("from another model's weights")
  func otherWeights() throws {
    let weights = try WholeEpisode.embeddedWeights()
    let expected = InitializationError.wrongLayout(
      found: WholeEpisode.layoutDigest, expected: WindowOfOne.layoutDigest)
    #expect(throws: expected) { _ = try WindowOfOne(weights: weights) }
    withMemory(WindowOfOne.memorySize) { memory in
      #expect(throws: expected) { _ = try WindowOfOne(weights: weights, memory: memory) }
    }
  }

  @Test("in memory that is too small")
  func smallMemory() throws {
    let weights = try WholeEpisode.embeddedWeights()
    let size = WholeEpisode.memorySize
    withMemory(size - 1) { memory in
      #expect(throws: InitializationError.memoryTooSmall(byteCount: size - 1, required: size)) {
        _ = try WholeEpisode(weights: weights, memory: memory)
      }
    }
  }

  @Test("in memory at the wrong multiple", arguments: [4, 16, 32])
  func misalignedMemory(offset: Int) throws {
    let weights = try WholeEpisode.embeddedWeights()
    #expect(WholeEpisode.memoryAlignment == 64)
    withMemory(WholeEpisode.memorySize + 64) { memory in
      #expect(throws: InitializationError.misalignedMemory(required: 64)) {
        _ = try WholeEpisode(
          weights: weights, memory: UnsafeMutableRawBufferPointer(rebasing: memory[offset...]))
      }
    }
  }

  @Test("and touches nothing beyond its memory")
  func bounds() throws {
    let golden = try RecordedEpisode(golden: "WholeEpisode")
    let weights = try WholeEpisode.embeddedWeights()
    try withMemory(WholeEpisode.memorySize + 256) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0xa5)
      var controller = try WholeEpisode(
        weights: weights,
        memory: UnsafeMutableRawBufferPointer(rebasing: memory[128..<memory.count - 128]))
      var replay = Replay<WholeEpisode>(golden, pace: .alternating)
      try replay.run(&controller)
    } after: { memory in
      #expect(memory.prefix(128).allSatisfy { $0 == 0xa5 })
      #expect(memory.suffix(128).allSatisfy { $0 == 0xa5 })
    }
  }

  /// Memory at a multiple of 64 bytes.
  private func withMemory(
    _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Void,
    after: (UnsafeMutableRawBufferPointer) -> Void = { _ in }
  ) rethrows {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { memory.deallocate() }
    try body(memory)
    after(memory)
  }
}
