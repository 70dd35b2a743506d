import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// Generated code in a user's target, whatever its settings are: no error, no warning.
@Suite("A target's settings", .serialized)
struct SettingsTests {
  struct Setting: CustomTestStringConvertible {
    var name: String
    var flags: [String] = []
    var languageMode = "6"
    var testDescription: String { name }
  }

  private static let mainActor = ["-default-isolation", "MainActor"]
  private static let strictMemory = ["-strict-memory-safety"]
  private static let upcoming = [
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "InferIsolatedConformances", "NonisolatedNonsendingByDefault",
  ].flatMap { ["-enable-upcoming-feature", $0] }

  static let settings = [
    Setting(name: "none"),
    Setting(name: ".defaultIsolation(MainActor.self)", flags: mainActor),
    Setting(name: ".strictMemorySafety()", flags: strictMemory),
    Setting(name: ".enableUpcomingFeature(...), all of them", flags: upcoming),
    Setting(name: ".swiftLanguageMode(.v5)", languageMode: "5"),
    Setting(name: "all", flags: mainActor + strictMemory + upcoming),
  ]

  @Test("leave generated code without a diagnostic", arguments: settings)
  func noDiagnostics(setting: Setting) throws {
    var sources = try Self.weights()
    for form in GeneratedForm.all { sources.merge(form.sources()) { $1 } }
    sources["ControlThread.swift"] = Self.controlThread
    let diagnostics = try TargetCompiler.diagnostics(
      sources, settings: setting.flags, languageMode: setting.languageMode)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
  }

  @Test(
    "leave code without weights in the program without a diagnostic, and say why where one is needed"
  )
  func absentWeights() throws {
    for name in ["WindowOfOne", "TrunkOneToken"] {
      let plan = try Compiler.compile(folder: TestData.model(name).path, codeOnly: true).plan
      let reason = "\(name).dtmodel has no checkpoint; put one there"
      let absent = AbsentWeights(plan: plan, version: Compiler.version, reason: reason).render()
      var sources = ["\(name)Weights.swift": String(decoding: absent, as: UTF8.self)]
      for file in Compiler.sources(plan) {
        sources[file.name] = String(decoding: file.contents, as: UTF8.self)
      }
      for setting in Self.settings {
        let diagnostics = try TargetCompiler.diagnostics(
          sources, settings: setting.flags, languageMode: setting.languageMode)
        #expect(diagnostics.isEmpty, "\(setting.name): \(diagnostics)")
      }
      let hasSelfTest = name == "WindowOfOne"
      sources["Robot.swift"] = """
        import DecisionTransformer

        nonisolated func robot() throws {
          _ = try \(name)()
          _ = try \(name).embeddedWeights()
          \(hasSelfTest ? "_ = try \(name).selfTest()" : "")
        }
        """
      let diagnostics = try TargetCompiler.diagnostics(sources)
      let errors = diagnostics.split(separator: "\n").filter {
        $0.contains(": error: ") && $0.contains("is unavailable: \(reason)")
      }
      #expect(errors.count == (hasSelfTest ? 3 : 2), "\(diagnostics)")
    }
  }

  @Test("are really in force")
  func control() throws {
    let sources = [
      "Robot.swift": """
      final class Robot { func act() {} }
      nonisolated func control(_ robot: Robot) { robot.act() }
      func first(_ numbers: UnsafePointer<Float>) -> Float { numbers[0] }
      """
    ]
    #expect(try TargetCompiler.diagnostics(sources) == "")
    #expect(
      try TargetCompiler.diagnostics(sources, settings: Self.mainActor)
        .contains("main actor-isolated"))
    #expect(
      try TargetCompiler.diagnostics(sources, settings: Self.strictMemory)
        .contains("StrictMemorySafety"))
  }

  /// What a control thread does with the generated types, off the main actor.
  private static let controlThread = """
    import DecisionTransformer

    nonisolated func control(_ robot: consuming OneHead) throws -> Float {
      var robot = robot
      robot.reset()
      let action = try robot.act(OneHead.State(repeating: 0.5), reward: 1)
      robot.prepare()
      try robot.prepare(executed: action, reward: 0.5)
      return action[0]
    }

    nonisolated func control(_ robots: inout Batch) throws -> Float {
      robots.reset(agent: 1)
      return try robots.act(Batch.States(repeating: Batch.State(repeating: 0)))[2][1]
    }

    nonisolated func embed(_ numbers: [Float], _ trunk: inout Trunk) throws -> [Float] {
      var states = numbers
      var output = states.mutableSpan
      try trunk.forward(inputsEmbeds: numbers.span, lastHiddenState: &output)
      return states
    }

    nonisolated func hiddenState(_ model: borrowing EveryOutput) -> Float {
      model.withHiddenStates { $0[0] }
    }

    nonisolated func test<Controller: SelfTestable & ~Copyable>(
      _: Controller.Type, _ weights: PackedWeights
    ) throws -> Bool {
      try Controller.selfTest(weights: weights).passed
    }

    nonisolated func testAll(_ weights: PackedWeights) throws -> Bool {
      try test(OneHead.self, weights) && test(Rounded.self, weights)
        && Batch.selfTest(weights: weights).passed && WindowOfOne.selfTest().passed
    }
    """

  /// Weights in the program, of a controller, of one for C, and of a trunk; with the code that they extend.
  private static func weights() throws -> [String: String] {
    var sources: [String: String] = [:]
    for name in ["WindowOfOne", "ExecutedActions", "TrunkOneToken"] {
      let folder = TestData.model(name)
      for file in try Compiler.compile(folder: folder.path).files
      where file.name.hasSuffix(".swift") {
        sources[file.name] = String(decoding: file.contents, as: UTF8.self)
      }
    }
    #expect(sources.count == 9)
    return sources
  }
}
