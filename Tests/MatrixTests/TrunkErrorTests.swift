import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// What `forward` refuses, and that a refused call leaves everything as it was.
@Suite("A trunk refuses")
struct TrunkErrorTests {
  /// A call after three cached tokens.
  struct BadCall: Sendable, CustomTestStringConvertible {
    var error: TrunkError
    /// Numbers, not rows.
    var inputs = [Float](repeating: 0.5, count: 48)
    var positions: [Int] = []
    var mask: [UInt8] = []
    var outputCount = 48

    var testDescription: String { error.description }
  }

  static let calls = [
    BadCall(error: .wrongInputCount(found: 0, hiddenSize: 24), inputs: [], outputCount: 0),
    BadCall(
      error: .wrongInputCount(found: 25, hiddenSize: 24), inputs: Array(repeating: 1, count: 25),
      outputCount: 25),
    BadCall(
      error: .cacheFull(tokens: 28, pastLength: 3, capacity: 30),
      inputs: Array(repeating: 1, count: 28 * 24), outputCount: 28 * 24),
    BadCall(error: .wrongOutputCount(found: 47, expected: 48), outputCount: 47),
    BadCall(error: .wrongOutputCount(found: 72, expected: 48), outputCount: 72),
    BadCall(error: .wrongPositionCount(found: 1, expected: 2), positions: [0]),
    BadCall(error: .wrongPositionCount(found: 5, expected: 2), positions: [0, 1, 2, 3, 4]),
    BadCall(error: .positionOutOfRange(index: 1, positionCount: 31), positions: [30, 31]),
    BadCall(error: .positionOutOfRange(index: 0, positionCount: 31), positions: [-1, 30]),
    BadCall(error: .positionOutOfRange(index: 0, positionCount: 31), positions: [.min, .max]),
    BadCall(error: .wrongMaskCount(found: 2, expected: 5), mask: [1, 1]),
    BadCall(error: .invalidMask(index: 3), mask: [1, 0, 1, 2, 255]),
    BadCall(error: .nonFiniteInput(index: 30), inputs: inputs(.nan, at: 30)),
    BadCall(error: .nonFiniteInput(index: 0), inputs: inputs(-.infinity, at: 0)),
    // Finite, but the sum of a row is not.
    BadCall(
      error: .nonFiniteHiddenState,
      inputs: Array(repeating: 0.5, count: 24) + Array(repeating: 3e38, count: 24)),
  ]

  private static func inputs(_ value: Float, at index: Int) -> [Float] {
    var inputs = [Float](repeating: 0.5, count: 48)
    inputs[index] = value
    return inputs
  }

  @Test("a call that is not sound, and changes nothing", arguments: calls)
  func badCall(call: BadCall) throws {
    let rows = try RecordedTrunk("TrunkFourHeads").scenarios["whole"]![0].inputsEmbeds
    var untouched = try TrunkFourHeads()
    var trunk = try TrunkFourHeads()
    _ = try untouched.forward(Array(rows[..<3]))
    _ = try trunk.forward(Array(rows[..<3]))

    var result = [Float](repeating: 7, count: call.outputCount)
    var output = result.mutableSpan
    var error: TrunkError?
    do throws(TrunkError) {
      try trunk.forward(
        inputsEmbeds: call.inputs.span, positionIDs: call.positions.span,
        attentionMask: call.mask.span, lastHiddenState: &output)
    } catch let thrown {
      error = thrown
    }
    #expect(error == call.error)
    #expect(result.allSatisfy { $0 == 7 })
    #expect(trunk.pastLength == 3)
    #expect(try trunk.forward(Array(rows[3...])) == untouched.forward(Array(rows[3...])))
  }

  @Test("weights of another model, and memory that is too small or at the wrong multiple")
  func initialization() throws {
    let weights = try TrunkOneHead.embeddedWeights()
    #expect(
      throws: InitializationError.wrongLayout(
        found: TrunkOneHead.layoutDigest, expected: TrunkFourHeads.layoutDigest)
    ) {
      _ = try TrunkFourHeads(weights: weights)
    }
    let size = TrunkOneHead.memorySize
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 64, alignment: 64)
    defer { memory.deallocate() }
    #expect(throws: InitializationError.memoryTooSmall(byteCount: size - 1, required: size)) {
      _ = try TrunkOneHead(
        weights: weights, memory: UnsafeMutableRawBufferPointer(rebasing: memory[..<(size - 1)]))
    }
    #expect(throws: InitializationError.misalignedMemory(required: 64)) {
      _ = try TrunkOneHead(
        weights: weights, memory: UnsafeMutableRawBufferPointer(rebasing: memory[32...]))
    }
  }

  @Test("nothing of crop: it keeps what there is")
  func crop() throws {
    let rows = try RecordedTrunk("TrunkOneHead").scenarios["whole"]![0].inputsEmbeds
    var trunk = try TrunkOneHead()
    _ = try trunk.forward(Array(rows[..<5]))
    for (length, left) in [(9, 5), (5, 5), (3, 3), (0, 0), (-2, 0)] {
      trunk.crop(to: length)
      #expect(trunk.pastLength == left)
    }
  }
}
