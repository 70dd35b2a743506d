import DecisionTransformer
import DecisionTransformerCodegen
import RecordedEpisodes

/// The packed weights of a trained model, which a test may change.
struct PackedModel {
  let model: Model
  let plan: Plan
  /// Header, payload, self test.
  private(set) var bytes: [UInt8]

  init(trained name: String, checkpoint: Checkpoint? = nil) throws {
    let episode = try RecordedEpisode(trained: name)
    model = episode.model
    plan = Plan(model)
    bytes = try Compiler.packedWeights(plan, model, checkpoint ?? episode.checkpoint)
  }

  private var payloadRange: Range<Int> {
    PackedWeights.headerByteCount..<PackedWeights.headerByteCount + plan.weights.byteCount
  }

  var payload: [UInt8] { Array(bytes[payloadRange]) }
  var section: [UInt8] { Array(bytes[payloadRange.upperBound...]) }

  /// Other contents under a header that vouches for them.
  mutating func replace(payload: [UInt8]? = nil, section: [UInt8]? = nil) {
    let (payload, section) = (payload ?? self.payload, section ?? self.section)
    let header = PackedWeights.header(
      layoutDigest: plan.layoutDigest, byteCount: payload.count,
      checksum: payload.withUnsafeBytes { PackedWeights.checksum($0) }, selfTest: section)
    bytes = header + payload + section
  }

  /// Changes one 32-bit word of the payload, a float or two bfloat16 numbers.
  mutating func change(word: Int, _ change: (Float) -> Float) {
    var payload = payload
    payload.withUnsafeMutableBytes { bytes in
      let value = bytes.loadUnaligned(fromByteOffset: 4 * word, as: Float.self)
      bytes.storeBytes(of: change(value), toByteOffset: 4 * word, as: Float.self)
    }
    replace(payload: payload)
  }

  /// Calls `body` with the packed weights, as long as which their bytes exist.
  func withWeights<Result>(_ body: (PackedWeights) throws -> Result) throws -> Result {
    let memory = AlignedMemory(byteCount: bytes.count)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base, count: bytes.count)
    buffer.copyBytes(from: bytes)
    let result = try body(PackedWeights(UnsafeRawBufferPointer(buffer)))
    withExtendedLifetime(memory) {}
    return result
  }
}
