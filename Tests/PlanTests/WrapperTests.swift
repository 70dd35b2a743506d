import DecisionTransformer
import DecisionTransformerCodegen
import TestFolders
import Testing

/// The type over a compiled library stands in for the generated one.
@Suite("A type over a compiled library")
struct WrapperTests {
  @Test(
    "has the public members of the generated type, word for word",
    arguments: [
      "ExecutedActions", "ReluOneHead", "NumberedActions", "NewestFrame", "PixelActions",
      "BoundedLoop",
    ])
  func members(name: String) throws {
    var model = try ModelFolder(path: TestData.model(name).path).readModel().model
    (model.options.access, model.options.hasCInterface) = (.public, false)
    model.options.hasOperations = false
    let plan = Plan(model)
    let files =
      Compiler.sources(plan).map(\.contents)
      + [WeightsRenderer(plan: plan, version: "0").render([])]
    // The runtime's extension of `SelfTestable` has it for some.
    let ofExtension = Self.declarations(
      """
      public static func selfTest(weights: DecisionTransformer::PackedWeights) \
      throws(DecisionTransformer::InitializationError) -> DecisionTransformer::SelfTestReport {
      """)
    let generated = Self.declarations(
      files.map { String(decoding: $0, as: UTF8.self) }.joined()
    ).union(ofExtension)
    let wrapper = Self.declarations(WrapperRenderer(plan: plan, version: "0").render())
    #expect(generated.count > 25)
    #expect(generated.subtracting(wrapper) == [])
    #expect(wrapper.subtracting(generated) == [])
  }

  @Test(
    "is not made of what only C has", arguments: ["BatchOfThree", "ForwardLater", "TrunkFourHeads"])
  func problems(name: String) throws {
    let model = try ModelFolder(path: TestData.model(name).path).readModel().model
    #expect(WrapperRenderer.problem(Plan(model)) != nil)
  }

  @Test("calls nothing that the header does not declare")
  func calls() throws {
    for name in ["ExecutedActions", "NumberedActions", "NewestFrame"] {
      let plan = Plan(try ModelFolder(path: TestData.model(name).path).readModel().model)
      let prefix = CName(model: name).prefix
      let header = String(decoding: Compiler.header(plan).contents, as: UTF8.self)
      let text = WrapperRenderer(plan: plan, version: "0").render()
      let called = Set(text.matches(of: #/\b[a-z]\w+/#).map { String($0.0) })
        .filter { $0.hasPrefix("\(prefix)_") }
      #expect(called.count > 10)
      for function in called { #expect(header.contains(function), "\(function)") }
    }
  }

  /// What is public, up to its body, without attributes and breaks of lines.
  private static func declarations(_ code: String) -> Set<String> {
    let lines = code.split(separator: "\n").map { $0.drop { $0 == " " } }.filter {
      !$0.hasPrefix("//")
    }
    let text = lines.joined(separator: " ").replacing(#/@\w+(\(\w+\))? /#, with: "")
      .replacing(#/ +/#, with: " ")
    let found = text.matches(
      of: #/public ((?:static |mutating )*(?:func|var|init|typealias)[^{=]*)[{=]/#)
    return Set(
      found.map { match in
        String(match.1).replacing(#/ $/#, with: "")
      })
  }
}
