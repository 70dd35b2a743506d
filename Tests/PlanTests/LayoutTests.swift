import DecisionTransformerCodegen
import Testing

/// Where the plan puts weights and a controller's memory.
@Suite("The layout")
struct LayoutTests {
  @Test("of the weights is aligned, in order, and without overlap or gap")
  func weights() {
    for seed in RandomModel.seeds {
      let layout = Plan(RandomModel.model(seed: seed)).weights
      var end = 0
      for tensor in layout.tensors {
        #expect(tensor.offset == end, "\(tensor) of seed \(seed)")
        #expect(tensor.offset * 4 % 64 == 0)
        #expect(tensor.floatCount > 0 && tensor.byteCount == 4 * tensor.floatCount)
        end = tensor.offset + tensor.floatCount
      }
      #expect(layout.floatCount == end && layout.byteCount == 4 * end)
      #expect(Set(layout.tensors.map(\.name)).count == layout.tensors.count)
      for tensor in layout.tensors { #expect(layout.tensor(tensor.content) == tensor) }
    }
  }

  @Test(
    "of a controller's memory is aligned, in order, and without a gap; inner rows of the MLP lie over attention's rows, nothing else over anything"
  )
  func memory() {
    for seed in RandomModel.seeds {
      let memory = Plan(RandomModel.model(seed: seed)).memory
      var end = 0
      for buffer in memory.buffers {
        let attention = memory.buffers.first {
          [.queries, .mixed, .keyRows, .headQuery, .scores].contains($0.name)
        }
        let start = buffer.name == .inner ? attention!.offset : end
        #expect(buffer.offset == start, "\(buffer) of seed \(seed)")
        #expect(buffer.offset * 4 % ControllerMemory.alignment == 0)
        #expect(buffer.rows > 0 && buffer.stride > 0)
        end = max(end, buffer.offset + buffer.floatCount)
      }
      #expect(memory.floatCount == end && memory.byteCount == 4 * end)
      #expect(ControllerMemory.alignment == 64)
      #expect(Set(memory.buffers.map(\.name)).count == memory.buffers.count)
      #expect(Set(memory.buffers.map(\.name.identifier)).count == memory.buffers.count)
    }
  }

  @Test("has nothing that no operation uses")
  func usage() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let operations = plan.routines.flatMap(\.operations)
      let accesses = operations.flatMap { Access.all(of: $0, in: plan, token: 0) }
      let buffers = Set(accesses.map(\.buffer))
      for buffer in plan.memory.buffers {
        // The action token is all that a window of one step would do with them.
        let isOfThePast = buffer.name == .actionInput && plan.shape.window == 1
        #expect(buffers.contains(buffer.name) || isOfThePast, "\(buffer) of seed \(seed)")
      }
      let weights = Set(operations.flatMap(\.weights))
      for (index, tensor) in plan.weights.tensors.enumerated() {
        switch tensor.content {
        // The members read these.
        case .stateMean, .stateDeviation, .stateMeanRemainder, .actionScale, .actionOffset,
          .actionMinimum, .actionMaximum:
          break
        case .embedAction where plan.shape.window == 1: break
        default: #expect(weights.contains(index), "\(tensor) of seed \(seed)")
        }
      }
    }
  }
}

/// The plan as a value.
@Suite("The plan")
struct PlanTests {
  @Test("is the same for the same model, and tells models apart")
  func equality() {
    for seed in RandomModel.seeds {
      let model = RandomModel.model(seed: seed)
      #expect(Plan(model) == Plan(model))
      #expect(Plan(model) != Plan(RandomModel.model(seed: seed + 1)))
      var wider = model
      wider.options.window = model.window + 1
      #expect(Plan(model) != Plan(wider))
    }
  }

  @Test("prints every decision")
  func printing() {
    let plan = Plan(RandomModel.model(seed: 7))
    let text = "\(plan)"
    for tensor in plan.weights.tensors { #expect(text.contains("\"\(tensor.name)\"")) }
    for routine in plan.routines { #expect(text.contains("Routine(name: \(routine.name)")) }
    for buffer in plan.memory.buffers { #expect(text.contains("\(buffer.name)")) }
  }

  @Test("has a digest of what the weights are packed for")
  func digest() {
    for seed in RandomModel.seeds {
      let model = RandomModel.model(seed: seed)
      let (config, plan) = (model.config, Plan(model))
      func digest(_ change: (inout Model) -> Void) -> UInt64? {
        var other = model
        change(&other)
        return other == model ? nil : Plan(other).layoutDigest
      }
      let others = [
        digest { $0.config.addStates(1) }, digest { $0.config.addStates(16) },
        digest { $0.config.actionDimension += 1 },
        digest { $0.config.hiddenSize += config.headCount },
        digest { $0.config.headCount = config.headCount == 1 ? config.hiddenSize : 1 },
        digest { $0.config.innerSize += 1 }, digest { $0.config.layerCount += 1 },
        digest { $0.config.maximumEpisodeLength += 1 },
        digest { $0.config.activation = config.activation == .relu ? .gelu : .relu },
        digest { $0.config.layerNormEpsilon *= 2 }, digest { $0.config.hasActionTanh.toggle() },
        digest {
          $0.options.precision = model.options.precision == .float32 ? .bfloat16 : .float32
        },
        digest { if config.headSize > 1 { $0.config.scalesAttention.toggle() } },
        digest {
          guard config.layerCount > 1 else { return }
          $0.config.scalesAttentionByInverseLayerIndex.toggle()
        },
      ].compactMap(\.self)
      #expect(!others.contains(plan.layoutDigest), "seed \(seed)")
      #expect(Set(others).count == others.count, "seed \(seed)")
    }
  }

  @Test("has the same digest whatever the numbers are that do not shape the weights")
  func sameDigest() {
    for seed in RandomModel.seeds {
      var model = RandomModel.model(seed: seed)
      // Numbers for each component lie with the weights.
      (model.options.actionScale, model.options.actionOffset) = ([1], [0])
      (model.options.actionMinimum, model.options.actionMaximum) = (nil, [9])
      let plan = Plan(model)
      var other = model
      other.options.returnScale = 7
      (other.options.returnOffset, other.options.returnRounding) = (5, .never)
      (other.options.actionMinimum, other.options.actionMaximum) = ([-3], [0.5])
      other.options.actionHistory = .clamped
      other.options.actionScale = [3]
      other.options.actionOffset = [-2]
      other.options.targetReturn = 3
      // Where an error ends the episode, a window that holds all of it never slides, and its weights lie otherwise.
      if plan.steps.slides {
        other.options.timestepOverflow = model.options.timestepOverflow == .wrap ? .clamp : .wrap
      }
      other.options.stateMean = Array(repeating: 1, count: model.config.stateDimension)
      other.options.stateStandardDeviation = other.options.stateMean
      other.name = "Other"
      #expect(Plan(other).layoutDigest == plan.layoutDigest)
      other.options.window = model.window + 3
      let wider = Plan(other)
      // A window of one step reads an action in `forward` alone.
      let readsActions = model.window > 1 || plan.shape.asksEveryToken
      // Positions of places in the window lie with the weights.
      let hasSlots = model.config.slotCount != nil
      if !hasSlots, readsActions,
        (wider.forms, wider.steps.slides) == (plan.forms, plan.steps.slides)
      {
        #expect(wider.layoutDigest == plan.layoutDigest)
      }
    }
  }
}

extension ModelConfig {
  /// More numbers of a state; of pictures, more filters of their last convolution.
  fileprivate mutating func addStates(_ count: Int) {
    guard let last = frames?.convolutions.indices.last else { return stateDimension += count }
    frames?.convolutions[last].filters += count
  }
}
