import DecisionTransformer

// Whole episodes of several agents, for a program in C or JavaScript. `Model` is a typealias that build.sh writes.

@_cdecl("batch_memory_size")
public func batchMemorySize() -> Int { Model.memorySize }

/// 0 if the self test passes, 1 if not, 2 if it cannot be run.
@_cdecl("batch_self_test")
public func batchSelfTest(
  _ weights: UnsafeRawPointer, _ weightsSize: Int, _ memory: UnsafeMutableRawPointer,
  _ memorySize: Int
) -> Int32 {
  do throws(InitializationError) {
    let weights = try PackedWeights(UnsafeRawBufferPointer(start: weights, count: weightsSize))
    let report = try Model.selfTest(
      weights: weights, memory: UnsafeMutableRawBufferPointer(start: memory, count: memorySize))
    return report.passed ? 0 : 1
  } catch {
    return 2
  }
}

/// Replays episodes. Arrays are [step][agent][component]; `starts` says where an agent's episode begins, and `rewards`
/// what followed each step.
///
/// - Returns: 0, 2 if there is no controller, 3 if a step was refused.
@_cdecl("batch_replay")
public func batchReplay(
  _ weights: UnsafeRawPointer, _ weightsSize: Int, _ memory: UnsafeMutableRawPointer,
  _ memorySize: Int, _ steps: Int, _ starts: UnsafePointer<UInt8>, _ targets: UnsafePointer<Float>,
  _ states: UnsafePointer<Float>, _ rewards: UnsafePointer<Float>,
  _ actions: UnsafeMutablePointer<Float>
) -> Int32 {
  do throws(InitializationError) {
    let weights = try PackedWeights(UnsafeRawBufferPointer(start: weights, count: weightsSize))
    var controller = try Model(
      weights: weights, memory: UnsafeMutableRawBufferPointer(start: memory, count: memorySize))
    let agents = Model.batch, components = Model.stateDimension
    for step in 0..<steps {
      let row = step * agents
      for agent in 0..<agents where starts[row + agent] != 0 {
        controller.reset(agent: agent, targetReturn: targets[row + agent])
      }
      var state = Model.States(repeating: Model.State(repeating: 0))
      var paid = Model.Rewards(repeating: 0)
      for agent in 0..<agents {
        for index in 0..<components {
          state[agent][index] = states[(row + agent) * components + index]
        }
        if step > 0 { paid[agent] = rewards[row - agents + agent] }
      }
      let answer: Model.Actions
      do throws(BatchStepError) {
        answer = try controller.act(state, rewards: paid)
      } catch {
        return 3
      }
      for agent in 0..<agents {
        for index in 0..<Model.actionDimension {
          actions[(row + agent) * Model.actionDimension + index] = answer[agent][index]
        }
      }
      controller.prepare()
    }
    return 0
  } catch {
    return 2
  }
}
