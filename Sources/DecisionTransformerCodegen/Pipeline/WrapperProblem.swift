/// Why a model has no Swift type over a compiled library.
public struct WrapperProblem: Error, Equatable, Sendable {
  /// What it is for which there is none.
  public let reason: String
}
