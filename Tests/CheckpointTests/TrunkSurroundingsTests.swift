import DecisionTransformerCodegen
import Testing

/// A trunk is part of somebody's model: what is around it has no effect, what is in it is checked as ever.
@Suite("Around a trunk")
struct TrunkSurroundingsTests {
  private let config: ModelConfig = {
    var config = TinyModel.config
    config.modelClass = .trunk
    return config
  }()

  /// The trunk's tensors, without and with the token embedding that no trunk reads.
  private let trunk = TinyModel.tensors.filter { $0.name.hasPrefix("encoder.") }

  /// Heads and embeddings that no Decision Transformer has, of any shape and type.
  private let own = [
    TensorHeader("embed_goal.weight", .float32, [4, 9]),
    TensorHeader("predict_action.0.weight", .float16, [17, 4]),
    TensorHeader("image_encoder.0.conv.weight", .float32, [8, 3, 5, 5]),
    TensorHeader("encoder_norm.num_batches_tracked", .int64, []),
    TensorHeader("ln_f.weight", .float32, [99]),
  ]

  private func renamed(_ prefix: String, _ tensors: [TensorHeader]? = nil) -> [TensorHeader] {
    (tensors ?? trunk).map {
      TensorHeader(prefix + $0.name.dropFirst("encoder.".count), $0.dataType, $0.shape)
    }
  }

  private func lines(_ tensors: [TensorHeader]) -> [String] { TinyModel.lines(tensors, config) }

  private func note(_ names: [String], _ path: String) -> String {
    "note: F: \(names.joined(separator: ", ")): outside of the trunk (\(path)h), without effect"
  }

  @Test(
    "somebody's own heads and embeddings have no effect, which a note says",
    arguments: ["encoder.", "transformer.", "gpt2.", "policy.backbone.", "module.encoder."])
  func own(prefix: String) {
    let match = TensorMatch(
      tensors: (own + renamed(prefix)).reversed(), config: config, path: "F")
    let own = own.reversed().map(\.name)
    #expect(match.diagnostics.map(\.description).contains(note(own, prefix)))
    #expect(match.diagnostics.allSatisfy { $0.severity == .note })
    #expect(match.fileNames.count == 27)
    // A tensor outside that is called as one inside is another one.
    #expect(match.fileNames["encoder.ln_f.weight"] == "\(prefix)ln_f.weight")
    #expect(match.fileNames["encoder.h.1.mlp.c_fc.bias"] == "\(prefix)h.1.mlp.c_fc.bias")
  }

  @Test("a subclass of the trunk has its heads beside the blocks")
  func subclass() {
    let head = TensorHeader("head.weight", .float32, [2, 4])
    #expect(lines(renamed("") + [head]) == [note(["head.weight"], "")])
    #expect(
      lines(renamed("module.") + [TensorHeader("module.head.weight", .float32, [2, 4])])
        == [note(["module.head.weight"], "module.")])
  }

  @Test("what every Decision Transformer has there is nothing to speak of")
  func known() {
    #expect(lines(TinyModel.tensors) == [])
    let few = TinyModel.tensors.filter { !$0.name.hasPrefix("predict_") }
    #expect(lines(few) == [])
    // Beside something of somebody's own, it is part of what has no effect.
    let all = few.filter { !$0.name.hasPrefix("encoder.") }.map(\.name) + ["embed_goal.weight"]
    let more = "\(all.prefix(8).joined(separator: ", ")) and \(all.count - 8) more"
    #expect(lines(few + own.prefix(1)) == [note([more], "encoder.")])
  }

  @Test("what is in the trunk's own module, where it has nothing of that name, is a warning")
  func beside() {
    let pre = TensorHeader("encoder.ln_pre.weight", .float32, [4])
    #expect(
      lines(trunk + [pre]) == [
        "warning: F: encoder.ln_pre.weight: is in the trunk's module (encoder.h), but no tensor of a "
          + "Hugging Face DecisionTransformerGPT2Model: it has no effect here, and a trunk that uses "
          + "it computes something else"
      ])
  }

  @Test("the trunk itself is checked as strictly as without them")
  func strict() {
    for prefix in ["encoder.", "transformer."] {
      let whole = own + renamed(prefix)
      let missing = lines(whole.filter { $0.name != "\(prefix)ln_f.bias" })
      #expect(
        missing.contains { $0.hasSuffix("ln_f.bias: is missing; accepted: [4] (hidden_size)") })
      for name in ["h.0.ln_1.bias", "h.1.attn.c_attn.bias"] {
        let wrong = lines(
          whole.map { $0.name == prefix + name ? TensorHeader($0.name, .float32, [9]) : $0 })
        #expect(wrong.contains { $0.hasPrefix("F: \(prefix)\(name): has shape [9]; accepted: ") })
      }
      let learned = TensorHeader("\(prefix)h.0.mlp.act.weight", .float32, [1])
      #expect(lines(whole + [learned]).contains { $0.contains("learned parameters") })
      let deeper = TensorHeader("\(prefix)h.2.ln_1.bias", .float32, [4])
      #expect(lines(whole + [deeper]).contains { $0.contains("n_layer in config.json is 2") })
    }
  }

  @Test("of two trunks none is chosen")
  func two() {
    func problem(_ paths: String) -> [String] {
      ["F: holds more than one trunk, with the blocks \(paths); accepted: one"]
    }
    #expect(
      lines(renamed("actor.") + renamed("critic.")) == problem("actor.h, critic.h"))
    #expect(
      lines(TinyModel.tensors + renamed("ema.encoder.")) == problem("ema.encoder.h, encoder.h"))
    // One that lacks something is one, too: it may be that which is meant.
    let withoutPositions = renamed("transformer.").filter { !$0.name.hasSuffix("wpe.weight") }
    #expect(lines(renamed("gpt2.") + withoutPositions) == problem("gpt2.h, transformer.h"))
    #expect(lines(renamed("") + trunk) == problem("h, encoder.h"))
  }

  @Test("the original authors' trunk has no position embeddings, in their model or another")
  func original() {
    let trunk = renamed("transformer.").filter { !$0.name.hasSuffix("wpe.weight") }
    let zero =
      "note: F: has the trunk of the original gym implementation (kzl/decision-transformer): its position "
      + "embeddings are zero"
    for prefix in ["", "module."] {
      let tensors = (trunk + own).map {
        TensorHeader(prefix + $0.name, $0.dataType, $0.shape)
      }
      let match = TensorMatch(tensors: tensors, config: config, path: "F")
      #expect(
        match.diagnostics.map(\.description) == [
          zero, note(own.map { prefix + $0.name }, "\(prefix)transformer."),
        ])
      #expect(match.isWithoutPositions && match.fileNames.count == 26)
    }
    // A GPT-2 without positions and without a token embedding is nobody's in particular.
    #expect(
      lines(trunk.filter { !$0.name.hasSuffix("wte.weight") }).contains {
        $0.hasPrefix("F: wpe.weight: is missing")
      })
  }

  @Test("a trunk where a whole model is asked for is one error that names the option")
  func hint() {
    let remedy =
      "; accepted: a whole DecisionTransformerModel, or \"model_class\": "
      + "\"DecisionTransformerGPT2Model\" in codegen.json, which takes the trunk alone"
    let names =
      "embed_timestep.weight, embed_return.weight, embed_return.bias, embed_state.weight, "
      + "embed_state.bias, embed_action.weight, embed_action.bias, embed_ln.weight"
    for path in ["", "gpt2.", "encoder.", "module.transformer."] {
      #expect(
        TinyModel.lines(renamed(path)) == [
          "F: holds the blocks \(path)h of a trunk, but 15 of the 15 tensors around it are missing: "
            + "\(names) and 7 more\(remedy)"
        ])
      #expect(TinyModel.lines(renamed(path) + own).count == 1)
    }
    // Where most of a whole model is there, and where the trunk is not, other things are wrong.
    let most = TinyModel.tensors.filter { !$0.name.hasPrefix("predict_") }
    #expect(!TinyModel.lines(most).contains { $0.contains("model_class") })
    let broken = trunk.filter { !$0.name.hasPrefix("encoder.h.1.ln_2") }
    #expect(!TinyModel.lines(broken).contains { $0.contains("model_class") })
    #expect(
      !TinyModel.lines(renamed("a.") + renamed("b.")).contains { $0.contains("model_class") })
  }
}
