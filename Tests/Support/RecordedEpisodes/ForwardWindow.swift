import DecisionTransformerCodegen

/// A window that Hugging Face's model was given, with its answers.
package struct ForwardWindow {
  package let states: [Float]
  package let actions: [Float]
  package let returnsToGo: [Float]
  package var timesteps: [Int]
  package let attentionMask: [UInt8]
  /// By name, flat.
  package let answers: [String: [Double]]

  /// The windows of a golden file.
  package static func all(of golden: RecordedEpisode) -> [ForwardWindow] {
    var windows: [ForwardWindow] = []
    while golden.file.tensors["forward\(windows.count).states"] != nil {
      windows.append(ForwardWindow(golden.file, "forward\(windows.count)."))
    }
    return windows
  }

  private init(_ file: SafetensorsFile, _ prefix: String) {
    states = file.values(of: "\(prefix)states")
    actions = file.values(of: "\(prefix)actions")
    returnsToGo = file.values(of: "\(prefix)returns_to_go")
    timesteps = file.values(of: "\(prefix)timesteps").map { Int($0) }
    attentionMask = file.values(of: "\(prefix)attention_mask").map { UInt8($0) }
    var answers: [String: [Double]] = [:]
    for name in [
      "action_preds", "state_preds", "return_preds", "last_hidden_state", "hidden_states",
      "attentions",
    ] {
      answers[name] = file.doubles(of: prefix + name)
    }
    self.answers = answers
  }

  /// Hugging Face's numbers with zeros for tokens that can see none: its versions differ there.
  package func expected(_ name: String) -> [Double] {
    let tokens = 3 * timesteps.count
    let firstSeen = 3 * (attentionMask.firstIndex(of: 1) ?? timesteps.count)
    let numbers = answers[name]!
    // Rows per layer and head, or per layer, or the rows alone: the last dimension but one.
    let isPerStep = name.hasSuffix("_preds")
    let rows = isPerStep ? timesteps.count : tokens
    let hidden = isPerStep ? firstSeen / 3 : firstSeen
    let width =
      name == "attentions" ? tokens : numbers.count / rows / (name == "hidden_states" ? stages : 1)
    return numbers.enumerated().map { $0.offset / width % rows < hidden ? 0 : $0.element }
  }

  private var stages: Int {
    answers["hidden_states"]!.count / answers["last_hidden_state"]!.count
  }
}
