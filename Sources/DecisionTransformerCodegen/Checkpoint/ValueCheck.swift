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
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        damaged.append(Self.notFinite(tensor, index))
      } else if !values.isEmpty, let effect = required.effectOfZero,
        values.allSatisfy({ $0 == 0 })
      {
        zero.append(
          Diagnostic(
            .warning, path: tensor.path, key: tensor.name, "all values are zero, so \(effect)"))
      }
    }
    if damaged.count > NameList.limit {
      let names = damaged.compactMap(\.key)
      damaged = [
        Diagnostic(
          path: path,
          "\(damaged.count) tensors have values that are not finite in float32: "
            + NameList.text(names))
      ]
    }
    diagnostics = damaged + zero
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
