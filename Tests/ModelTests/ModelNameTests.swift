import DecisionTransformerCodegen
import Testing

@Suite("The name of a generated type")
struct ModelNameTests {
  @Test("is free", arguments: ["Hopper", "hopper", "H", "Half_Cheetah2", "Model", "Floats"])
  func free(name: String) {
    #expect(ModelName.problem(with: name) == nil)
  }

  @Test(
    "is an ASCII identifier",
    arguments: [
      "", "2Legs", "_", "_Hopper", "my-model", "A B", "Läufer", "Ho.pper", "`class`", "@", "[",
    ])
  func identifier(name: String) {
    #expect(
      ModelName.problem(with: name)?.hasSuffix(
        "accepted: an ASCII letter, then letters, digits and underscores, as in Hopper.dtmodel")
        == true)
  }

  @Test(
    "is no word of the language",
    arguments: ["class", "Self", "Type", "Protocol", "Any", "any", "import", "let", "nil", "await"])
  func keyword(name: String) {
    #expect(
      ModelName.problem(with: name)
        == "\"\(name)\" is a word of the Swift language; accepted: a name that is free")
  }

  @Test(
    "is no type of the standard library",
    arguments: [
      "Float", "Int", "InlineArray", "Span", "MutableSpan", "SIMD16", "UnsafeRawPointer", "Bool",
      "Optional", "Error", "Sendable", "Copyable", "Never", "Void", "String", "Array",
    ])
  func standardType(name: String) {
    #expect(
      ModelName.problem(with: name)
        == "\"\(name)\" is a type of the Swift standard library; accepted: a name that is free")
  }

  @Test(
    "is no name in generated code",
    arguments: [
      "State", "Action", "DecisionTransformer", "CDecisionTransformer", "PackedWeights",
      "StepError", "AlignedMemory", "Swift", "SelfTestable", "ForwardError", "max", "precondition",
    ])
  func generatedName(name: String) {
    #expect(
      ModelName.problem(with: name)
        == "\"\(name)\" is a name that generated code uses; accepted: a name that is free")
  }
}
