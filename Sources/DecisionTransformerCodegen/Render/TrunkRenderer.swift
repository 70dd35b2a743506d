// The parts of `<Name>.swift` in which a trunk differs from a controller.

extension SwiftRenderer {
  /// The declaration of a trunk and everything above the kernels.
  func trunk(to writer: inout CodeWriter) {
    trunkDocumentation(to: &writer)
    writer.scope(
      "\(access)nonisolated struct \(plan.deployment.name): ~Copyable, @unchecked Sendable"
    ) {
      writer in
      trunkConstants(to: &writer)
      pointers(to: &writer)
      writer.write(
        "/// Tokens whose keys and values are cached, Hugging Face's `past_key_values`.",
        "\(access)private(set) var pastLength = 0",
        "/// The first key that the attention mask of the call shows; tokens before it see none.",
        "private var firstVisibleKey = 0", "")
      buffers(to: &writer)
      initializers(to: &writer)
    }
    writer.write("")
    let members = TrunkMemberRenderer(plan: plan)
    section("Tokens", to: &writer) { members.render(to: &$0) }
    section("One token at a time", to: &writer) { routines(plan.token, to: &$0) }
    if !plan.chunk.isEmpty {
      section("\(plan.shape.chunkSize) tokens together", to: &writer) {
        routines(plan.chunk, to: &$0)
      }
    }
    section("Norms, softmax, mask", to: &writer) {
      abbreviations(to: &$0)
      SupportRenderer(plan: plan).render(to: &$0)
    }
  }

  private func trunkDocumentation(to writer: inout CodeWriter) {
    writer.write(
      "/// The trunk of a Decision Transformer, Hugging Face's `DecisionTransformerGPT2Model`: embeddings of \(plan.shape.hiddenSize) in, last",
      "/// hidden state out, with a cache of keys and values of up to \(literal(plan.shape.tokenCapacity!)) tokens.",
      "///",
      "/// Nothing after `init` allocates or locks. The matrix work of a call depends on its number of tokens alone: not",
      "/// on their values, not on the mask, not on how many are cached. However a sequence is cut into calls, its",
      "/// hidden states are the same to the bit. One trunk is used by one thread at a time.")
  }

  private func trunkConstants(to writer: inout CodeWriter) {
    let shape = plan.shape
    dimensions(to: &writer)
    writer.write("/// Tokens that the cache holds.")
    constant("tokenCapacity", "Int", literal(plan.shape.tokenCapacity!), to: &writer)
    writer.write("/// Rows of wpe: position ids are below it.")
    constant(
      "positionCount", "Int", literal(plan.network.givenEmbeddings!.positionCount), to: &writer)
    sizes(to: &writer)
    writer.write("/// Multiply-adds of one token.")
    constant(
      "tokenMultiplyAdds", "Int", literal(plan.total(plan.token, \.multiplyAdds)), to: &writer)
    writer.write("/// Bytes of weights that one token reads.")
    constant("tokenWeightBytes", "Int", literal(plan.total(plan.token, \.weightBytes)), to: &writer)
    if !plan.chunk.isEmpty {
      writer.write("/// Tokens that are computed together.")
      constant("chunkSize", "Int", literal(shape.chunkSize), to: &writer)
      writer.write("/// Multiply-adds of these tokens.")
      constant(
        "chunkMultiplyAdds", "Int", literal(plan.total(plan.chunk, \.multiplyAdds)), to: &writer)
    }
    identity(to: &writer)
    writer.write("")
    implementationConstants(to: &writer)
  }
}
