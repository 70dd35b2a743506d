import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import HalfCheetahModel
import HopperModel
import PendulumModel
import RecordedEpisodes
import Testing

/// A checked-in type proves that it computes its checkpoint, and fails with any other.
@Suite("The self test")
struct SelfTestTests {
  @Test("passes with the checkpoint it was recorded from")
  func passes() throws {
    try expectPassed(PackedModel(trained: "Hopper").withWeights(Hopper.selfTest))
    try expectPassed(PackedModel(trained: "Pendulum").withWeights(Pendulum.selfTest))
    try expectPassed(PackedModel(trained: "HalfCheetah").withWeights(HalfCheetah.selfTest))
  }

  private func expectPassed(
    _ report: SelfTestReport, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(report.passed, "\(report)", sourceLocation: sourceLocation)
    // Longer than two windows; four rows of each stage, and the actions.
    #expect(report.stepCount > 2 * Hopper.window, sourceLocation: sourceLocation)
    #expect(report.comparisonCount > 1000, sourceLocation: sourceLocation)
    // The tolerance is that of float32: it is nearly used.
    let part = report.worst.difference / report.worst.tolerance
    #expect(part > 0.01 && part < 1, "\(report)", sourceLocation: sourceLocation)
    print(report)
  }
}
