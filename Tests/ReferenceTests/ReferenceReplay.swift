import DecisionTransformerCodegen
import RecordedEpisodes

extension RecordedEpisode {
  /// What the reference controller, with `model` in place of the recorded one, answers to the
  /// recorded states and rewards: predicted actions and return tokens.
  func replay(
    model: Model? = nil, executing executed: [[Double]]? = nil, retargets: Bool = true
  ) -> (actions: [[Double]], returnsToGo: [Float]) {
    var controller = ReferenceController(model: model ?? self.model, checkpoint: checkpoint)
    controller.reset(targetReturn: targetReturn)
    var predicted: [[Double]] = []
    var tokens: [Float] = []
    for t in states.indices {
      if retargets, let retarget, retarget.step == t {
        controller.retarget(retarget.targetReturn)
      }
      let reward = t == 0 ? 0 : rewards[t - 1]
      predicted.append(controller.act(state: states[t], reward: reward))
      tokens.append(controller.returnToGo!)
      if let executed { controller.execute(executed[t]) }
    }
    return (predicted, tokens)
  }
}
