import DecisionTransformerCodegen
import Testing

/// Names of a user's own in the target of generated code, and of the models themselves.
@Suite("Names beside generated code", .serialized)
struct NameTests {
  /// What no code beside a generated file could do without, either.
  private static let basicNames: Set = [
    "Bool", "Float", "Int", "Int32", "UInt", "UInt64", "UInt8", "Sendable", "Copyable", "Type",
  ]

  /// Every name in generated code of all forms that is not a form's own.
  private static let names: Set<String> = {
    let texts = GeneratedForm.all.map {
      ModuleNames.tokens(
        of: $0.sources().values.joined(separator: "\n").replacing("::", with: ":: "))
    }.joined()
    let words = texts.filter(\.isName).map { String($0.text) }.filter {
      $0 != "_" && ($0.first!.isLetter || $0.first == "_") && !$0.contains("for_c_")
    }
    return Set(words).subtracting(GeneratedForm.all.flatMap { [$0.name, "\($0.name)Kernels"] })
  }()

  @Test("All of them are seen")
  func control() {
    let some: Set = [
      "Vector", "VectorMath", "StepError", "Store", "InlineArray", "Span", "Floats", "Replayed",
      "TrunkError", "CCall", "weights", "max", "rows1",
    ]
    #expect(some.isSubset(of: Self.names))
  }

  @Test("A user's own types may have any, but those of the language and of numbers")
  func ownTypes() throws {
    let words = Self.names.filter { ModelName.problem(with: $0)?.contains("word of") == true }
    let names = Self.names.subtracting(words).subtracting(Self.basicNames)
      .union(["DecisionTransformer", "Swift"])
    var sources = ["Own.swift": names.sorted().map { "enum `\($0)` {}" }.joined(separator: "\n")]
    for form in GeneratedForm.all { sources.merge(form.sources()) { $1 } }
    let diagnostics = try TargetCompiler.diagnostics(sources)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
  }

  /// The forms that differ in the types they declare and mention.
  private static let forms = GeneratedForm.all.filter {
    ["ForC", "EveryOutput", "Batch", "NumberForC", "NumberBatch", "Trunk"].contains($0.name)
  }

  @Test("A model's name that is accepted compiles", arguments: forms)
  func models(form: GeneratedForm) throws {
    let names = Self.names.filter { name in
      ModelName.problem(with: name) == nil && name.first!.isUppercase
    }
    #expect(
      names.isSuperset(of: ["Vector", "VectorMath", "Store", "Product", "Format", "Replayed"]))
    var sources: [String: String] = [:]
    for name in names { sources.merge(form.sources(named: name)) { $1 } }
    let diagnostics = try TargetCompiler.diagnostics(sources)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
  }
}
