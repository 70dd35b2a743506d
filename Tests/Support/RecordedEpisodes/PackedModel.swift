package import DecisionTransformer
import DecisionTransformerCodegen
import Foundation

/// The packed weights of a model folder, which a test may change.
package struct PackedModel {
  package let model: Model
  package let plan: Plan
  /// Header, payload, self test.
  package private(set) var bytes: [UInt8]

  /// - Parameters:
  ///   - change: other options.
  ///   - transform: what becomes of each number of the checkpoint.
  ///   - rowCount: rows that the folder expects, as the reference answers them.
  package init(
    folder: URL, changing change: (inout GenerationOptions) -> Void = { _ in },
    transform: (@Sendable (Float) -> Float)? = nil, expecting rowCount: Int = 0
  ) throws {
    var (model, remarks) = try ModelFolder(path: folder.path).readModel()
    change(&model.options)
    guard
      var checkpoint = try CheckpointReader.read(
        folder: folder.path, config: model.config, remarks: &remarks)
    else { throw CocoaError(.fileNoSuchFile) }
    if let transform {
      let original = checkpoint
      checkpoint = Checkpoint { original.values($0).map(transform) }
    }
    self.model = model
    plan = Plan(model)
    let rows =
      rowCount == 0
      ? nil : try ExpectedRowsText(model, checkpoint, count: rowCount).rows(model)
    bytes = try Compiler.packedWeights(plan, model, checkpoint, expecting: rows)
  }

  private var payloadRange: Range<Int> {
    PackedWeights.headerByteCount..<PackedWeights.headerByteCount + plan.weights.byteCount
  }

  package var payload: [UInt8] { Array(bytes[payloadRange]) }
  package var section: [UInt8] { Array(bytes[payloadRange.upperBound...]) }

  /// Other contents under a header that vouches for them.
  package mutating func replace(payload: [UInt8]? = nil, section: [UInt8]? = nil) {
    let (payload, section) = (payload ?? self.payload, section ?? self.section)
    let header = PackedWeights.header(
      layoutDigest: plan.layoutDigest, byteCount: payload.count,
      checksum: payload.withUnsafeBytes { PackedWeights.checksum($0) }, selfTest: section)
    bytes = header + payload + section
  }

  /// Changes one 32-bit word of the payload: a float, or two bfloat16 numbers, the upper of which it then is.
  package mutating func change(word: Int, _ change: (Float) -> Float) {
    var payload = payload
    payload.withUnsafeMutableBytes { bytes in
      let value = bytes.loadUnaligned(fromByteOffset: 4 * word, as: Float.self)
      bytes.storeBytes(of: change(value), toByteOffset: 4 * word, as: Float.self)
    }
    replace(payload: payload)
  }

  /// Calls `body` with the packed weights, whose bytes exist as long as it runs.
  package func withWeights<Result>(_ body: (PackedWeights) throws -> Result) throws -> Result {
    let memory = AlignedMemory(byteCount: bytes.count)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base, count: bytes.count)
    buffer.copyBytes(from: bytes)
    let result = try body(PackedWeights(UnsafeRawBufferPointer(buffer)))
    withExtendedLifetime(memory) {}
    return result
  }
}
