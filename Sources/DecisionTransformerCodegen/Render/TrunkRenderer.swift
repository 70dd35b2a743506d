// The parts of `<Name>.swift` in which a trunk differs from a controller.

extension SwiftRenderer {
  /// The declaration of a trunk and everything above the kernels.
  package func trunk(to writer: inout CodeWriter) {
    trunkDocumentation(to: &writer)
    writer.scope(
      "\(access)nonisolated struct \(plan.deployment.name): ~Copyable, @unchecked Sendable"
    ) {
      writer in
      pointers(to: &writer)
      writer.write(
        "/// Tokens whose keys and values are cached, Hugging Face's `past_key_values`.",
        "\(access)private(set) var pastLength = 0",
        "/// The first key that the attention mask of the call shows; tokens before it see none.",
        "private var firstVisibleKey = 0", "")
      BufferRenderer(plan: plan).render(to: &writer)
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
}
