/// How a region of a controller's memory holds the rows of a batch of agents.
public enum AgentRows: Equatable, Sendable, Codable {
  /// One set of rows, which the agents use in turn.
  case shared
  /// Row r of agent a is row r · count + a. The same row of all agents goes through a matrix product as
  /// one block, and so do the rows of a stretch of tokens: the weights are read once for all of them.
  case interleaved(count: Int)
  /// The rows of an agent lie together, one agent behind the other.
  case apart(count: Int)

  /// Sets of rows in memory.
  public var count: Int {
    switch self {
    case .shared: 1
    case .interleaved(let count), .apart(let count): count
    }
  }
}

extension AgentRows {
  /// The order of the region `name` for `count` agents. Attention goes agent by agent: scores are used up
  /// before the next agent's are made, and key panels are no rows of a matrix product. Weights are everybody's.
  package init(_ name: ControllerBuffer.Name, count: Int) {
    self =
      switch name {
      case .scores, .converted, .entry: .shared
      case .keyPanels: .apart(count: count)
      default: .interleaved(count: count)
      }
  }
}

extension ControllerBuffer.Name {
  /// What members other than the phases write or read, agent by agent: it has a row for every agent, group behind group.
  package var isOfAllAgents: Bool {
    switch self {
    case .returnInput, .stateInput, .actionInput, .prediction: true
    default: false
    }
  }

  /// Whether a phase writes it before it reads it: groups of agents use it in turn.
  package var isOfOnePhase: Bool {
    switch self {
    case .entry, .carriedSums, .stream, .scratch, .queries, .mixed, .keyRows, .headQuery,
      .absorbedQueries,
      .absorbedMixed, .headValues, .scores, .inner, .converted:
      true
    default: false
    }
  }
}

extension ControllerBuffer.Name {
  /// Whether a block's attention alone uses it: its MLP comes behind it, the next block's attention behind that.
  package var isOfAttention: Bool {
    switch self {
    case .queries, .mixed, .keyRows, .headQuery, .absorbedQueries, .absorbedMixed, .headValues,
      .scores:
      true
    default: false
    }
  }
}

extension ControllerBuffer {
  /// Floats from one row of an agent to its next.
  public var rowStride: Int {
    if case .interleaved(let count) = agents { count * strip } else { strip }
  }

  /// Floats from one agent's row to the same row of the next agent.
  public var agentStride: Int {
    switch agents {
    case .shared: 0
    case .interleaved: strip
    case .apart: rows * stride
    }
  }

  /// Rows by floats as tables print them; with several agents, in the order in which they lie.
  public var shapeText: String {
    switch agents {
    case .interleaved(let count) where count > 1: "\(rows)x\(count)x\(stride)"
    case .apart(let count) where count > 1: "\(count)x\(rows)x\(stride)"
    default: "\(stripCount > 1 ? "\(stripCount)x" : "")\(rows)x\(strip)"
    }
  }
}

extension Operation {
  /// Whether it goes agent by agent: whatever needs keys, or the agent's own step. The others have the rows of all agents
  /// at once.
  package var isPerAgent: Bool {
    switch kind {
    case .scores, .softmax, .mix, .storeKeys, .enter, .center, .embedTimestep, .centerTime,
      .position:
      true
    default: false
    }
  }
}
