import CAllocationHook
import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import Testing

/// Several agents in one controller.
@Suite("A batch")
struct BatchTests {
  @Test(
    "has for each agent the very bits of a controller of its own, whatever the others do",
    arguments: BatchModel.all)
  func independence(model: BatchModel) throws {
    let episode = try RecordedEpisode(golden: model.original)
    for seed in UInt64(0)..<4 {
      let script = BatchScript(episode, batch: model.batch, steps: 50, seed: seed)
      let together = try model.run(script)
      for agent in 0..<model.batch {
        let alone = try model.runAlone(script, agent)
        #expect(together.map { $0[agent] } == alone, "agent \(agent) of seed \(seed)")
      }
      #expect(try model.runInCallersMemory(script) == together, "seed \(seed)")
    }
  }

  @Test(
    "equals Hugging Face's model with a row for each agent, whichever way it is driven",
    arguments: BatchModel.all.filter { BatchGolden.names.contains($0.name) })
  func goldens(model: BatchModel) throws {
    let golden = try BatchGolden(model.name)
    let tolerance = max(2e-5, 3 * golden.float32Error)
    for pace in [Pace.actOnly, .prepared, .executed, .rewardKnown] {
      let actions = try model.run(golden.script(pace))
      for agent in 0..<model.batch {
        let difference = largestDifference(
          golden.modelUnits(actions.map { $0[agent] }), golden.actions.map { $0[agent] })
        #expect(difference <= tolerance, "agent \(agent), \(pace)")
      }
    }
  }

  @Test("has a model for every golden file, and every form of attention")
  func coverage() throws {
    #expect(Set(BatchGolden.names).isSubset(of: BatchModel.all.map(\.name)))
    #expect(BatchGolden.names.count == 3)
    var forms: Set<String> = []
    for name in BatchModel.all.map(\.name) {
      let model = try ModelFolder(path: BatchGolden.folder(of: name).path).readModel().model
      for form in Plan(model).forms { forms.insert("\(form) \(model.options.precision)") }
    }
    let expected = [
      "fused float32", "standard float32", "absorbed float32", "standard bfloat16",
      "absorbed bfloat16",
    ]
    #expect(forms.isSuperset(of: expected))
  }

  @Test(
    "takes the weights of a single agent, and does its work for each", arguments: BatchModel.all)
  func weights(model: BatchModel) {
    #expect(model.sharesWeights)
    #expect(model.costIsThatOfAgents)
  }

  @Test("passes the self test of a single agent with all of its agents", arguments: BatchModel.all)
  func selfTest(model: BatchModel) throws {
    let report = try model.selfTest()
    #expect(report.passed, "\(report)")
    #expect(report.stepCount > 2)
  }

  @Test(
    "never calls the allocator", .enabled(if: allocation_counting_is_supported()),
    arguments: BatchModel.all)
  func allocation(model: BatchModel) throws {
    let episode = try RecordedEpisode(golden: model.original)
    for seed in UInt64(0)..<4 {
      // Swift Testing looks at every error that is thrown, and allocates for that.
      let script = BatchScript(
        episode, batch: model.batch, steps: 20, seed: seed, hasRefusals: false)
      #expect(try model.allocatorCalls(script) == 0)
    }
  }
}

/// Episodes of several agents that Hugging Face's model drove. Tests/Oracle/README.md describes the files.
struct BatchGolden {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  static let names: [String] =
    (try? FileManager.default.contentsOfDirectory(
      atPath: tests.appending(path: "Goldens/Batches").path))?
    .filter { $0.hasSuffix(".safetensors") }.map { String($0.dropLast(".safetensors".count)) }
    .sorted() ?? []

  static func folder(of name: String) -> URL { tests.appending(path: "Models/\(name).dtmodel") }

  /// Predicted, in model units: step, agent, component.
  let actions: [[[Double]]]
  let float32Error: Double
  private let states: [[[Float]]]
  private let rewards: [[Float]]
  private let targets: [[Float]]
  private let starts: [[Int]]
  private let actionScale: [Double]

  init(_ name: String) throws {
    let model = try ModelFolder(path: Self.folder(of: name).path).readModel().model
    let file = try SafetensorsFile(
      path: Self.tests.appending(path: "Goldens/Batches/\(name).safetensors").path)
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
    actionScale = model.actionScale
  }

  /// The recorded steps, each followed by `pace`.
  func script(_ pace: Pace) -> BatchScript {
    BatchScript(
      steps: states.indices.map { step in
        let agents = starts.indices.filter { starts[$0].contains(step) }
        return BatchScript.Step(
          resets: agents.map { BatchScript.Target(agent: $0, targetReturn: targets[step][$0]) },
          states: states[step], pace: pace, rewards: rewards[step])
      })
  }

  func modelUnits(_ actions: [[Float]]) -> [[Double]] {
    actions.map { zip($0, actionScale).map { Double($0) / $1 } }
  }
}
