import DecisionTransformer
import ModelMatrix
import RecordedEpisodes

/// A trunk that is driven through the C functions of a generated type.
struct TrunkInC: ~Copyable, EmbeddedTrunk {
  static var hiddenSize: Int { Int(trunk_rounded_four_heads_hidden_size()) }
  static var tokenCapacity: Int { Int(trunk_rounded_four_heads_token_capacity()) }
  static var memorySize: Int { Int(trunk_rounded_four_heads_memory_size()) }
  static var memoryAlignment: Int { Int(trunk_rounded_four_heads_memory_alignment()) }

  let memory: UnsafeMutableRawBufferPointer
  private(set) var trunk: OpaquePointer?

  init() {
    memory = .allocate(byteCount: Self.memorySize, alignment: Self.memoryAlignment)
    let status = trunk_rounded_four_heads_create(memory.baseAddress, UInt(memory.count), &trunk)
    precondition(status == 0 && trunk != nil)
  }

  init(weights: PackedWeights) { self.init() }
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) { self.init() }

  deinit { memory.deallocate() }

  static func embeddedWeights() throws(InitializationError) -> PackedWeights {
    try TrunkRoundedFourHeads.embeddedWeights()
  }

  var pastLength: Int {
    var length = UInt.max
    precondition(trunk_rounded_four_heads_past_length(trunk, &length) == 0)
    return Int(length)
  }

  mutating func reset() { precondition(trunk_rounded_four_heads_reset(trunk) == 0) }

  mutating func crop(to length: Int) {
    precondition(trunk_rounded_four_heads_crop(trunk, UInt(length)) == 0)
  }

  mutating func forward(
    inputsEmbeds: Span<Float>, positionIDs: Span<Int>, attentionMask: Span<UInt8>, useCache: Bool,
    lastHiddenState: inout MutableSpan<Float>
  ) throws(TrunkError) {
    let tokens = UInt(inputsEmbeds.count / Self.hiddenSize)
    let trunk = trunk
    let status = lastHiddenState.withUnsafeMutableBufferPointer { output in
      inputsEmbeds.withUnsafeBufferPointer { inputs in
        positionIDs.withUnsafeBufferPointer { positions in
          attentionMask.withUnsafeBufferPointer { mask in
            trunk_rounded_four_heads_forward(
              trunk, tokens, inputs.baseAddress, positions.isEmpty ? nil : positions.baseAddress,
              mask.isEmpty ? nil : mask.baseAddress, useCache ? 1 : 0, output.baseAddress)
          }
        }
      }
    }
    precondition(status == 0)
  }
}
