// What decides how a control loop goes on, choice by choice.

/// What a model is given in a control step.
public enum EntryInput: String, CaseIterable, Equatable, Sendable, Codable {
  case `return`, state, action
}

/// Which action goes into the history where nobody says what was executed.
public enum ActionHistory: String, CaseIterable, Equatable, Sendable, Codable {
  /// What the model predicted, as Hugging Face's loop has it.
  case raw
  /// What was returned, inside of the bounds, turned back into model units.
  case clamped
}

/// What the return to go is kept in from step to step.
public enum ReturnRounding: String, CaseIterable, Equatable, Sendable, Codable {
  /// float32: the published loop's.
  case step
  /// Double precision from the target's float32 on; the tokens are float32.
  case first
  /// Double precision in environment units: its float32 becomes the token, in float32.
  case unscaled
  /// Double precision; only the tokens are float32.
  case never = "none"
  /// Double precision in environment units; what is behind the decimal point is cut off, toward zero, and float32 is made of
  /// the rest.
  case integer

  /// Whether the return is scaled when it becomes a token, and not before.
  package var keepsEnvironmentUnits: Bool { self == .unscaled || self == .integer }
}

/// What happens at `t == max_ep_len`.
public enum TimestepOverflow: String, CaseIterable, Sendable, Codable {
  /// `act` throws.
  case error
  /// The last row of the timestep embedding is used from there on, as training does.
  case clamp
  /// The timestep modulo `max_ep_len`: the table begins anew.
  case wrap
}

extension TimestepOverflow {
  /// The row of the timestep embedding for `timestep`, of `count` rows.
  package func row(_ timestep: Int, of count: Int) -> Int {
    switch self {
    case .error: timestep
    case .clamp: min(timestep, count - 1)
    case .wrap: timestep % count
    }
  }
}
