/// The sizes of config.json as a checkpoint's shapes have them.
///
/// One wrong number in config.json makes nearly every shape wrong. What most of the tensors agree on is
/// the model's size; a tensor that disagrees is wrong by itself.
package struct CheckpointSizes {
  /// A key that the checkpoint contradicts.
  package struct Contradiction {
    package var axis: TensorAxis
    /// Of config.json.
    package var given: Int
    package var actual: Int
    /// A tensor that shows it, as plainly as there is one.
    package var tensor: TensorHeader
  }

  /// In the order of the model.
  package private(set) var contradictions: [Contradiction] = []
  /// What was asked for, with the checkpoint's sizes.
  package private(set) var config: ModelConfig

  private typealias Pair = (requirement: RequiredTensor, tensor: TensorHeader)

  /// Compares `config` with the tensors that were found for its requirements.
  package init(_ pairs: [(requirement: RequiredTensor, tensor: TensorHeader)], config: ModelConfig)
  {
    self.config = config
    let pairs = pairs.filter { $0.requirement.axes.count == $0.tensor.shape.count }
    take(.hidden, from: pairs)
    if config.innerSize == 4 * config.hiddenSize {
      // n_inner follows hidden_size where config.json does not give it.
      self.config.innerSize = 4 * self.config.hiddenSize
    }
    // A tensor that is wrong in the common axis may be transposed: it says nothing about the others.
    let sound = pairs.filter { pair in
      Self.sizes(.hidden, of: pair).allSatisfy { $0 == self.config.hiddenSize }
    }
    for axis in [TensorAxis.positions, .inner, .timesteps, .state, .action] {
      take(axis, from: sound)
    }
  }

  /// The lengths in units of `axis` of a tensor's axes that count it; nil for one that is no multiple.
  private static func sizes(_ axis: TensorAxis, of pair: Pair) -> [Int?] {
    zip(pair.requirement.axes, pair.tensor.shape).compactMap { required, size in
      let (unit, factor) = required.unit
      guard unit == axis else { return nil }
      return .some(size > 0 && size.isMultiple(of: factor) ? size / factor : nil)
    }
  }

  /// Takes the size that more than half of the axes have.
  private mutating func take(_ axis: TensorAxis, from pairs: [Pair]) {
    let sizes = pairs.map { Self.sizes(axis, of: $0) }
    let counts = Dictionary(sizes.joined().map { ($0, 1) }, uniquingKeysWith: +)
    let total = counts.values.reduce(0, +)
    let given = axis.size(in: config)
    guard let actual = counts.first(where: { 2 * $0.value > total })?.key, actual != given else {
      return
    }
    let witnesses = zip(pairs, sizes).filter { $0.1.contains(actual) }.map(\.0.tensor)
    guard let tensor = witnesses.min(by: { $0.shape.count < $1.shape.count }) else { return }
    axis.setSize(actual, in: &config)
    contradictions.append(
      Contradiction(axis: axis, given: given, actual: actual, tensor: tensor))
  }
}
