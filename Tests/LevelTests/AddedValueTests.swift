import AddedValues
import DecisionTransformerCodegen
import Testing

/// Formats and targets that no option names, compiled and run: their self tests compare each stage with double precision
/// on the weights as they are packed.
@Suite("Formats and targets that only tests know", .serialized)
struct AddedValueTests {
  /// Forms of attention, odd depths, several strips, rows of several agents.
  private static let shapes: [(hidden: Int, heads: Int, batch: Int, layers: Int)] = [
    (40, 1, 1, 3), (96, 3, 1, 2), (24, 3, 9, 2), (192, 1, 2, 2),
  ]

  private static func models(
    _ formats: [WeightFormat], targets: [Target], shapes: some Sequence<Int>
  ) throws -> [LevelModel] {
    try formats.flatMap { format in
      try shapes.map { index in
        let shape = Self.shapes[index]
        var model = ShapeLevelTests.model(
          shape.hidden, shape.heads, .float32, shape.batch, shape.layers, 4)
        model.name = "\(format.name.prefix(1).uppercased())\(format.name.dropFirst())\(index)"
        return try LevelModel(
          model, ShapeLevelTests.checkpoint(of: model),
          plan: model.plan(format: format, targets: targets))
      }
    }
  }

  /// Of the number that the targets' tiles are asked by, on whatever machine this is.
  private func check(_ number: Int, _ models: [LevelModel]) throws {
    let level = Level(
      name: "tiles of number \(number)", flags: ["-Xcc", "-DDT_VECTOR_LEVEL=\(number)"])
    let answers = try LevelProgram(level, models).answers(
      to: models.map { LevelQuestion(model: $0.name, kind: .selfTest) })
    for (model, answer) in zip(models, answers) {
      #expect(
        answer.passed == true, "\(level): \(model.name): \(answer.report ?? answer.error ?? "")")
    }
  }

  // Tiles of one row; tiles of many rows and panels.
  @Test("integers with scales compute right", arguments: [Target.sse2, .avx512])
  func formats(target: Target) throws {
    try check(
      target.number,
      Self.models(WeightFormat.added, targets: Target.numbered, shapes: Self.shapes.indices))
  }

  @Test("eight registers compute right", arguments: Target.added)
  func targets(target: Target) throws {
    let models = try Self.models(
      [.float32, .bfloat16, .integers16], targets: Target.numbered + Target.added, shapes: 0..<3)
    for model in models {
      let kernels = String(decoding: model.sources[1].contents, as: UTF8.self)
      #expect(kernels.contains("level >= \(target.number)"), "\(model.name)")
    }
    try check(target.number, models)
  }

  @Test("the models have every form of attention")
  func coverage() {
    let forms = Self.shapes.flatMap { shape in
      Plan(
        ShapeLevelTests.model(
          shape.hidden, shape.heads, .float32, shape.batch, shape.layers, 4)
      ).forms.map(\.rawValue)
    }
    #expect(Set(forms).isSuperset(of: ["carried", "fused", "standard", "absorbed"]))
  }
}
