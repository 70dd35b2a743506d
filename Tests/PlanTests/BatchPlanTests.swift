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

  @Test("has every row once for each agent of a group, in regions that follow each other")
  func memory() {
    var grouped = 0
    for seed in RandomModel.seeds {
      let (one, batch, count) = Self.plans(seed: seed)
      let groups = batch.shape.agentGroups
      #expect(groups.count * groups.size >= count && (groups.count - 1) * groups.size < count)
      // Products with rounded weights convert numbers, for all agents in one place.
      func buffers(_ plan: Plan) -> [ControllerBuffer] {
        plan.memory.buffers.filter { $0.name != .converted }
      }
      #expect(Set(buffers(batch).map(\.name)) == Set(buffers(one).map(\.name)))
      for buffer in buffers(batch) {
        let single = one.memory.buffer(buffer.name)
        let copies =
          switch buffer.name {
          case .scores, .entry: 1
          case .returnInput, .stateInput, .actionInput, .prediction: groups.count * groups.size
          default: groups.size
          }
        #expect(buffer.floatCount == copies * single.floatCount, "\(buffer) of seed \(seed)")
        #expect(buffer.stride == single.stride)
        // The last row of the last agent ends with the region.
        let last = (buffer.rows - 1) * buffer.rowStride + (copies - 1) * buffer.agentStride
        #expect(last + buffer.stride == buffer.floatCount, "\(buffer) of seed \(seed)")
      }
      var end = 0
      for (index, buffer) in batch.memory.buffers.enumerated() {
        // Behind what the first group keeps lies what the others do.
        if index > 0, batch.memory.buffers[index - 1].isOfGroup, !buffer.isOfGroup {
          end += (groups.count - 1) * batch.memory.groupStride
          grouped += 1
        }
        let attention = batch.memory.buffers.first {
          [.queries, .mixed, .keyRows, .headQuery, .scores].contains($0.name)
        }
        let start = buffer.name == .inner ? attention!.offset : end
        #expect(buffer.offset == start, "\(buffer) of seed \(seed)")
        #expect(buffer.isOfGroup == (groups.count > 1 && buffer.lasts), "\(buffer) of seed \(seed)")
        end = max(end, start + buffer.floatCount)
      }
      #expect(batch.memory.floatCount == end)
    }
    #expect(grouped > 5)
  }

  @Test("does the work of one agent for each, and reads the weights of the blocks once")
  func cost() {
    for seed in RandomModel.seeds {
      let (one, batch, _) = Self.plans(seed: seed)
      let (count, groups) = (batch.shape.groupSize, batch.shape.agentGroups.count)
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
      #expect(batch.plainGraph.multiplyAdds == groups * count * one.plainGraph.multiplyAdds)
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

extension ControllerBuffer {
  /// Whether a later phase needs what is in it.
  fileprivate var lasts: Bool {
    switch name {
    case .returnInput, .stateInput, .actionInput, .prediction, .entry, .carriedSums, .stream,
      .scratch, .queries,
      .mixed, .keyRows, .headQuery, .absorbedQueries, .absorbedMixed, .headValues, .scores, .inner,
      .converted:
      false
    default: true
    }
  }
}
