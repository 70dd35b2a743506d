import DecisionTransformerCodegen
import Testing

/// A plan for several agents beside the plan of the same model for one.
@Suite("A plan for a batch")
struct BatchPlanTests {
  private static func plans(seed: UInt64) -> (one: Plan, batch: Plan, count: Int) {
    var model = RandomModel.model(seed: seed)
    model.options.outputs = [.action]
    model.config.allowAgents()
    let one = Plan(model)
    model.options.batch = 2 + Int(seed % 17)
    return (one, Plan(model), model.options.batch)
  }

  @Test("takes the same packed weights")
  func weights() {
    for seed in RandomModel.seeds {
      let (one, batch, _) = Self.plans(seed: seed)
      #expect(batch.weights == one.weights && batch.layoutDigest == one.layoutDigest)
    }
  }

  @Test("has every row once for each agent, but the scores, in regions that follow each other")
  func memory() {
    for seed in RandomModel.seeds {
      let (one, batch, count) = Self.plans(seed: seed)
      // Products with rounded weights convert numbers, for all agents in one place.
      func buffers(_ plan: Plan) -> [ControllerBuffer] {
        plan.memory.buffers.filter { $0.name != .converted }
      }
      #expect(buffers(batch).map(\.name) == buffers(one).map(\.name))
      for (buffer, single) in zip(buffers(batch), buffers(one)) {
        let copies = [.scores, .entry].contains(buffer.name) ? 1 : count
        #expect(buffer.floatCount == copies * single.floatCount, "\(buffer) of seed \(seed)")
        #expect(buffer.stride == single.stride)
        // The last row of the last agent ends with the region.
        let last = (buffer.rows - 1) * buffer.rowStride + (copies - 1) * buffer.agentStride
        #expect(last + buffer.stride == buffer.floatCount, "\(buffer) of seed \(seed)")
      }
      var end = 0
      for buffer in batch.memory.buffers {
        #expect(buffer.offset == end, "\(buffer) of seed \(seed)")
        end += buffer.floatCount
      }
      #expect(batch.memory.floatCount == end)
    }
  }

  @Test("does the work of one agent for each, and reads the weights of the blocks once")
  func cost() {
    for seed in RandomModel.seeds {
      let (one, batch, count) = Self.plans(seed: seed)
      // More memory is read ahead where there is more.
      let routines = [batch, one].map { $0.routines.filter { $0.name != .readAhead } }
      #expect(routines[0].map(\.name) == routines[1].map(\.name))
      for (routine, single) in zip(routines[0], routines[1]) {
        #expect(routine.multiplyAdds == count * single.multiplyAdds, "\(routine) of seed \(seed)")
        // Embeddings read a row of the timestep table for each agent.
        let timesteps = routine.operations.count {
          switch $0.kind {
          case .embedTimestep, .position, .enter, .centerTime: true
          default: false
          }
        }
        let rows = timesteps * (count - 1) * 4 * batch.shape.hiddenStride
        #expect(routine.weightBytes == single.weightBytes + rows, "\(routine) of seed \(seed)")
      }
      #expect(batch.plainGraph.multiplyAdds == count * one.plainGraph.multiplyAdds)
      #expect(batch.plainGraph.weightBytes == one.plainGraph.weightBytes)
    }
  }

  @Test("knows every kernel by a name of its own")
  func names() {
    for seed in RandomModel.seeds {
      let plan = Self.plans(seed: seed).batch
      let kernels = plan.kernels
      #expect(Set(kernels.map { plan.name(of: $0) }).count == kernels.count, "seed \(seed)")
    }
  }
}
