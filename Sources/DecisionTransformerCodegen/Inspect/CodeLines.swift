/// The lines of generated code that read packed tensors.
struct CodeLines {
  private let plan: Plan
  private let lines: [Substring]
  private let file: String

  init(_ plan: Plan) {
    self.plan = plan
    let source = Compiler.source(plan)
    file = source.name
    lines = String(decoding: source.contents, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
  }

  /// `Hopper.swift:391: linear_1x128x128_unbiased(...)`, of each line that names the place of `tensor`.
  func reading(_ tensor: PackedTensor) -> [String] {
    let place = literal(named(tensor).offset)
    let names =
      ["weights + \(place)", "weights[\(place)"] + (place == "0" ? ["(weights,", " weights,"] : [])
    return lines.enumerated().filter { _, line in
      !line.hasPrefix("//")
        && names.contains { name in
          line.ranges(of: name).contains { range in
            guard range.upperBound < line.endIndex else { return true }
            let next = line[range.upperBound]
            return !next.isNumber && next != "_"
          }
        }
    }.map { index, line in "\(file):\(index + 1): \(line.trimmingPrefix { $0 == " " })" }
  }

  /// The tensor that the code names: of an input's entry tensors, which follow its embedding, that one.
  private func named(_ tensor: PackedTensor) -> PackedTensor {
    switch tensor.content {
    case .entryValue(let input), .entryQuery(let input), .entryInner(let input):
      plan.weights.tensor(.embed(input))
    default: tensor
    }
  }
}
