/// The names that generated code takes from modules. It prints each with its module (`Swift::Span`), so that a type of
/// the same name beside the generated file does not take its place.
///
/// Not among them are the names without which no code beside it would compile either (`Int`, `Float`, `Bool`,
/// `Sendable`, ...), and those that a generated type has its own aliases for (`SwiftRenderer.abbreviations`).
package enum NamesOfModules {
  /// The module of each name.
  package static let all: [String: String] = {
    let names = [
      "DecisionTransformer": """
      ActionChoice AlignedMemory BatchStepError CCall CController CStatus ForwardError ForwardInput FrameController FrameMath FramePattern
      GeneratedCodeFormat2 InitializationError Numbers PackedWeights PhaseOperation Processor SelfTest SelfTestReport SelfTestStage SelfTestable StateController StepError TrunkError
      WholeReturn
      """,
      "Swift": """
      CChar Double InlineArray MutableSpan OpaquePointer Span StaticString UnsafeBufferPointer UnsafeMutablePointer
      UInt32 UInt8 UnsafeMutableBufferPointer UnsafeMutableRawBufferPointer UnsafeMutableRawPointer UnsafePointer UnsafeRawBufferPointer UnsafeRawPointer max min precondition
      """,
    ]
    var modules: [String: String] = [:]
    for (module, list) in names {
      for name in list.split(whereSeparator: \.isWhitespace) { modules[String(name)] = module }
    }
    return modules
  }()
}
