/// The tensors a model needs, under Hugging Face's names, already checked against the config.
///
/// Values are read when asked for, so a large file is never held twice.
public struct Checkpoint: Sendable {
  private let load: @Sendable (String) -> [Float]
  private let loadWidened: @Sendable (String) -> [Double]

  /// A checkpoint whose tensors `load` delivers in row-major order, converted to float32.
  ///
  /// `load` is only asked for names in `Checkpoint.requiredTensors(of:)`.
  public init(load: @escaping @Sendable (String) -> [Float]) {
    self.init(load: load) { name in load(name).map(Double.init) }
  }

  /// The same, where `loadWidened` delivers float64 numbers of the same values without the detour.
  package init(
    load: @escaping @Sendable (String) -> [Float],
    loadWidened: @escaping @Sendable (String) -> [Double]
  ) {
    self.load = load
    self.loadWidened = loadWidened
  }

  /// A checkpoint in memory, for tests and synthetic models.
  public init(tensors: [String: [Float]]) {
    self.init { name in
      guard let values = tensors[name] else {
        preconditionFailure("the checkpoint has no tensor \(name)")
      }
      return values
    }
  }

  /// The values of one tensor in row-major order.
  public func values(_ name: String) -> [Float] {
    load(name)
  }

  /// The same numbers as float64.
  public func widenedValues(_ name: String) -> [Double] {
    loadWidened(name)
  }
}
