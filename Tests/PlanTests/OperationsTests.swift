import DecisionTransformerCodegen
import Foundation
import Testing

/// The operations of a generated type, one by one.
@Suite("Operations one by one")
struct OperationsTests {
  @Test("are there where they are asked for, and change nothing else of the code")
  func section() throws {
    for seed in RandomModel.seeds {
      let model = RandomModel.model(seed: seed)
      var asked = model
      asked.options.hasOperations = true
      let (plain, plan) = (Plan(model), Plan(asked))
      #expect(plan.routines == plain.routines && plan.layoutDigest == plain.layoutDigest)
      let code = SwiftRenderer(plan: plain, version: "1").render()
      let long = SwiftRenderer(plan: plan, version: "1").render()
      #expect(!code.contains("Operations one by one") && !code.contains("PhaseOperation"))
      let start = try #require(long.range(of: "// MARK: - Operations one by one"))
      let end = try #require(long.range(of: "#endif\n", options: .backwards))
      let rest = String(long[..<start.lowerBound]) + String(long[end.upperBound...])
      #expect(rest.split(separator: "\n") == code.split(separator: "\n"), "seed \(seed)")
      let section = long[start.lowerBound..<end.upperBound]
      let calls = plan.act.calls { _ in false } + plan.prepare.calls { _ in false }
      let count = calls.reduce(0) { sum, call in
        // How much is read ahead is the running processor's: one operation.
        sum
          + (call.name == .readAhead
            ? 1 : plan.routines.first { $0.name == call.name }!.operations.count)
      }
      #expect(section.contains("static var operationCount: Int { \(count) }"), "seed \(seed)")
      #expect(section.components(separatedBy: "PhaseOperation(").count == count + 1)
      #expect(section.components(separatedBy: "    default:").count == 3)
    }
  }

  @Test("are those that phases call, in their order, with the slots that routines are told")
  func calls() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      for answer in [false, true] {
        #expect(
          plan.act.calls { _ in answer }.map(\.name)
            == plan.act.calls(where: .returnIsPrepared, is: answer))
        let prepare = plan.prepare.calls { _ in answer }
        #expect(prepare.map(\.name) == plan.prepare.calls(where: .rewardIsKnown, is: answer))
        for call in plan.act.calls(where: { _ in answer }) + prepare {
          #expect(plan.routines.first { $0.name == call.name }!.takesToken == (call.token != nil))
          #expect(0...1 ~= call.step)
        }
      }
    }
  }
}
