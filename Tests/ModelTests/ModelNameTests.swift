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
      ("", "Hopper"), ("2Legs", "Hopper"), ("_", "Hopper"), ("_Hopper", "Hopper"),
      ("my-model", "MyModel"), ("A B", "AB"), ("Läufer", "Hopper"), ("Ho.pper", "HoPper"),
      ("`class`", "Hopper"), ("@", "Hopper"), ("[", "Hopper"),
    ])
  func identifier(name: String, example: String) {
    #expect(
      ModelName.problem(with: name)?.hasSuffix(
        "accepted: an ASCII letter, then letters, digits and underscores, as in \(example).dtmodel")
        == true)
  }

  @Test(
    "is given in capitalised words where that makes it free",
    arguments: [
      ("hopper", "Hopper"), ("my-model", "MyModel"), ("half.cheetah v2", "HalfCheetahV2"),
      ("class", "Class"), ("Hopper", nil), ("any", nil), ("2-legs", nil), ("läufer", nil),
      ("state", nil), ("", nil), ("-", nil),
    ] as [(String, String?)])
  func nearest(name: String, nearest: String?) {
    #expect(ModelName.nearestName(to: name) == nearest)
  }

  @Test(
    "is no word of the language",
    arguments: [
      ("class", "Class"), ("Self", nil), ("Type", nil), ("Protocol", nil), ("Any", nil),
      ("any", nil), ("import", "Import"), ("let", "Let"), ("nil", "Nil"), ("await", "Await"),
    ] as [(String, String?)])
  func keyword(name: String, example: String?) {
    let hint = example.map { ", as in \($0).dtmodel" } ?? ""
    #expect(
      ModelName.problem(with: name)
        == "\"\(name)\" is a word of the Swift language; accepted: a name that is free\(hint)")
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
    let hint = ModelName.nearestName(to: name).map { ", as in \($0).dtmodel" } ?? ""
    #expect(
      ModelName.problem(with: name)
        == "\"\(name)\" is a name that generated code uses; accepted: a name that is free\(hint)")
  }
}
