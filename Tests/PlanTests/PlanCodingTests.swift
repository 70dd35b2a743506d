import DTGenReports
import DecisionTransformerCodegen
import Foundation
import Testing

/// The plan as a value that can be written down.
@Suite("A plan as JSON")
struct PlanCodingTests {
  @Test("is the whole plan: read back, it is equal, and its bytes are the same each time")
  func roundTrip() throws {
    let models =
      (UInt64(0)..<40).map { RandomModel.model(seed: $0) }
      + (UInt64(0)..<20).map { RandomModel.trunk(seed: $0) }
    for (index, model) in models.enumerated() {
      let plan = Plan(model)
      let json = PlanText(plan).json
      #expect(json == PlanText(Plan(model)).json, "model \(index)")
      let read = try JSONDecoder().decode(Plan.self, from: Data(json.utf8))
      #expect(read == plan, "model \(index)")
    }
  }

  @Test("as text names every routine of every phase, and every operation")
  func text() {
    for seed in UInt64(0)..<10 {
      let plan = Plan(RandomModel.model(seed: seed))
      let lines = PlanText(plan).text.split(separator: "\n", omittingEmptySubsequences: false)
      for routine in plan.routines {
        let first = lines.firstIndex { $0 == "\(routine.name): \(routine.summary)" }
        #expect(first != nil, "\(routine.name) of seed \(seed)")
        let operations = lines[((first ?? 0) + 1)...].prefix { !$0.isEmpty }
        #expect(operations.count == routine.operations.count, "\(routine.name) of seed \(seed)")
      }
    }
  }
}
