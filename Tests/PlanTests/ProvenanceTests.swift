import DecisionTransformerCodegen
import Testing

/// What a plan says its packed tensors are made of, against what they change with.
@Suite("Provenance")
struct ProvenanceTests {
  /// Controllers and trunks, in all forms and both precisions.
  private static let models =
    (UInt64(0)..<10).map { RandomModel.model(seed: $0) }
    + (UInt64(0)..<3).map { RandomModel.trunk(seed: $0) }

  @Test(
    "is the truth: a changed tensor of the checkpoint changes those packed tensors that name it, and no others"
  )
  func changes() throws {
    for (seed, model) in Self.models.enumerated() {
      let plan = Plan(model)
      let checkpoint = RandomModel.checkpoint(of: model, seed: UInt64(seed))
      let packed = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      for (name, _) in Checkpoint.requiredTensors(of: model.config) {
        let changed = Checkpoint { tensor in
          let values = checkpoint.values(tensor)
          // Not the same for all: what a norm takes away must not hide it.
          return tensor == name
            ? values.enumerated().map { $1 * 1.25 + Float($0 % 7) * 0.125 } : values
        }
        let other = try Packer.payload(plan, checkpoint: changed, path: "")
        let differing = plan.weights.tensors.filter { tensor in
          (tensor.offset..<tensor.offset + tensor.floatCount).contains {
            packed[$0].bitPattern != other[$0].bitPattern
          }
        }
        let named = plan.weights.tensors.filter { $0.recipe.tensors.contains { "\($0)" == name } }
        #expect(differing.map(\.name) == named.map(\.name), "\(name), model \(seed)")
        #expect(
          named.isEmpty == plan.weights.unread.contains { "\($0.name)" == name },
          "\(name), model \(seed)")
      }
    }
  }

  @Test("names every packed tensor's sources in the header")
  func header() {
    for model in Self.models {
      let plan = Plan(model)
      let text = String(decoding: Compiler.source(plan).contents, as: UTF8.self)
      let header = text.split(separator: "\n").prefix { $0.hasPrefix("//") }
      let words = header.joined(separator: " ").replacing("//", with: " ")
        .split(separator: " ").joined(separator: " ")
      for tensor in plan.weights.tensors {
        // Blocks that are made alike have one line, with N for their number.
        let layer = tensor.content.layer.map { "h.\($0)." } ?? "-"
        let alike = tensor.sourceText.replacing(layer, with: "h.N.")
        #expect(
          words.contains("\(tensor.name) \(tensor.sourceText)") || words.contains(alike),
          "\(tensor.name)")
      }
    }
  }

  @Test("keeps options apart from tensors, and tells what is read of each")
  func sources() {
    var config = ModelConfig()
    (config.hiddenSize, config.innerSize, config.layerCount) = (8, 8, 2)
    var options = GenerationOptions()
    options.stateMean = Array(repeating: 0.5, count: config.stateDimension)
    options.stateStandardDeviation = Array(repeating: 2, count: config.stateDimension)
    let plan = Plan(RandomModel.model(config, options))
    func sources(_ content: PackedTensor.Content) -> String {
      plan.weights.tensor(content).sourceText
    }
    #expect(sources(.stateMean) == "state_mean")
    #expect(sources(.embedState) == "state_std, embed_state, state_mean")
    #expect(sources(.embedNormShift) == "embed_ln.bias, wpe.weight[0]")
    #expect(sources(.fusedQuery(layer: 1)) == "h.1.ln_1, attn.c_attn[q, k], scale")
    #expect(sources(.outer(layer: 1)) == "h.1.mlp.c_proj")
    #expect(
      "\(plan.weights.tensor(.inner(layer: 1)).recipe.weights)"
        == "diag(h.1.ln_2.weight)·h.1.mlp.c_fc.weight")
    #expect(
      plan.weights.unread.map { "\($0.name)" } == [
        "predict_state.weight", "predict_state.bias", "predict_return.weight",
        "predict_return.bias",
      ])
  }
}
