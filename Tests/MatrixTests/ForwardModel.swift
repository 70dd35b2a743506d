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

extension ForwardLater: ForwardController {
  static var outputs: [String: (borrowing ForwardLater) -> [Float]] {
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

extension Int8Forward: ForwardController {
  static var outputs: [String: (borrowing Int8Forward) -> [Float]] {
    [
      "state_preds": { $0.withStatePredictions(array) },
      "hidden_states": { $0.withHiddenStates(array) },
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

extension ForwardSigmoid: ForwardController {
  static var outputs: [String: (borrowing ForwardSigmoid) -> [Float]] {
    [
      "action_preds": { $0.withActionPredictions(array) },
      "state_preds": { $0.withStatePredictions(array) },
      "last_hidden_state": { $0.withLastHiddenState(array) },
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

extension ForwardWindow {
  func run<Controller: ForwardController & ~Copyable>(
    _ controller: inout Controller
  ) throws(ForwardError) {
    try controller.forward(
      states: states.span, actions: actions.span, returnsToGo: returnsToGo.span,
      timesteps: timesteps.span, attentionMask: attentionMask.span)
  }
}
