import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import HalfCheetahModel
import HopperModel
import PendulumModel
import RecordedEpisodes
import Testing

/// Checked-in types prove that they compute the trained checkpoints.
@Suite("The self test of a checked-in type")
struct SelfTestTests {
  @Test("passes, of Hopper") func hopper() throws { try expectPassed(Hopper.self, "Hopper") }
  @Test("passes, of Pendulum") func pendulum() throws {
    try expectPassed(Pendulum.self, "Pendulum")
  }
  @Test("passes, of HalfCheetah") func halfCheetah() throws {
    try expectPassed(HalfCheetah.self, "HalfCheetah")
  }

  private func expectPassed<Controller: GeneratedController & ~Copyable>(
    _: Controller.Type, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let packed = try PackedModel(folder: RecordedEpisode(trained: name).folder)
    #expect(packed.section.count < 16_000, sourceLocation: sourceLocation)
    let report = try packed.withWeights { try Controller.selfTest(weights: $0) }
    #expect(report.passed, "\(report)", sourceLocation: sourceLocation)
    #expect(report.stepCount > 2 * Controller.window, sourceLocation: sourceLocation)
    // Four rows of each stage, and the actions of all steps.
    #expect(
      report.comparisonCount == 4 * Controller.hiddenSize * (Controller.layerCount + 1)
        + report.stepCount * Controller.actionDimension, sourceLocation: sourceLocation)
    // The tolerance is that of float32: a part of it is used.
    let part = report.worst.difference / report.worst.tolerance
    #expect(part > 0.01 && part <= 1, "\(report)", sourceLocation: sourceLocation)
  }

  @Test("fails with a few more training steps")
  func retrained() throws {
    let folder = try RecordedEpisode(trained: "Pendulum").folder
    var packed = try PackedModel(folder: folder)
    let retrained = try PackedModel(folder: folder, transform: { $0 * 1.001 })
    packed.replace(payload: retrained.payload)
    let report = try packed.withWeights { try Pendulum.selfTest(weights: $0) }
    #expect(!report.passed)
    #expect(report.firstFailure?.stage == .embedding)
    #expect(report.firstFailure?.step == 0)
  }
}
