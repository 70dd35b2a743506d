/// The lines of generated code that name packed tensors.
package struct CodeLines {
  private let lines: [(place: String, text: Substring)]

  package init(_ plan: Plan) {
    lines = Compiler.sources(plan).flatMap { source in
      String(decoding: source.contents, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .filter { !$1.hasPrefix("//") }.map { ("\(source.name):\($0 + 1)", $1) }
    }
  }

  /// `Hopper.swift:391: Kernels.linear_1x128x128(...)`, of each line that names `tensor`.
  package func reading(_ tensor: PackedTensor) -> [String] {
    lines.filter { names(tensor.name, in: $0.text) }.map {
      "\($0.place): \($0.text.trimmingPrefix { $0 == " " })"
    }
  }

  private func names(_ name: String, in line: Substring) -> Bool {
    line.ranges(of: name).contains { range in
      let before = line[..<range.lowerBound].last
      let behind = line[range.upperBound...].first
      return ![before, behind].contains { $0.map(Self.isPartOfName) ?? false }
    }
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
