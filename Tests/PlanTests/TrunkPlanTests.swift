import DecisionTransformerCodegen
import Programs
import Testing

/// What the plan decides about a trunk.
@Suite("The plan of a trunk")
struct TrunkPlanTests {
  @Test("lays out weights and memory in order, aligned, without overlap or gap")
  func layout() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.trunk(seed: seed))
      var end = 0
      for tensor in plan.weights.tensors {
        #expect(tensor.offset == end && tensor.offset % 16 == 0, "\(tensor) of seed \(seed)")
        end = tensor.offset + tensor.floatCount
      }
      end = 0
      for buffer in plan.memory.buffers {
        #expect(buffer.offset == end && buffer.offset % 16 == 0, "\(buffer) of seed \(seed)")
        end = buffer.offset + buffer.floatCount
      }
      #expect(Set(plan.memory.buffers.map(\.name.identifier)).count == plan.memory.buffers.count)
      #expect(Set(plan.routines.map(\.name)).count == plan.routines.count)
    }
  }

  @Test("reads and writes inside its buffers, for the first token and for the last")
  func accesses() {
    for seed in RandomModel.seeds {
      let model = RandomModel.trunk(seed: seed)
      let plan = Plan(model)
      for routine in plan.routines {
        for token in [0, model.tokenCapacity - 1] {
          for access in routine.operations.flatMap({ Access.all(of: $0, in: plan, token: token) }) {
            let buffer = plan.memory.buffer(access.buffer)
            let place = "\(access) of \(routine.name), seed \(seed)"
            #expect(access.rows.upperBound <= buffer.rows, "\(place)")
            #expect(access.columns.upperBound <= buffer.stride, "\(place)")
            #expect(access.stride ?? buffer.stride == buffer.stride, "\(place)")
          }
        }
      }
    }
  }

  @Test("uses every buffer and every tensor")
  func usage() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.trunk(seed: seed))
      let operations = plan.routines.flatMap(\.operations)
      let buffers = Set(operations.flatMap { Access.all(of: $0, in: plan, token: 0) }.map(\.buffer))
      #expect(buffers == Set(plan.memory.buffers.map(\.name)), "seed \(seed)")
      let tensors = operations.flatMap(\.weights)
      // Members read wpe by its offset.
      let all = plan.weights.tensors.indices.filter {
        plan.weights.tensors[$0].content != .positions
      }
      #expect(Set(tensors) == Set(all), "seed \(seed)")
    }
  }

  @Test("counts as many multiply-adds for a chunk as for its tokens one by one")
  func cost() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.trunk(seed: seed))
      let one = plan.total(plan.token, \.multiplyAdds)
      #expect(one > 0 && plan.chunk.isEmpty == (plan.shape.tokenCapacity == 1))
      guard !plan.chunk.isEmpty else { continue }
      #expect(plan.total(plan.chunk, \.multiplyAdds) == plan.shape.chunkSize * one)
      #expect(plan.total(plan.chunk, \.weightBytes) == plan.total(plan.token, \.weightBytes))
    }
  }

  @Test("prints no braces without a condition, where one panel is all there is")
  func braces() {
    var trunk = RandomModel.trunk(seed: 1)
    (trunk.config.hiddenSize, trunk.config.headCount, trunk.config.innerSize) = (2, 1, 3)
    (trunk.config.positionCount, trunk.options.tokens) = (4, 4)
    let lines = SwiftRenderer(plan: Plan(trunk), version: "0").render()
      .split(separator: "\n")
    #expect(lines.count > 100 && !lines.contains { $0.drop { $0 == " " } == "{" })
  }

  @Test("has a layout digest that tells a trunk from the controller of the same model")
  func digest() {
    for seed in RandomModel.seeds {
      let trunk = RandomModel.trunk(seed: seed)
      var options = trunk.options
      (options.modelClass, options.tokens) = (.decisionTransformer, nil)
      let controller = RandomModel.model(trunk.config, options)
      #expect(Plan(trunk).layoutDigest != Plan(controller).layoutDigest)
      var wider = trunk
      wider.config.positionCount += 1
      #expect(Plan(trunk).layoutDigest != Plan(wider).layoutDigest)
      // The same packed weights serve a cache of any size.
      wider = trunk
      wider.options.tokens = 1
      #expect(Plan(trunk).layoutDigest == Plan(wider).layoutDigest)
    }
  }
}

extension RandomModel {
  static func trunk(seed: UInt64) -> Model {
    var random = SplitMix64(seed: seed ^ 0x7A0B)
    let original = model(seed: seed)
    var (config, options) = (original.config, GenerationOptions())
    config.dropVariant()
    config.positionCount = .random(in: 1...50, using: &random)
    options.modelClass = .trunk
    options.precision = original.options.precision
    options.tokens = .random(in: 1...config.positionCount, using: &random)
    return model(config, options)
  }
}
