import DecisionTransformerCodegen
import Testing

/// The operations of both phases.
@Suite("The schedule")
struct ScheduleTests {
  @Test("touches only rows and columns that its buffers have, by their strides")
  func accesses() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      for (routine, operation, token) in calls(in: plan) {
        for access in Access.all(of: operation, in: plan, token: token) {
          let buffer = plan.memory.buffer(access.buffer)
          let place = "\(operation) in \(routine) of seed \(seed)"
          if access.buffer == .headRows, let stride = access.stride {
            // Each head writes rows of its own length.
            let end = (access.rows.upperBound - 1) * stride + access.columns.upperBound
            #expect(end <= buffer.floatCount, "\(place)")
            continue
          }
          #expect(0 <= access.rows.lowerBound && access.rows.upperBound <= buffer.rows, "\(place)")
          #expect(access.columns.upperBound <= buffer.stride, "\(place)")
          if let stride = access.stride { #expect(stride == buffer.stride, "\(place)") }
        }
      }
    }
  }

  @Test("gives every kernel the weights, keys and scores it is made for")
  func kernels() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let shape = plan.shape
      for (routine, operation, token) in calls(in: plan) {
        let place = "\(operation) in \(routine) of seed \(seed)"
        switch operation.kind {
        case .linear(
          .linear(_, let depth, let columns, let epilogue, let format, _), _, let weights,
          let residual, _, _):
          let tensor = plan.weights.tensors[weights]
          let strips = PackedTensor.Arrangement.strips(
            depth: depth, columns: columns, format: format)
          #expect(tensor.arrangement == strips, "\(place)")
          let isBlocks = tensor.name.hasPrefix("layer")
          #expect(format == (isBlocks ? plan.deployment.format : .float32), "\(place)")
          #expect(epilogue.addsResidual == (residual != nil), "\(place)")
        case .scores(.scores(_, _, _, _, let keyStride, _), _, _, _),
          .mix(.mix(_, _, _, _, let keyStride, _, _, _, _), _, _, _, _),
          .storeKeys(.storeKeys(_, _, _, let keyStride), _, _, _):
          #expect(keyStride == shape.keyStride, "\(place)")
        case .enter(let entry):
          let contents: [PackedTensor.Content] = [
            entry.input == .return
              ? .embedReturn : entry.input == .state ? .embedState : .embedAction,
            .entryValue(entry.input), .entryQuery(entry.input), .entryInner(entry.input),
          ]
          let tensors = [entry.embedding, entry.value, entry.query, entry.inner].map {
            plan.weights.tensors[$0].content
          }
          #expect(tensors == contents, "\(place)")
          let rows = [entry.token, entry.normalized, entry.queryRow, entry.carried].map(\.row)
          #expect(Set(rows.map { "\($0)" }).count == 1, "\(place)")
        case .softmax(_, _, _, let rows, let lastKey, let step, _):
          let first = lastKey == .token ? token : row(lastKey)
          // No row sees a key behind the state token, or the action token where that is one of the keys.
          #expect(first + (rows - 1) * step < shape.keyCount, "\(place)")
        default: break
        }
      }
      #expect(shape.keyStride >= shape.keyCount && shape.keyStride % Shape.lanes == 0)
    }
  }

  @Test("runs every routine in some phase, and no routine that does not exist")
  func phases() {
    for seed in RandomModel.seeds {
      let model = RandomModel.model(seed: seed)
      let plan = Plan(model)
      let names = plan.routines.map(\.name)
      let phases = [
        plan.feedback, plan.shortFeedback, plan.preparation, plan.returnPreparation,
        plan.afterPreparation, plan.forward.isEmpty ? [] : [.embedStep] + plan.forward,
      ]
      #expect(Set(names).count == names.count)
      #expect(Set(phases.joined()) == Set(names), "seed \(seed)")
      let keepsFrames = model.options.frameInput == .newest && (model.config.frames?.count ?? 0) > 1
      #expect(
        plan.preparation.isEmpty
          == (plan.shape.window == 1 && !model.predictsNext && !keepsFrames))
      #expect(plan.forward.isEmpty == (model.options.outputs == [.action]))
    }
  }

  @Test("knows every kernel by a name of its own")
  func names() {
    for seed in RandomModel.seeds {
      let plan = Plan(RandomModel.model(seed: seed))
      let names = Set(plan.kernels.map { plan.name(of: $0) })
      #expect(names.count == Set(plan.kernels).count, "seed \(seed)")
    }
  }

  /// Each operation with the slots that its routine is called for.
  private func calls(in plan: Plan) -> [(routine: String, operation: Operation, token: Int)] {
    plan.routines.flatMap { routine in
      let shape = plan.shape
      let tokens =
        !routine.takesToken
        ? [-1]
        : routine.name == .embedStep
          ? Array(stride(from: 0, to: shape.slotCount, by: 3))
          : [shape.returnToken, shape.stateToken]
            + (plan.forward.isEmpty ? [] : [shape.actionToken])
      return tokens.flatMap { token in routine.operations.map { ("\(routine.name)", $0, token) } }
    }
  }

  private func row(_ row: Operand.Row) -> Int {
    guard case .at(let index) = row else { return -1 }
    return index
  }
}
