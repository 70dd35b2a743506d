extension ControlSteps {
  /// A linear map and what its numbers go through.
  public struct EncoderLayer: Equatable, Sendable, Codable {
    public var size: Int
    public var activation: Activation
    /// Whether what it reads is normalised in front: minus the mean, divided by √(variance + 1e-5). Gain and shift are
    /// in the map.
    public var normalizesInput: Bool
    /// Whether the numbers that the layer before it read, not normalised, are added to its own.
    public var addsShortcut: Bool

    public init(
      size: Int, activation: Activation, normalizesInput: Bool = false, addsShortcut: Bool = false
    ) {
      (self.size, self.activation) = (size, activation)
      (self.normalizesInput, self.addsShortcut) = (normalizesInput, addsShortcut)
    }

    /// Of the norm, PyTorch's default.
    package static let epsilon = 1e-5

    /// As people read it: `64 relu`, `norm, 64 linear, shortcut`.
    package var text: String {
      "\(normalizesInput ? "norm, " : "")\(size) \(activation.rawValue)\(addsShortcut ? ", shortcut" : "")"
    }
  }
}

extension [ControlSteps.EncoderLayer] {
  /// Of norms and shortcuts those that there are: the key of config.json, and a flag for each layer.
  package var forms: [(key: String, flags: [Bool])] {
    [
      ("state_encoder_norms", map(\.normalizesInput)),
      ("state_encoder_shortcuts", map(\.addsShortcut)),
    ].filter { $0.1.contains(true) }
  }
}
