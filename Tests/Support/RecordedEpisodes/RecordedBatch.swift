import DecisionTransformerCodegen
import Foundation
import Programs
import TestFolders

/// Episodes of several agents that Hugging Face's model drove. Tests/Tools/Oracle/README.md describes the files.
package struct RecordedBatch {
  private static let goldens = TestData.goldens.appending(path: "Batches")

  package static let names = TestData.recordings(in: goldens)

  /// Predicted, in model units: step, agent, component.
  package let actions: [[[Double]]]
  package let float32Error: Double
  private let states: [[[Float]]]
  private let rewards: [[Float]]
  private let targets: [[Float]]
  private let starts: [[Int]]
  /// Scale and offset of each component.
  private let actionUnits: [(scale: Double, offset: Double)]

  package init(_ name: String) throws {
    let model = try ModelFolder(path: TestData.model(name).path).readModel().model
    let file = try SafetensorsFile(
      path: Self.goldens.appending(path: "\(name).safetensors").path)
    let batch = model.options.batch
    func agents<Value>(_ values: [Value], _ count: Int) -> [[[Value]]] {
      RecordedEpisode.rows(RecordedEpisode.rows(values, of: count), of: batch)
    }
    actions = agents(file.doubles(of: "actions"), model.config.actionDimension)
    states = agents(file.values(of: "states"), model.config.stateDimension)
    rewards = RecordedEpisode.rows(file.values(of: "rewards"), of: batch)
    targets = RecordedEpisode.rows(file.values(of: "targets"), of: batch)
    starts = try JSONDecoder().decode([[Int]].self, from: Data(file.metadata["starts"]!.utf8))
    float32Error = Double(file.metadata["float32_error"]!)!
    actionUnits = zip(model.actionScale, model.actionOffset).map { ($0, $1) }
  }

  /// The recorded steps, each followed by `pace`.
  package func script(_ pace: Pace) -> BatchScript {
    BatchScript(
      steps: states.indices.map { step in
        let agents = starts.indices.filter { starts[$0].contains(step) }
        return BatchScript.Step(
          resets: agents.map { BatchScript.Target(agent: $0, targetReturn: targets[step][$0]) },
          states: states[step], pace: pace, rewards: rewards[step])
      })
  }

  package func modelUnits(_ actions: [[Float]]) -> [[Double]] {
    actions.map { zip($0, actionUnits).map { (Double($0) - $1.offset) / $1.scale } }
  }
}

extension BatchScript {
  /// Agents with the states of a recorded episode, each at another place of it. Episodes start at any time,
  /// by chance and where they must, targets change, the preparation is done in every way. With `hasRefusals`
  /// some calls are wrong, and an episode may start before the preparation: none may be left to prepare.
  package init(
    _ episode: RecordedEpisode, batch: Int, steps count: Int, seed: UInt64, hasRefusals: Bool = true
  ) {
    self.init()
    var random = SplitMix64(seed: seed)
    let target = Float(episode.targetReturn)
    let ways: [Pace] = [.actOnly, .prepared, .executed, .rewardKnown]
    // How many steps each agent's episode has had.
    var ages = Array(repeating: 0, count: batch)
    for index in 0..<count {
      func start(_ agent: Int) -> Target {
        ages[agent] = 0
        return Target(agent: agent, targetReturn: target * Float(random.below(20)) / 10)
      }
      let agents = 0..<batch
      let length =
        episode.model.config.maximumEpisodeLength - episode.model.options.firstTimestep
      var step = Step(
        states: agents.map { episode.states[(index + 3 * $0) % episode.states.count] },
        pace: ways[random.below(ways.count)], rewards: [])
      for agent in agents {
        let mustStart = index == 0 || ages[agent] == length
        if mustStart || random.below(9) == 0 { step.resets.append(start(agent)) }
        if random.below(9) == 0 {
          step.retargets.append(Target(agent: agent, targetReturn: -target))
        }
        ages[agent] += 1
        step.rewards.append(target * Float(random.below(100)) / 1000)
      }
      if hasRefusals {
        if random.below(4) == 0 { step.spoiled = random.below(batch) }
        for agent in agents where random.below(12) == 0 { step.earlyResets.append(start(agent)) }
      }
      if random.below(2) == 0 {
        step.executed = agents.map { _ in
          zip(episode.model.actionScale, episode.model.actionOffset).map {
            Float($0) * Float(random.below(200) - 100) / 100 + Float($1)
          }
        }
      }
      steps.append(step)
    }
  }
}

extension SplitMix64 {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
