/// One line of a phase: a kernel with its operands and what it costs.
public struct Operation: Equatable, Sendable, Codable {
  /// Every buffer and every packed tensor that the operation touches is named; tensors by their index in the layout.
  public enum Kind: Equatable, Sendable, Codable {
    /// `residual` is what the epilogue `add` adds, `converted` where weights that are not float32
    /// become so on their way, or rows integers.
    case linear(
      Kernel, input: Operand, weights: Int, residual: Operand?, converted: Operand?, output: Operand
    )
    /// A convolution, whose windows are gathered as `patches`; `residual` is the part of the sum that is there.
    case convolve(
      Kernel, input: Operand, weights: Int, residual: Operand?, patches: Operand, output: Operand)
    /// Moves all frames but the oldest to the front.
    case slideFrames(Operand, pixels: Int)
    /// Subtracts each row's mean and divides by its standard deviation.
    case normalize(rows: Int, input: Operand, output: Operand)
    /// The same for rows of `count` numbers in the state's encoder, which has an epsilon of its own.
    case normalizeNumbers(rows: Int, count: Int, input: Operand, output: Operand)
    /// Adds the current row of embed_timestep and applies embed_ln, if there is one, in place.
    case embedTimestep(Operand, timesteps: Int, norm: GainAndShift?)
    /// Adds the current row of embed_timestep and the row of embed_slot of each token's place, and applies embed_ln, if
    /// there is one.
    case position(
      rows: Int, input: Operand, timesteps: Int, slots: Int, norm: GainAndShift?, output: Operand)
    /// The carried form: embeds an input as a token, with all that block 0 needs of it.
    case enter(Entry)
    /// The current timestep's row, without its mean, times embed_ln's gain, centred.
    case centerTime(timesteps: Int, gain: Int, output: Operand)
    /// Rows minus their mean.
    case center(input: Operand, output: Operand)
    /// The carried form: inner rows from sums, ln_2 and the activation; the sums' hidden part becomes the stream.
    case activateCarried(rows: Int, input: Operand, weights: Int, stream: Operand, output: Operand)
    case scores(Kernel, queries: Operand, keys: Operand, output: Operand)
    /// Probabilities from scores, in place. Row r of each head sees keys up to `lastKey` + r · `step`; with
    /// `hidesEarlySteps`, none of steps before the episode's first. `mask` is added to the scores.
    case softmax(
      Operand, mask: Operand?, heads: Int, rows: Int, lastKey: Operand.Row, step: Int,
      hidesEarlySteps: Bool)
    case mix(Kernel, scores: Operand, values: Operand, residual: Operand?, output: Operand)
    /// Stores `rows` rows as keys, from column `input.row` on.
    case storeKeys(Kernel, rows: Int, input: Operand, keys: Operand)
    /// Drops the oldest step: moves all rows of a buffer but the oldest step's to the front.
    case slide(Operand)
    /// Reads consecutive numbers, so that they lie near when `act` wants them: after so many others.
    case read(ReadAhead.Stretch, after: Int)
    /// Hides the keys of tokens that `forward` was told not to attend to.
    case maskTokens(mask: Operand, keys: Operand)
    /// Keeps rows of every token for `forward`'s caller, as stage `index` of the output; with a norm, after its gain
    /// and shift.
    case recordTokens(Operand, ModelOutput, index: Int, norm: GainAndShift?, output: Operand)
    /// Keeps the row of token `token` of every step.
    case recordSteps(Operand, ModelOutput, token: Int, output: Operand)
    /// Keeps the probabilities of all heads of a layer.
    case recordAttention(layer: Int, scores: Operand, output: Operand)
    /// Takes the part of the value biases out of the attention of rows that see no key, in place.
    case correctUnattended(rows: Int, weights: Int, Operand)
    /// Each row times the gain plus the shift.
    case scaleAndShift(rows: Int, norm: GainAndShift, input: Operand, output: Operand)
  }

  /// The packed gain and shift of a norm.
  public struct GainAndShift: Equatable, Sendable, Codable {
    public var gain: Int
    public var shift: Int

    public init(gain: Int, shift: Int) {
      self.gain = gain
      self.shift = shift
    }

    fileprivate var tensors: [Int] { [gain, shift] }
  }

  /// How an input becomes a token of the carried form. It stays one operation: the factors of its norms are in
  /// registers from its first product to its last.
  public struct Entry: Equatable, Sendable, Codable {
    public var input: EntryInput
    /// The input's numbers.
    public var numbers: Operand
    /// Packed: the embedding, then from the input and the factors to value, query and inner row.
    public var embedding: Int
    public var value: Int
    public var query: Int
    public var inner: Int
    public var timesteps: Int
    public var norm: GainAndShift
    /// The timestep's part, and the numbers times the factors.
    public var time: Operand
    public var factored: Operand
    /// What is written: the token with its inner row, its normalised row, its query, its value.
    public var token: Operand
    public var normalized: Operand
    public var queryRow: Operand
    public var carried: Operand
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

// MARK: - What an operation touches

extension Operation {
  /// The kernel it calls, if its shape is fixed by one.
  public var kernel: Kernel? {
    switch kind {
    case .linear(let kernel, _, _, _, _, _), .scores(let kernel, _, _, _),
      .convolve(let kernel, _, _, _, _, _),
      .mix(let kernel, _, _, _, _), .storeKeys(let kernel, _, _, _):
      kernel
    default: nil
    }
  }

  /// Indices of the packed tensors that it reads. (A stretch that is read ahead is no tensor.)
  public var weights: [Int] {
    switch kind {
    case .linear(_, _, let weights, _, _, _), .convolve(_, _, let weights, _, _, _),
      .activateCarried(_, _, let weights, _, _),
      .correctUnattended(_, let weights, _):
      [weights]
    case .embedTimestep(_, let timesteps, let norm): [timesteps] + (norm?.tensors ?? [])
    case .position(_, _, let timesteps, let slots, let norm, _):
      [timesteps, slots] + (norm?.tensors ?? [])
    case .enter(let entry):
      [
        entry.embedding, entry.value, entry.query, entry.inner, entry.timesteps, entry.norm.gain,
        entry.norm.shift,
      ]
    case .centerTime(let timesteps, let gain, _): [timesteps, gain]
    case .recordTokens(_, _, _, let norm?, _), .scaleAndShift(_, let norm, _, _):
      [norm.gain, norm.shift]
    case .slideFrames, .normalize, .normalizeNumbers, .center, .scores, .softmax, .mix, .storeKeys,
      .slide, .read,
      .maskTokens,
      .recordTokens, .recordSteps, .recordAttention:
      []
    }
  }

  /// Where it reads rows.
  public var reads: [Operand] {
    switch kind {
    case .linear(_, let input, _, let residual, _, _),
      .convolve(_, let input, _, let residual, _, _):
      [input] + [residual].compactMap(\.self)
    case .normalize(_, let input, _), .normalizeNumbers(_, _, let input, _), .center(let input, _),
      .scaleAndShift(_, _, let input, _),
      .position(_, let input, _, _, _, _),
      .activateCarried(_, let input, _, _, _):
      [input]
    case .embedTimestep(let row, _, _), .slide(let row), .correctUnattended(_, _, let row),
      .slideFrames(let row, _):
      [row]
    case .enter(let entry): [entry.numbers, entry.time]
    case .centerTime: []
    case .scores(_, let queries, let keys, _): [queries, keys]
    case .softmax(let scores, let mask, _, _, _, _, _): [scores] + [mask].compactMap(\.self)
    case .mix(_, let scores, let values, let residual, _):
      [scores, values] + [residual].compactMap(\.self)
    case .storeKeys(_, _, let input, _): [input]
    case .read(.weights, _): []
    case .read(.rows(let name, _), _): [Operand(name)]
    case .maskTokens(let mask, _): [mask]
    case .recordTokens(let rows, _, _, _, _), .recordSteps(let rows, _, _, _),
      .recordAttention(_, let rows, _):
      [rows]
    }
  }

  /// Where it writes rows.
  public var writes: [Operand] {
    switch kind {
    case .linear(_, _, _, _, let converted, let output): [output] + [converted].compactMap(\.self)
    case .normalize(_, _, let output), .normalizeNumbers(_, _, _, let output),
      .center(_, let output), .scaleAndShift(_, _, _, let output),
      .position(_, _, _, _, _, let output),
      .scores(_, _, _, let output), .mix(_, _, _, _, let output), .centerTime(_, _, let output),
      .recordTokens(_, _, _, _, let output), .recordSteps(_, _, _, let output),
      .recordAttention(_, _, let output), .maskTokens(_, let output),
      .storeKeys(_, _, _, let output):
      [output]
    case .activateCarried(_, _, _, let stream, let output): [stream, output]
    case .convolve(_, _, _, _, let patches, let output): [patches, output]
    case .embedTimestep(let row, _, _), .slide(let row), .correctUnattended(_, _, let row),
      .slideFrames(let row, _), .softmax(let row, _, _, _, _, _, _):
      [row]
    case .enter(let entry):
      [entry.token, entry.normalized, entry.queryRow, entry.carried, entry.factored]
    case .read: []
    }
  }
}
