/// The window at the moment of `act`, token by token and layer by layer: what is kept from the step before, what
/// `prepare` has recomputed, and what `act` computes. Read off the plan's operations, not stated.
package struct WindowMap: Equatable, Sendable {
  /// What happens to a token's numbers in a step.
  package enum State: String, CaseIterable, Sendable {
    /// Computed once, when the token was new; moved along with the window since.
    case kept
    /// Recomputed in every `prepare`.
    case recomputed
    /// Computed by `act`: the critical path.
    case act
    /// Computed by `prepare`, before the window slides, once the action is known.
    case appended
    /// Nothing reads it: it is not computed, or not kept.
    case unused
  }

  /// One stage of the network for all tokens of the window.
  package struct Row: Equatable, Sendable {
    /// `block 0`; nil where it is that of the row above.
    package var title: String
    package var stage: String
    /// The state of each slot, oldest first.
    package var states: [State]

    /// Neighbours with the same state.
    package var runs: [Run] {
      states.indices.reduce(into: []) { runs, slot in
        if let last = runs.last, last.state == states[slot] {
          runs[runs.count - 1].slots = last.slots.lowerBound..<(slot + 1)
        } else {
          runs.append(Run(slots: slot..<(slot + 1), state: states[slot]))
        }
      }
    }
  }

  package struct Run: Equatable, Sendable {
    package var slots: Range<Int>
    package var state: State
  }

  /// K, and the tokens of each step, which have a slot each.
  package var steps: Int
  package var tokens: [EntryInput]
  package var rows: [Row]

  /// Nil for a trunk, which has no window.
  package init?(_ plan: Plan) {
    guard plan.shape.tokenCapacity == nil else { return nil }
    (steps, tokens) = (plan.shape.window, plan.steps.tokens)
    let layers = plan.shape.layerCount
    var marks = WindowMarks(plan)
    marks.mark()
    rows = [
      Row(title: "tokens", stage: "embedding", states: marks.states(.embedding))
    ]
    for layer in 0..<layers {
      let title = "block \(layer) · \(plan.forms[layer].rawValue)"
      rows.append(
        Row(title: title, stage: "keys and values", states: marks.states(.keys(layer: layer))))
      rows.append(
        Row(title: title, stage: "attention and MLP", states: marks.states(.output(layer: layer))))
    }
  }

  /// `state 3 steps ago`; slots count from 0, oldest first.
  package func name(ofSlot slot: Int) -> String {
    let token = tokens[slot % tokens.count].rawValue
    let age = steps - 1 - slot / tokens.count
    return age == 0 ? "\(token) now" : "\(token) \(age) step\(age == 1 ? "" : "s") ago"
  }
}

/// Follows both phases and notes which operation writes which rows.
private struct WindowMarks {
  package enum Place: Hashable {
    case embedding
    case keys(layer: Int)
    case output(layer: Int)
  }

  private let plan: Plan
  private var marks: [Place: [WindowMap.State]] = [:]

  package init(_ plan: Plan) {
    self.plan = plan
  }

  package func states(_ place: Place) -> [WindowMap.State] {
    marks[place] ?? Array(repeating: .unused, count: plan.shape.slotCount)
  }

  package mutating func mark() {
    mark(plan.preparation, token: plan.shape.actionToken, isPreparation: true)
    mark(plan.feedback, token: plan.shape.stateToken, isPreparation: false)
  }

  /// - Parameter token: the slot that routines which take one are called with.
  private mutating func mark(_ phase: [RoutineName], token: Int, isPreparation: Bool) {
    var state = isPreparation ? WindowMap.State.appended : .act
    for operation in phase.flatMap({ plan.routine($0).operations }) {
      if case .slide(let operand) = operation.kind {
        let buffer = operand.buffer
        if let place = place(of: buffer) { set(place, 0..<plan.shape.pastTokenCount, .kept) }
        state = .recomputed
      } else {
        for (place, operand, rows) in results(of: operation) {
          let first = slot(operand.row, token: token)
          set(place, first..<(first + rows), state)
        }
      }
    }
  }

  private mutating func set(_ place: Place, _ slots: Range<Int>, _ state: WindowMap.State) {
    var states = states(place)
    for slot in slots { states[slot] = state }
    marks[place] = states
  }

  private func slot(_ row: Operand.Row, token: Int) -> Int {
    switch row {
    case .at(let slot): slot
    case .token: token
    case .behindToken(let slots): token + slots
    }
  }

  /// Whose rows a buffer holds, of those that the map shows.
  private func place(of buffer: ControllerBuffer.Name) -> Place? {
    switch buffer {
    case .tokens: .embedding
    case .normalized(let layer), .value(let layer): .keys(layer: layer)
    default: nil
    }
  }

  /// What an operation finishes: rows of one agent from the operand on.
  private func results(of operation: Operation) -> [(Place, Operand, rows: Int)] {
    switch operation.kind {
    case .embedTimestep(let token, _, _):
      // With norms behind, a row that enters a block of one head is its key and its value.
      let isKey = plan.network.normalizesStream && plan.forms[0] != .standard
      return [(.embedding, token, 1)] + (isKey ? [(.keys(layer: 0), token, 1)] : [])
    case .position(let rows, _, _, _, _, let tokens):
      let isKey = plan.network.normalizesStream && plan.forms[0] != .standard
      return [(.embedding, tokens, rows)] + (isKey ? [(.keys(layer: 0), tokens, rows)] : [])
    case .enter(let entry):
      return [(.embedding, entry.token, 1), (.keys(layer: 0), entry.token, 1)]
    case .normalize(let rows, _, let output), .scaleAndShift(let rows, _, _, let output):
      return place(of: output.buffer).map { [($0, output, rows / plan.shape.groupSize)] } ?? []
    case .linear(.linear(let rows, _, _, _, _, _), _, let weights, _, _, let output):
      if case .outer(let layer) = plan.weights.tensors[weights].content {
        return [(.output(layer: layer), output, rows / plan.shape.groupSize)]
      }
      guard case .value = output.buffer, let place = place(of: output.buffer) else { return [] }
      return [(place, output, rows / plan.shape.groupSize)]
    default: return []
    }
  }
}
