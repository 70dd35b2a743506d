import DecisionTransformerCodegen
import Testing

/// What wrappers do to tensors' names is undone, whoever wrote the wrapper.
@Suite struct WrapperPrefixTests {
  private let tensors = TinyModel.tensors
  private let config = TinyModel.config

  private func renamed(_ name: (String) -> String) -> [TensorHeader] {
    tensors.map { TensorHeader(name($0.name), $0.dataType, $0.shape) }
  }

  private func note(_ prefix: String) -> String {
    "note: F: the prefix \"\(prefix)\" is taken off the tensors' names"
  }

  @Test(arguments: [
    "decision_transformer.", "module.", "_orig_mod.", "module._orig_mod.decision_transformer.",
    "_orig_mod.module.", "_fsdp_wrapped_module.", "_forward_module.module.",
    "_checkpoint_wrapped_module.", "_fpw_module.",
  ])
  func prefixesOfPyTorchAreStripped(prefix: String) {
    let match = TensorMatch(tensors: renamed { prefix + $0 }, config: config, path: "F")
    #expect(match.diagnostics == [])
    #expect(match.fileNames["embed_ln.bias"] == prefix + "embed_ln.bias")
    #expect(match.fileNames.count == 42)
    // Messages name tensors as the file does.
    var changed = renamed { prefix + $0 }
    for index in changed.indices where changed[index].name.hasSuffix("embed_ln.bias") {
      changed[index].shape = [9]
    }
    #expect(
      TinyModel.lines(changed) == [
        "F: \(prefix)embed_ln.bias: has shape [9]; accepted: [4] (hidden_size)"
      ])
  }

  @Test(arguments: [
    "model.", "dt.", "transformer.", "encoder.", "policy.net.", "model.module.", "h.0.",
    "agent.predict_action_with.",
  ])
  func anyOtherPrefixIsStrippedWithANote(prefix: String) {
    let match = TensorMatch(tensors: renamed { prefix + $0 }, config: config, path: "F")
    #expect(match.diagnostics.map(\.description) == [note(prefix)])
    #expect(match.fileNames["encoder.h.1.ln_2.bias"] == prefix + "encoder.h.1.ln_2.bias")
    #expect(match.fileNames.count == 42)
    // With one of PyTorch's in front, inside and behind.
    for wrapped in ["_orig_mod.\(prefix)", "\(prefix)_orig_mod."] {
      #expect(TinyModel.lines(renamed { wrapped + $0 }) == [note(prefix)])
    }
  }

  @Test func wrappersInTheMiddleOfAModelAreStripped() {
    let wrapped = renamed {
      $0.replacing("encoder.h.1.", with: "encoder._orig_mod.h.1._checkpoint_wrapped_module.")
        .replacing("encoder.h.0.", with: "encoder.h._fsdp_wrapped_module.0._fsdp_wrapped_module.")
    }
    let match = TensorMatch(tensors: wrapped, config: config, path: "F")
    #expect(match.diagnostics == [])
    #expect(
      match.fileNames["encoder.h.1.mlp.c_fc.bias"]
        == "encoder._orig_mod.h.1._checkpoint_wrapped_module.mlp.c_fc.bias")
  }

  @Test func anIgnoredTensorNeedsNoPrefix() {
    #expect(
      TinyModel.lines(renamed { $0 == "encoder.wte.weight" ? $0 : "module.\($0)" }) == [])
  }

  @Test func aPrefixThatOnlySomeTensorsHaveIsAProblem() {
    #expect(
      TinyModel.lines(renamed { $0.hasPrefix("embed_ln") ? $0 : "module.\($0)" }) == [
        "F: the prefix \"module.\" must stand before all tensors' names or before none; "
          + "not before embed_ln.weight, embed_ln.bias"
      ])
    let scale = TensorHeader("module.scale", .float32, [])
    #expect(
      TinyModel.lines(tensors + [scale]) == [
        "F: module.scale: is not a tensor of a Hugging Face DecisionTransformerModel"
      ])
    #expect(
      TinyModel.lines(renamed { "policy.\($0)" } + [scale]) == [
        "F: the prefix \"policy.\" must stand before all tensors' names or before none; "
          + "not before module.scale",
        note("policy."),
      ])
  }

  /// What is missing or wrong behind a prefix is said as without one.
  @Test func aPrefixDoesNotHideWhatIsWrong() {
    var wrong = renamed { "dt.\($0)" }.filter { $0.name != "dt.embed_ln.bias" }
    wrong[0].name = "dt.encoder.vte.weight"
    #expect(
      TinyModel.lines(wrong) == [
        note("dt."),
        "F: embed_ln.bias: is missing; accepted: [4] (hidden_size)",
        "F: dt.encoder.vte.weight: is not a tensor of a Hugging Face DecisionTransformerModel",
      ])
  }

  @Test func aModelThatIsThereTwiceIsNotGuessed() {
    #expect(
      TinyModel.lines(renamed { "model.\($0)" } + renamed { "ema.\($0)" }) == [
        "F: holds the model more than once, with ema.predict_return.bias and "
          + "model.predict_return.bias; accepted: once"
      ])
    #expect(
      TinyModel.lines(tensors + renamed { "target.\($0)" }) == [
        "F: holds the model more than once, with predict_return.bias and "
          + "target.predict_return.bias; accepted: once"
      ])
    let twice = tensors + [TensorHeader("_orig_mod.embed_ln.bias", .float32, [4])]
    #expect(
      TinyModel.lines(twice) == [
        "F: embed_ln.bias and _orig_mod.embed_ln.bias are the same tensor inside and outside of a "
          + "wrapper; accepted: one of them"
      ])
  }

  /// The number of prefixes that are tried does not grow with the file.
  @Test func manyPrefixesAreNoModel() {
    let many = (0..<2000).map { TensorHeader("p\($0).embed_ln.bias", .float32, [4]) }
    #expect(TinyModel.lines(many).count { $0.contains("tensors of a Hugging Face") } == 1)
    let hidden = tensors.map { TensorHeader("dt.\($0.name)", .float32, $0.shape) }
    #expect(TinyModel.lines(hidden + many).first?.hasPrefix("F: the prefix \"dt.\" must") == true)
  }

  // MARK: Trunks

  private let trunkConfig: ModelConfig = {
    var config = TinyModel.config
    config.modelClass = .trunk
    return config
  }()

  @Test(arguments: ["transformer.", "gpt2.", "policy.encoder.", "model.transformer."])
  func aTrunkOfAnyNameIsRead(prefix: String) {
    let trunk = tensors.filter { $0.name.hasPrefix("encoder.") }.map {
      TensorHeader(prefix + $0.name.dropFirst("encoder.".count), $0.dataType, $0.shape)
    }
    let match = TensorMatch(tensors: trunk, config: trunkConfig, path: "F")
    // "encoder." is the name that the whole model gives it, and not a wrapper's.
    let taken = prefix.hasSuffix("encoder.") ? String(prefix.dropLast("encoder.".count)) : prefix
    #expect(match.diagnostics.map(\.description) == [note(taken)])
    #expect(match.fileNames["encoder.h.1.ln_2.bias"] == prefix + "h.1.ln_2.bias")
    #expect(match.fileNames.count == 27)
  }

  @Test func aWholeModelsTrunkIsReadBehindAPrefix() {
    let match = TensorMatch(tensors: renamed { "dt.\($0)" }, config: trunkConfig, path: "F")
    #expect(match.diagnostics.map(\.description) == [note("dt.")])
    #expect(match.fileNames["encoder.ln_f.bias"] == "dt.encoder.ln_f.bias")
  }
}
