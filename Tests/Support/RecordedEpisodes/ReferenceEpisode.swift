import DecisionTransformerCodegen
import Foundation
import TestFolders

/// A model of the matrix that differs from a recorded one in options of the control loop alone, with that one's inputs.
/// What Hugging Face answered is of other options: here the double-precision reference judges.
package struct ReferenceEpisode: Sendable {
  package let episode: RecordedEpisode
  /// Whether the controller is told actions that differ from its own.
  package var executed: [[Float]]?
  /// What the environment pays after each step.
  package var rewards: [Float]

  /// The models, and the recorded ones whose inputs they have.
  package static let originals = [
    "BoundedLoop": "WrappedTimesteps", "ExactReturns": "ClampedTimesteps",
    "ForwardLater": "ForwardOneHead", "LaterStart": "WholeEpisode",
  ]

  package init(_ name: String) throws {
    episode = try RecordedEpisode(
      modelFolder: TestData.model(name),
      file: TestData.goldens.appending(path: "\(Self.originals[name]!).safetensors"))
    rewards = episode.rewards
  }

  package var model: Model { episode.model }

  /// Steps that an episode may have.
  package var states: [[Float]] {
    Array(episode.states.prefix(model.episodeLength ?? episode.states.count))
  }

  /// The same where the environment executes something else.
  package func executingOthers() -> ReferenceEpisode {
    var other = self
    other.executed = episode.states.indices.map { step in
      model.actionScale.indices.map { index in
        let share = Float((7 * step + 3 * index) % 13) / 6 - 1
        return Float(model.actionScale[index]) * share + Float(model.actionOffset[index])
      }
    }
    return other
  }

  /// The same where float32 loses rewards: one that is huge, small ones that vanish beside it, and the huge one back.
  package func losingRewards() -> ReferenceEpisode {
    var other = self
    let scale = Float(model.options.returnScale)
    other.rewards = rewards.indices.map { step in
      let small = scale / 4
      return step == 2 ? scale * 0x1p25 : step == 10 ? -scale * 0x1p25 : small
    }
    return other
  }

  /// A controller's replay of it.
  package func replay<Controller: GeneratedController & ~Copyable>(
    _: Controller.Type, _ pace: Pace
  ) -> Replay<Controller> {
    Replay(
      states: states, rewards: rewards, executed: executed,
      targetReturn: Float(episode.targetReturn), retarget: nil, pace: pace)
  }

  /// The actions that the reference returns, environment units.
  ///
  /// - Parameter change: other options.
  package func expected(
    _ pace: Pace, changing change: (inout GenerationOptions) -> Void = { _ in }
  ) -> [[Double]] {
    var model = self.model
    change(&model.options)
    var controller = ReferenceController(model: model, checkpoint: episode.checkpoint)
    controller.reset(targetReturn: episode.targetReturn)
    let schedule = pace.schedule(of: states.count, tellingActions: executed != nil)
    return states.indices.map { step in
      let action = controller.environmentAction(
        controller.act(state: states[step], reward: step == 0 ? 0 : rewards[step - 1]))
      if [.executed, .rewardKnown].contains(schedule[step]) {
        controller.execute(executed?[step].map { Double($0) } ?? action)
      }
      return action
    }
  }

  /// How far an action may be off.
  package var tolerance: Double { 2e-5 * (model.actionScale.map { abs($0) }.max() ?? 1) }
}

extension BatchScript {
  /// The actions that the reference returns for an agent alone, environment units.
  package func expected(_ model: Model, _ checkpoint: Checkpoint, agent: Int) -> [[Double]] {
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    return steps.indices.map { index in
      let step = steps[index]
      for new in step.resets where new.agent == agent {
        controller.reset(targetReturn: Double(new.targetReturn))
      }
      for new in step.retargets where new.agent == agent {
        controller.retarget(Double(new.targetReturn))
      }
      let reward = index == 0 ? 0 : steps[index - 1].rewards[agent]
      let action = controller.environmentAction(
        controller.act(state: step.states[agent], reward: reward))
      let early = step.earlyResets.filter { $0.agent == agent }
      for new in early { controller.reset(targetReturn: Double(new.targetReturn)) }
      if early.isEmpty, [.executed, .rewardKnown].contains(step.pace) {
        controller.execute(step.executed?[agent].map { Double($0) } ?? action)
      }
      return action
    }
  }
}
