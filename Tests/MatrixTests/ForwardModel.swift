import DecisionTransformer
import DecisionTransformerCodegen
import ModelMatrix
import RecordedEpisodes
import Testing

/// A generated type with `forward`.
protocol ForwardController: EmbeddedController, ~Copyable {
  mutating func forward(
    states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,
    attentionMask: Span<UInt8>
  ) throws(ForwardError)
  /// What was asked for in codegen.json, and nothing else.
  static var outputs: [String: (borrowing Self) -> [Float]] { get }
}

extension ForwardOneHead: ForwardController {
  static var outputs: [String: (borrowing ForwardOneHead) -> [Float]] {
    [
      "action_preds": { $0.withActionPredictions(array) },
      "state_preds": { $0.withStatePredictions(array) },
      "return_preds": { $0.withReturnPredictions(array) },
      "last_hidden_state": { $0.withLastHiddenState(array) },
      "hidden_states": { $0.withHiddenStates(array) },
      "attentions": { $0.withAttentions(array) },
    ]
  }
}

extension ForwardFourHeads: ForwardController {
  static var outputs: [String: (borrowing ForwardFourHeads) -> [Float]] {
    [
      "action_preds": { $0.withActionPredictions(array) },
      "state_preds": { $0.withStatePredictions(array) },
      "return_preds": { $0.withReturnPredictions(array) },
      "last_hidden_state": { $0.withLastHiddenState(array) },
      "hidden_states": { $0.withHiddenStates(array) },
      "attentions": { $0.withAttentions(array) },
    ]
  }
}

extension RoundedForward: ForwardController {
  static var outputs: [String: (borrowing RoundedForward) -> [Float]] {
    [
      "state_preds": { $0.withStatePredictions(array) },
      "hidden_states": { $0.withHiddenStates(array) },
    ]
  }
}

extension ForwardHiddenStates: ForwardController {
  static var outputs: [String: (borrowing ForwardHiddenStates) -> [Float]] {
    [
      "last_hidden_state": { $0.withLastHiddenState(array) },
      "attentions": { $0.withAttentions(array) },
    ]
  }
}

extension ForwardWindowOfOne: ForwardController {
  static var outputs: [String: (borrowing ForwardWindowOfOne) -> [Float]] {
    [
      "action_preds": { $0.withActionPredictions(array) },
      "state_preds": { $0.withStatePredictions(array) },
      "return_preds": { $0.withReturnPredictions(array) },
    ]
  }
}

private func array(_ span: Span<Float>) -> [Float] {
  var numbers: [Float] = []
  for index in span.indices { numbers.append(span[index]) }
  return numbers
}

/// A window that Hugging Face's model was given, with its answers.
struct ForwardWindow {
  let states: [Float]
  let actions: [Float]
  let returnsToGo: [Float]
  let timesteps: [Int]
  let attentionMask: [UInt8]
  /// By name, flat.
  let answers: [String: [Double]]

  /// The windows of a golden file.
  static func all(of golden: RecordedEpisode) -> [ForwardWindow] {
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

  func run<Controller: ForwardController & ~Copyable>(
    _ controller: inout Controller
  ) throws(ForwardError) {
    try controller.forward(
      states: states.span, actions: actions.span, returnsToGo: returnsToGo.span,
      timesteps: timesteps.span, attentionMask: attentionMask.span)
  }

  /// Hugging Face's numbers with zeros for tokens that can see none: its versions differ there.
  func expected(_ name: String) -> [Double] {
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
