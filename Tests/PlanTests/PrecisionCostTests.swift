import DecisionTransformerCodegen
import Testing

@Suite("What rounded weights cost")
struct PrecisionCostTests {
  @Test(
    "is measured past two windows, and past the last timestep where an episode goes on behind it",
    arguments: [(TimestepOverflow.error, 6), (.clamp, 26), (.wrap, 26)])
  func steps(overflow: TimestepOverflow, count: Int) throws {
    var model = RandomModel.model(seed: 3)
    (model.config.maximumEpisodeLength, model.options.window) = (6, 8)
    (model.options.precision, model.options.timestepOverflow) = (.bfloat16, overflow)
    model.options.firstTimestep = 0
    let (plan, checkpoint) = (Plan(model), RandomModel.checkpoint(of: model, seed: 3))
    let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
    let cost = PrecisionCost(plan: plan, model: model, checkpoint: checkpoint, payload: payload)
    #expect(cost.answers == .actions(steps: count))
    #expect(cost.meanDifference > 0 && cost.largestDifference < 1)
  }
}
