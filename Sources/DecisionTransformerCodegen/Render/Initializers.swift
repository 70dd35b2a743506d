extension SwiftRenderer {
  /// With memory of its own, and in the caller's.
  package func initializers(to writer: inout CodeWriter) {
    let name = plan.network.instanceName
    writer.write(
      "", "#if !hasFeature(Embedded)",
      "  /// A \(name) with memory of its own. Any number of \(name)s share one `weights`.",
      "  \(access)init(weights: PackedWeights) throws(InitializationError) {",
      "    try self.init(weights: weights, storage: AlignedMemory(byteCount: Self.memorySize))",
      "  }", "#endif")
    writer.write("")
    writer.write(
      "/// A \(name) in the caller's memory: at least `memorySize` bytes at a multiple of `memoryAlignment`, which must",
      "/// outlive it and are nobody else's. Allocates nothing.")
    writer.scope(
      "\(access)init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)"
    ) { writer in
      writer.write(
        "try self.init(",
        "  weights: weights, storage: unsafe AlignedMemory(using: memory, byteCount: Self.memorySize))"
      )
    }
    writer.write("")
    writer.scope(
      "private init(weights: PackedWeights, storage: consuming AlignedMemory) throws(InitializationError)"
    ) { writer in
      writer.write(
        "self.weights = try weights.floats(layoutDigest: Self.layoutDigest, byteCount: Self.packedWeightsSize)",
        "self.memory = storage.floats",
        "self.packedWeights = weights", "self.storage = storage")
      if plan.shape.agentGroups.count > 1 { writer.write("self.group = memory") }
      if !plan.readsAhead.isEmpty {
        writer.write(
          "self.readAheadCount = Processor.readAheadCount(unlessKnown: \(literal(ReadAhead.byteCount / 4)))"
        )
      }
    }
  }
}
