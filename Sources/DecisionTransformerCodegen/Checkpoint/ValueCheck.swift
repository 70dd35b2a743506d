/// The check of the values of the tensors that a model uses: what a strict loader must not accept
/// and Hugging Face's does.
struct ValueCheck {
  private(set) var diagnostics: [Diagnostic] = []
  private let file: SafetensorsFile

  /// Reads the tensors `required`, one at a time, from `file`, where `fileNames` finds them.
  init(file: SafetensorsFile, _ required: [String], fileNames: [String: String]) {
    self.file = file
    var damaged: [Diagnostic] = []
    var zero: [Diagnostic] = []
    for name in required {
      guard let fileName = fileNames[name] else { continue }
      let values = file.values(of: fileName)
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        damaged.append(notFinite(fileName, index))
      } else if !values.isEmpty, let effect = effectOfZero(name), values.allSatisfy({ $0 == 0 }) {
        zero.append(
          Diagnostic(
            .warning, path: file.path, key: fileName, "all values are zero, so \(effect)"))
      }
    }
    if damaged.count > NameList.limit {
      let names = damaged.compactMap(\.key)
      damaged = [
        Diagnostic(
          path: file.path,
          "\(damaged.count) tensors have values that are not finite in float32: "
            + NameList.text(names))
      ]
    }
    diagnostics = damaged + zero
  }

  private func notFinite(_ name: String, _ index: Int) -> Diagnostic {
    var position: [Int] = []
    var rest = index
    for size in (file.tensors[name]?.shape ?? []).reversed() {
      position.insert(rest % size, at: 0)
      rest /= size
    }
    let value = file.doubles(of: name)[index]
    return Diagnostic(
      path: file.path, key: name,
      value.isFinite
        ? "the value at \(position) is \(value), which is too large for float32"
        : "the value at \(position) is \(value); every value must be finite")
  }

  /// What the model cannot do with this tensor all zero; nil where that may be meant.
  private func effectOfZero(_ name: String) -> String? {
    if name == "predict_action.0.weight" { return "every action is the same" }
    let module = name.split(separator: ".").dropLast().last ?? ""
    let isNorm = module.hasPrefix("ln_") || module == "embed_ln"
    return isNorm && name.hasSuffix(".weight") ? "this layer norm ignores its input" : nil
  }
}
