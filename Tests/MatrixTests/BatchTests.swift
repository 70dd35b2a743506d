import CAllocationHook
import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
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
    arguments: BatchModel.all.filter { RecordedBatch.names.contains($0.name) })
  func goldens(model: BatchModel) throws {
    let golden = try RecordedBatch(model.name)
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
    #expect(Set(RecordedBatch.names).isSubset(of: BatchModel.all.map(\.name)))
    #expect(RecordedBatch.names.count == 4)
    var forms: Set<String> = []
    for name in BatchModel.all.map(\.name) {
      let model = try ModelFolder(path: TestData.model(name).path).readModel().model
      for form in Plan(model).forms { forms.insert("\(form) \(model.options.precision)") }
    }
    let expected = [
      "fused float32", "standard float32", "absorbed float32", "standard bfloat16",
      "absorbed bfloat16", "standard int8",
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
