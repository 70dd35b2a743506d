/// One line of a phase: a kernel with its operands and what it costs.
public struct Operation: Equatable, Sendable, Codable {
  public enum Kind: Equatable, Sendable, Codable {
    /// `residual` is what the epilogue `add` adds.
    case linear(Kernel, input: Operand, weights: Int, residual: Operand?, output: Operand)
    /// Subtracts each row's mean and divides by its standard deviation.
    case normalize(rows: Int, input: Operand, output: Operand)
    /// Adds the current row of embed_timestep and applies embed_ln, in place.
    case embedNormalize(Operand)
    /// The carried form: embeds an input as a token, with all that block 0 needs of it. `weights` is the embedding; its
    /// entry tensors follow.
    case enter(EntryInput, weights: Int, token: Operand)
    /// The current timestep's row, without its mean, times embed_ln's gain, centred.
    case embedTime
    /// Rows minus their mean.
    case center(input: Operand, output: Operand)
    /// The carried form: inner rows from sums, ln_2 and the activation; the sums' hidden part becomes the stream.
    case activateCarried(rows: Int, input: Operand, weights: Int, stream: Operand, output: Operand)
    case scores(Kernel, queries: Operand, keys: Operand, output: Operand)
    /// Row r of each head sees keys up to `lastKey` + r · `step`; with `hidesEarlySteps`, none of steps before the
    /// episode's first.
    case softmax(
      heads: Int, rows: Int, lastKey: Operand.Row, step: Int, hidesEarlySteps: Bool)
    case mix(Kernel, values: Operand, residual: Operand? = nil, output: Operand)
    /// Stores `rows` rows as keys, from column `input.row` on.
    case storeKeys(Kernel, rows: Int, input: Operand, keys: Operand)
    /// Drops the oldest step: moves the rows of the three youngest slots' left neighbours to the front.
    case slide(ControllerBuffer.Name)
    /// Reads consecutive numbers, so that they lie near when `act` wants them.
    case read(ReadAhead.Stretch)
    /// Hides the keys of tokens that `forward` was told not to attend to.
    case maskTokens
    /// Keeps rows of every token for `forward`'s caller, as stage `index` of the output; with `isNormalized`
    /// they get ln_f's gain and shift on the way.
    case recordTokens(Operand, ModelOutput, index: Int, isNormalized: Bool)
    /// Keeps the row of token `token` of every step.
    case recordSteps(Operand, ModelOutput, token: Int)
    /// Keeps the probabilities of all heads of a layer.
    case recordAttention(layer: Int)
    /// Takes the part of the value biases out of the attention of rows that see no key, in place.
    case correctUnattended(rows: Int, weights: Int, Operand)
    /// Each row times the gain plus the shift.
    case scaleAndShift(rows: Int, gain: Int, shift: Int, input: Operand, output: Operand)
  }

  public var kind: Kind
  /// The checkpoint's tensors, or what the line is for.
  public var comment: String
  /// Multiply-adds of matrix products.
  public var multiplyAdds: Int
  /// Bytes of weights read.
  public var weightBytes: Int
}

/// A row of a controller buffer.
public struct Operand: Equatable, Sendable, Codable {
  public enum Row: Equatable, Sendable, Codable {
    case at(Int)
    /// The routine's parameter, and slots behind it.
    case token
    case behindToken(Int)
  }

  public var buffer: ControllerBuffer.Name
  public var row: Row
  /// Floats into the row.
  public var column: Int

  public init(_ buffer: ControllerBuffer.Name, row: Row = .at(0), column: Int = 0) {
    self.buffer = buffer
    self.row = row
    self.column = column
  }
}

/// A sequence of operations that becomes one private method of the generated type.
public struct Routine: Equatable, Sendable, Codable {
  public var name: RoutineName
  /// Documentation in one line.
  public var summary: String
  /// Whether the method takes the slot of its token as a parameter.
  public var takesToken: Bool
  public var operations: [Operation]

  public var multiplyAdds: Int { operations.reduce(0) { $0 + $1.multiplyAdds } }
  public var weightBytes: Int { operations.reduce(0) { $0 + $1.weightBytes } }
}
