/// What a generated type can return; the names are those of Hugging Face's output without `_preds`.
public enum ModelOutput: String, CaseIterable, Sendable, Codable {
  case action, state
  case `return`
  case lastHiddenState = "last_hidden_state"
  case hiddenStates = "hidden_states"
  case attentions
}
