import DecisionTransformer
import RecordedEpisodes

/// A generated type with any outputs. What codegen.json did not ask for, a type does not have: then
/// the members below stand in, which answer nothing.
protocol ParityController: EmbeddedController, ~Copyable {
  mutating func forward(
    states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,
    attentionMask: Span<UInt8>
  ) throws(ForwardError)

  func withActionPredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
  func withStatePredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
  func withReturnPredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
  func withLastHiddenState<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
  func withHiddenStates<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result
  func withAttentions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  var nextState: State? { get }
  var nextReturn: Float? { get }
}

extension ParityController where Self: ~Copyable {
  mutating func forward(
    states: Span<Float>, actions: Span<Float>, returnsToGo: Span<Float>, timesteps: Span<Int>,
    attentionMask: Span<UInt8>
  ) throws(ForwardError) {}

  func withActionPredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }
  func withStatePredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }
  func withReturnPredictions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }
  func withLastHiddenState<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }
  func withHiddenStates<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }
  func withAttentions<Result, Failure>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result { try body(Span()) }

  var nextState: State? { nil }
  var nextReturn: Float? { nil }

  /// What the latest `forward` left, under Hugging Face's names; empty where the type has none.
  var forwardOutputs: [String: [Float]] {
    [
      "action_preds": withActionPredictions(numbers),
      "state_preds": withStatePredictions(numbers),
      "return_preds": withReturnPredictions(numbers),
      "last_hidden_state": withLastHiddenState(numbers),
      "hidden_states": withHiddenStates(numbers),
      "attentions": withAttentions(numbers),
    ]
  }
}

private func numbers(_ span: Span<Float>) -> [Float] { span.indices.map { span[$0] } }
