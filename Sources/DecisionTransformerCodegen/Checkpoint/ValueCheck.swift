/// The check of the values of the tensors that a model uses: what a strict loader must not accept
/// and Hugging Face's does.
package struct ValueCheck {
  package private(set) var diagnostics: [Diagnostic] = []

  /// Reads `tensors`, each beside the model's own, one at a time. `path` names the checkpoint where a
  /// message is about many of them.
  package init(_ tensors: [(required: RequiredTensor, tensor: StoredTensor)], path: String) {
    var damaged: [Diagnostic] = []
    var zero: [Diagnostic] = []
    for (required, tensor) in tensors {
      let values = tensor.values()
      if let damage = Self.damage(tensor, values) {
        damaged.append(damage)
      } else if !values.isEmpty, let effect = required.effectOfZero,
        values.allSatisfy({ $0 == 0 })
      {
        zero.append(
          Diagnostic(
            .warning, path: tensor.path, key: tensor.name, "all values are zero, so \(effect)"))
      }
    }
    diagnostics = Self.summary(damaged, path: path) + zero
  }

  /// One problem where there are too many to read.
  package static func summary(_ damaged: [Diagnostic], path: String) -> [Diagnostic] {
    guard damaged.count > NameList.limit else { return damaged }
    return [
      Diagnostic(
        path: path,
        "\(damaged.count) tensors have values that are not finite in float32: "
          + NameList.text(damaged.compactMap(\.key)))
    ]
  }

  /// What is wrong with a tensor of these values; nil where all of them are finite.
  package static func damage(_ tensor: StoredTensor, _ values: [Float]) -> Diagnostic? {
    values.firstIndex { !$0.isFinite }.map { notFinite(tensor, $0) }
  }

  private static func notFinite(_ tensor: StoredTensor, _ index: Int) -> Diagnostic {
    var position: [Int] = []
    var rest = index
    for size in tensor.header.shape.reversed() {
      position.insert(rest % size, at: 0)
      rest /= size
    }
    let value = tensor.doubles()[index]
    return Diagnostic(
      path: tensor.path, key: tensor.name,
      value.isFinite
        ? "the value at \(position) is \(value), which is too large for float32"
        : "the value at \(position) is \(value); every value must be finite")
  }
}
