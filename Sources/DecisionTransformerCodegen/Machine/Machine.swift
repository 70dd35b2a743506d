/// A plan's memory, and its operations on it, in any floating-point numbers and as plain loops.
///
/// What an operation touches is what it names: rows of the plan's memory, for each agent of a batch, and packed tensors. In
/// `Float`, sums run in the order of the reduced index, with a rounding after each product and each sum: what generated
/// code does without fused multiply-adds, and the same on every machine. `exp` and the activations are rounded from
/// double precision. In `Double` it is exact arithmetic on the plan, as far as anybody can tell.
package struct Machine<Scalar: BinaryFloatingPoint> {
  package let plan: Plan
  package let weights: MachineWeights<Scalar>
  private let routines: [RoutineName: [Operation]]
  private let buffers: [ControllerBuffer.Name: ControllerBuffer]
  package var numbers: [Scalar]
  /// For each agent, of the tokens that are being embedded: the first row of its window is `firstKey(of:)`.
  package var timesteps: [Int]
  /// The slots of `forward`'s window.
  package var givenSlots = ForwardSlots(first: 0, firstSeen: 0)
  /// The first key that a trunk's attention mask shows.
  package var firstVisibleKey = 0
  /// Of the operation that runs: the slot that its routine was told, and the agent.
  private var token: Int?
  private var agent = 0

  /// Which slots of the window `forward` was given, and the first of them that sees a token to attend to.
  package struct ForwardSlots {
    package var first: Int
    package var firstSeen: Int
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package init(_ plan: Plan, _ weights: MachineWeights<Scalar>) {
    (self.plan, self.weights) = (plan, weights)
    routines = Dictionary(uniqueKeysWithValues: plan.routines.map { ($0.name, $0.operations) })
    buffers = Dictionary(uniqueKeysWithValues: plan.memory.buffers.map { ($0.name, $0) })
    numbers = Array(repeating: 0, count: plan.memory.floatCount)
    timesteps = Array(repeating: 0, count: plan.shape.groupSize)
  }

  // MARK: Memory

  /// `count` numbers of a row from the operand on.
  package subscript(operand: Operand, count: Int, agent agent: Int = 0) -> [Scalar] {
    get {
      let start = place(operand, agent: agent)
      return Array(numbers[start..<start + count])
    }
    set {
      precondition(newValue.count == count, "\(newValue.count) numbers instead of \(count)")
      let start = place(operand, agent: agent)
      numbers.replaceSubrange(start..<start + count, with: newValue)
    }
  }

  /// Zeroes everything that belongs to `agent` alone.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func clear(agent: Int) {
    for buffer in plan.memory.buffers {
      switch buffer.agents {
      case .shared: break
      case .apart:
        let start = buffer.offset + agent * buffer.agentStride
        numbers.fill(start, count: buffer.agentStride)
      case .interleaved(1):
        numbers.fill(buffer.offset, count: buffer.floatCount)
      case .interleaved:
        for row in 0..<buffer.rows {
          let start = buffer.offset + row * buffer.rowStride + agent * buffer.agentStride
          numbers.fill(start, count: buffer.stride)
        }
      }
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func buffer(_ operand: Operand) -> ControllerBuffer {
    guard let buffer = buffers[operand.buffer] else {
      preconditionFailure("\(operand.buffer) is not part of the memory")
    }
    return buffer
  }

  /// The row of the operand, counted from the first slot.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func slot(_ row: Operand.Row) -> Int {
    switch row {
    case .at(let row): return row
    case .token: return told
    case .behindToken(let slots): return told + slots
    }
  }

  private var told: Int {
    guard let token else { preconditionFailure("the routine takes no token") }
    return token
  }

  /// Where the operand lies for the agent whose turn it is.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func place(_ operand: Operand) -> Int { place(operand, agent: agent) }

  private func place(_ operand: Operand, agent: Int) -> Int {
    let buffer = buffer(operand)
    // All tokens of a trunk use the same rows of shared buffers.
    let row = operand.row == .token && buffer.isShared ? 0 : slot(operand.row)
    return buffer.offset + row * buffer.rowStride + agent * buffer.agentStride + operand.column
  }

  // MARK: Operations

  /// Runs a routine; `token` is what it is told, if it takes a token.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func run(_ name: RoutineName, token: Int? = nil) {
    guard let operations = routines[name] else { preconditionFailure("\(name) is no routine") }
    self.token = token
    var rest = operations[...]
    // What one agent needs of an operation, its next one may use up: each agent runs a stretch to its end.
    while let first = rest.first {
      let stretch = rest.prefix { $0.isPerAgent == first.isPerAgent }
      rest = rest.dropFirst(stretch.count)
      for agent in 0..<(first.isPerAgent ? plan.shape.groupSize : 1) {
        self.agent = agent
        for operation in stretch { perform(operation) }
      }
    }
    agent = 0
  }

  private mutating func perform(_ operation: Operation) {
    switch operation.kind {
    case .linear(let kernel, let input, let weights, let residual, _, let output):
      linear(kernel, input, weights, residual: residual, output)
    case .convolve(let kernel, let input, let weights, let residual, _, let output):
      convolve(kernel, input, weights, residual: residual, output)
    case .slideFrames(let frames, let pixels): slideFrames(frames, pixels: pixels)
    case .normalize(let rows, let input, let output):
      normalize(
        rows, input, output, count: plan.network.hiddenSize, epsilon: plan.network.normEpsilon)
    case .normalizeNumbers(let rows, let count, let input, let output):
      normalize(rows, input, output, count: count, epsilon: ControlSteps.EncoderLayer.epsilon)
    case .embedTimestep(let token, let timesteps, let norm):
      embedTimestep(place(token), timesteps: timesteps, norm: norm)
    case .position(let rows, let input, let timesteps, let slots, let norm, let output):
      position(rows, input, timesteps: timesteps, slots: slots, norm, output)
    case .enter(let entry): enter(entry)
    case .centerTime(let timesteps, let gain, let output):
      centerTime(timesteps: timesteps, gain: gain, place(output))
    case .center(let input, let output): center(place(input), place(output))
    case .activateCarried(let rows, let input, let weights, let stream, let output):
      activateCarried(rows, input, weights, stream, output)
    case .scores(let kernel, let queries, let keys, let output):
      scores(kernel, queries, keys, output)
    case .softmax(let scores, let mask, let heads, let rows, let lastKey, let step, let hides):
      softmax(
        scores, mask: mask, heads: heads, rows: rows, firstKey: hides ? firstKey : 0,
        lastKey: slot(lastKey), step: step)
    case .mix(let kernel, let scores, let values, let residual, let output):
      mix(kernel, scores, values, residual: residual, output)
    case .storeKeys(let kernel, let rows, let input, let keys):
      storeKeys(kernel, rows, input, keys)
    case .slide(let operand): slide(buffer(operand))
    case .read: break  // changes nothing but time
    case .maskTokens(let mask, let keys): maskTokens(mask, keys)
    case .recordTokens(let rows, let output, let index, let norm, let target):
      recordTokens(rows, output, index: index, norm: norm, target)
    case .recordSteps(let rows, let output, let token, let target):
      recordSteps(rows, output, token: token, target)
    case .recordAttention(let layer, let scores, let output):
      recordAttention(layer: layer, scores, output)
    case .correctUnattended(let rows, let weights, let operand):
      correctUnattended(rows, weights, operand)
    case .scaleAndShift(let rows, let norm, let input, let output):
      scaleAndShift(rows, norm, input, output)
    }
  }

  /// The first slot that is not in front of the agent's episode.
  package var firstKey: Int {
    plan.steps.seesPadding
      ? 0 : max(0, plan.shape.pastTokenCount - plan.steps.tokens.count * timesteps[agent])
  }

  /// The row of embed_timestep for the agent's tokens.
  package var timestepRow: Int { plan.steps.time.row(step: timesteps[agent]) }

  /// Moves all rows to the front by one step; those of the oldest are overwritten.
  private mutating func slide(_ buffer: ControllerBuffer) {
    let distance = plan.steps.tokens.count * buffer.rowStride
    let count = plan.shape.pastTokenCount * buffer.rowStride
    for strip in 0..<buffer.stripCount {
      let start = buffer.offset + strip * buffer.rows * buffer.strip
      for index in start..<start + count { numbers[index] = numbers[index + distance] }
    }
  }
}

extension Array where Element: BinaryFloatingPoint {
  /// Zeroes `count` numbers.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  package mutating func fill(_ start: Int, count: Int) {
    for index in start..<start + count { self[index] = 0 }
  }

  /// self += factor · `row`, where `row` begins at `start` of `numbers`.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  package mutating func add(_ factor: Element, times numbers: [Element], from start: Int) {
    add(factor, times: numbers, from: start, to: indices)
  }

  /// The same of some of self's numbers.
  @_specialize(where Element == Float)
  @_specialize(where Element == Double)
  package mutating func add(
    _ factor: Element, times numbers: [Element], from start: Int, to range: Range<Int>
  ) {
    precondition(start >= 0 && start + range.count <= numbers.count)
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    numbers.withUnsafeBufferPointer { numbers in
      withUnsafeMutableBufferPointer { sums in
        for index in 0..<range.count {
          sums[range.lowerBound + index] += factor * numbers[start + index]
        }
      }
    }
  }
}
