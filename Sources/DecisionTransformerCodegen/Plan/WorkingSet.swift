/// What calls touch of the packed weights and of the memory: how much has to lie in near caches for a loop of these calls to
/// run out of them. Nothing is counted twice, and lines of 64 bytes are counted whole, as caches move them.
///
/// What `readAhead` reads is not counted: it is `act` that needs it.
public struct WorkingSet: Equatable, Sendable {
  /// Of the packed weights, in floats, without the tables of which a step reads a row.
  public private(set) var weights = Stretches()
  /// Rows of such tables, one behind the other, in floats: which rows they are changes from step to step.
  public private(set) var tableRows: [Int: Stretches] = [:]
  /// Of the controller's or the trunk's memory, in floats.
  public private(set) var memory = Stretches()

  public var weightBytes: Int {
    (weights.count + tableRows.values.reduce(0) { $0 + $1.count }) * MemoryLayout<Float>.stride
  }
  public var memoryBytes: Int { memory.count * MemoryLayout<Float>.stride }
  public var byteCount: Int { weightBytes + memoryBytes }

  /// Of both, nothing twice.
  public func union(_ other: WorkingSet) -> WorkingSet {
    var union = self
    union.weights.formUnion(other.weights)
    union.memory.formUnion(other.memory)
    union.tableRows.merge(other.tableRows) { $0.union($1) }
    return union
  }
}

extension WorkingSet {
  /// Of one operation.
  ///
  /// - Parameters:
  ///   - token: The slot that its routine is told.
  ///   - step: Steps that have begun since the first of the phases: each has a timestep of its own.
  public init(_ operation: Operation, in plan: Plan, token: Int?, step: Int = 0) {
    for access in Access.all(of: operation, in: plan, token: token) {
      memory.formUnion(access.places(in: plan.memory.buffer(access.buffer)))
    }
    for index in operation.weights { read(index, by: operation, plan, token: token, step: step) }
    if case .read(.weights(let offset, let count), _) = operation.kind {
      weights.insert(offset..<offset + count)
    }
  }

  /// Of the routines that `calls` run, but for what these read ahead.
  fileprivate init(_ calls: [PhaseCall], in plan: Plan) {
    for call in calls where call.name != .readAhead {
      for operation in plan.routine(call.name).operations {
        self = union(WorkingSet(operation, in: plan, token: call.token, step: call.step))
      }
    }
    if plan.shape.agentGroups.count > 1 { repeatGroups(of: plan) }
  }

  /// What the first group of agents touches, for all groups. Inputs and predictions are added with the members around.
  private mutating func repeatGroups(of plan: Plan) {
    let (count, stride) = (plan.shape.agentGroups.count, plan.memory.groupStride)
    for range in memory.ranges {
      // A stretch may reach from one kind of region into the next.
      let own = range.clamped(to: plan.memory.groupStart..<plan.memory.groupStart + stride)
      for group in 1..<count {
        memory.insert(own.lowerBound + group * stride..<own.upperBound + group * stride)
      }
    }
    for (index, rows) in tableRows where plan.weights.tensors[index].content == .timesteps {
      tableRows[index] = rows.ranges.reduce(into: Stretches()) {
        $0.insert(count * $1.lowerBound..<count * $1.upperBound)
      }
    }
  }

  private mutating func read(
    _ index: Int, by operation: Operation, _ plan: Plan, token: Int?, step: Int
  ) {
    let tensor = plan.weights.tensors[index]
    let stride = Shape.stride(tensor.arrangement.columnCount)
    switch (tensor.content, operation.kind) {
    case (.timesteps, _):
      // Each agent has a timestep of its own.
      let rows = plan.shape.groupSize
      tableRows[index, default: Stretches()].insert(
        step * rows * stride..<(step + 1) * rows * stride)
    case (.slots, .position(let rows, let input, _, _, _, _)):
      let first = if case .at(let slot) = input.row { slot } else { token ?? 0 }
      let count = plan.steps.slots == .tokens ? 1 : plan.shape.tokensPerStep
      let places = first / count..<(first + rows - 1) / count + 1
      // Tokens have other places in an episode's first steps.
      tableRows[index, default: Stretches()].insert(
        places.lowerBound * stride..<places.upperBound * stride)
    case (_, .activateCarried):
      // The biases alone, a stretch at the beginning of each strip.
      for panel in Swift.stride(from: 0, to: stride, by: Shape.lanes) {
        let place = tensor.offset + tensor.arrangement.place(row: 0, column: panel)
        weights.insert(place..<place + Shape.lanes)
      }
    default: weights.insert(tensor.offset..<tensor.offset + tensor.floatCount)
    }
  }

  /// Adds what members touch around the phases.
  fileprivate mutating func add(
    _ contents: [PackedTensor.Content], _ names: [ControllerBuffer.Name], of plan: Plan
  ) {
    for tensor in plan.weights.tensors where contents.contains(tensor.content) {
      weights.insert(tensor.offset..<tensor.offset + tensor.floatCount)
    }
    for buffer in plan.memory.buffers where names.contains(buffer.name) {
      memory.insert(buffer.offset..<buffer.offset + buffer.floatCount)
    }
  }

  /// Adds the rows of wpe that a trunk's tokens read, whose places depend on the tokens.
  fileprivate mutating func addPositions(_ count: Int, of plan: Plan) {
    guard let index = plan.weights.tensors.firstIndex(where: { $0.content == .positions }) else {
      return
    }
    tableRows[index, default: Stretches()].insert(0..<count * plan.shape.hiddenStride)
  }
}

extension Access {
  /// Where the rectangle lies in memory, in whole lines.
  package func places(in buffer: ControllerBuffer) -> Stretches {
    // Rows of several agents alternate; a kernel that goes agent by agent has a longer way from row to row.
    let step = min(stride ?? buffer.strip, buffer.strip)
    var places = Stretches()
    // Whole rows, panels of keys among them, which are as long as they please.
    if step == columns.count, buffer.stripCount == 1 {
      let start = buffer.offset + rows.lowerBound * step
      places.insert(start..<start + rows.count * step)
      return places
    }
    let lines = columns.lowerBound / Shape.lanes * Shape.lanes..<Shape.stride(columns.upperBound)
    for strip in 0..<buffer.stripCount {
      let first = strip * buffer.strip
      let part =
        buffer.stripCount == 1
        ? lines : lines.clamped(to: first..<first + buffer.strip)
      guard !part.isEmpty else { continue }
      let start = buffer.offset + strip * buffer.rows * buffer.strip + part.lowerBound - first
      for row in rows {
        places.insert(start + row * step..<start + row * step + part.count)
      }
    }
    return places
  }
}

extension Plan {
  /// Of `act` that is given the reward.
  public var workingSetOfAct: WorkingSet {
    var set = WorkingSet(act.calls { _ in false }, in: self)
    set.add(
      [.stateMean, .actionScale, .actionOffset, .actionMinimum, .actionMaximum],
      [.returnInput, .stateInput, .prediction], of: self)
    return set
  }

  /// Of `prepare` without a reward.
  public var workingSetOfPrepare: WorkingSet {
    var set = WorkingSet(prepare.calls { _ in false }, in: self)
    guard !prepare.isEmpty else { return set }
    set.add(
      network.controlSteps?.action.history == .clamped
        ? [.actionScale, .actionOffset, .actionMinimum, .actionMaximum] : [],
      [.prediction, .actionInput], of: self)
    return set
  }

  /// Of `act` and the `prepare` behind it: a step of the control loop.
  public var workingSetOfStep: WorkingSet { workingSetOfAct.union(workingSetOfPrepare) }

  /// Of a trunk's routines for one token, or for a chunk of them, where these are the last that the cache holds.
  public func workingSet(ofTrunk routines: [RoutineName]) -> WorkingSet {
    let count = routines == chunk ? shape.chunkSize : 1
    let token = (shape.tokenCapacity ?? count) - count
    var set = WorkingSet(
      routines.map { PhaseCall(name: $0, token: token, step: 0) }, in: self)
    set.addPositions(count, of: self)
    return set
  }

  /// The calls of a step, or of a trunk, by name.
  public var workingSets: [(name: String, set: WorkingSet)] {
    guard shape.tokenCapacity == nil else {
      return [("one token", token), ("\(shape.chunkSize) tokens", chunk)]
        .filter { !$0.1.isEmpty }.map { ($0.0, workingSet(ofTrunk: $0.1)) }
    }
    return [
      ("act", workingSetOfAct), ("prepare", workingSetOfPrepare),
      ("act and prepare", workingSetOfStep),
    ]
  }
}
