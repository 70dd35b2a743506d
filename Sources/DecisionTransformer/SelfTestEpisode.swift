/// The self test beside packed weights: a synthetic episode and what the reference makes of it, and behind it, where the
/// model folder has them, the folder's own rows.
///
/// All numbers are little-endian words of 32 bits, floats among them, except the schedule. With T steps, state and
/// action dimensions S and A, P rows of inputs (step t takes row t mod P), L layers and n samples of a row:
///
/// | words | what |
/// |---|---|
/// | 0 ..< 8 | T, S, A, P, L + 1, n, H, target return (float) |
/// | 8 | bytes of a second episode in this format behind this one: the rows that the model folder expects; or 0 |
/// | 9 ..< 16 | zero |
/// | T bytes, then zeros to a whole word | schedule: `Step` of each step |
/// | n | elements of a row that are compared, each below H |
/// | L + 1 | tolerances of the stages (float): embedding, each block |
/// | A | tolerances of the action, environment units (float) |
/// | P x (S + A + 1) | raw state, executed action, reward of a step (float) |
/// | the rest | for each step in turn, as far as its `Step` says: (L + 1) x n of the rows; A of the action (float) |
public struct SelfTestEpisode {
  /// What a step does, one byte of the schedule.
  public struct Step: Equatable, Sendable {
    /// What follows the step's `act`, which is told what it does not know yet.
    ///
    /// No enumeration: those of raw values are hashable, and hashing asks a bare machine for random numbers.
    public struct Conclusion: Equatable, Sendable {
      /// 0 to 3.
      let rawValue: UInt8

      /// Nothing: the next `act` prepares by itself.
      public static var nothing: Conclusion { Conclusion(rawValue: 0) }
      /// `prepare()`
      public static var prepare: Conclusion { Conclusion(rawValue: 1) }
      /// `prepare(executed:)`; the next `act` is told the reward.
      public static var executed: Conclusion { Conclusion(rawValue: 2) }
      /// `prepare(executed:reward:)`: the next `act` runs one token.
      public static var executedWithReward: Conclusion { Conclusion(rawValue: 3) }
    }

    /// What follows the step's `act`.
    public var conclusion: Conclusion
    /// Whether the action is compared.
    public var comparesAction: Bool
    /// Whether the state token's row is compared after the embedding and after every block.
    public var comparesStages: Bool

    /// A step of the given kind.
    public init(conclusion: Conclusion, comparesAction: Bool, comparesStages: Bool) {
      self.conclusion = conclusion
      self.comparesAction = comparesAction
      self.comparesStages = comparesStages
    }

    /// The conclusion in the two lowest bits, then what is compared.
    public var byte: UInt8 {
      conclusion.rawValue | (comparesAction ? 4 : 0) | (comparesStages ? 8 : 0)
    }

    init(byte: UInt8) {
      self.init(
        conclusion: Conclusion(rawValue: byte & 3), comparesAction: byte & 4 != 0,
        comparesStages: byte & 8 != 0)
    }
  }

  /// Bytes before the schedule.
  public static var headerByteCount: Int { 64 }

  let stepCount, stageCount, sampleCount: Int
  let targetReturn: Float
  /// The episode behind this one; nil where there is none.
  let expectedRows: UnsafeRawBufferPointer?
  private let bytes: UnsafeRawBufferPointer
  let actionDimension: Int
  private let stateDimension, inputRowCount: Int
  /// Where the arrays begin, in bytes.
  private let samples, stageTolerances, actionTolerances, inputs: Int
  /// Where the next expected number lies.
  private var cursor: Int

  /// Throws unless every array lies in `bytes` and has the model's sizes.
  init(
    _ bytes: UnsafeRawBufferPointer, stateDimension: Int, actionDimension: Int, hiddenSize: Int,
    layerCount: Int
  ) throws(InitializationError) {
    guard bytes.count >= Self.headerByteCount else { throw .unfitSelfTest }
    func number(_ index: Int) -> Int {
      Int(truncatingIfNeeded: bytes.word(at: 4 &* index))
    }
    let followingByteCount = number(8)
    guard (0...bytes.count &- Self.headerByteCount).contains(followingByteCount) else {
      throw .unfitSelfTest
    }
    let (bytes, following) = Self.parts(bytes, followingByteCount)
    expectedRows = following
    self.bytes = bytes
    self.stateDimension = stateDimension
    self.actionDimension = actionDimension
    stepCount = number(0)
    inputRowCount = number(3)
    stageCount = number(4)
    sampleCount = number(5)
    targetReturn = bytes.float(at: 28)
    guard number(1) == stateDimension, number(2) == actionDimension, stageCount == layerCount + 1,
      number(6) == hiddenSize, stepCount > 0, inputRowCount > 0
    else { throw .unfitSelfTest }

    var end = Self.headerByteCount
    /// The place of `rows` rows of `width` bytes.
    func place(_ rows: Int, _ width: Int) throws(InitializationError) -> Int {
      let start = end
      guard rows >= 0, width == 0 || rows <= (bytes.count &- end) / width else {
        throw .unfitSelfTest
      }
      end = start &+ rows &* width
      return start
    }
    _ = try place(stepCount, 1)
    end = (end &+ 3) & ~3
    guard end <= bytes.count else { throw .unfitSelfTest }
    samples = try place(sampleCount, 4)
    stageTolerances = try place(stageCount, 4)
    actionTolerances = try place(actionDimension, 4)
    inputs = try place(inputRowCount, 4 &* (stateDimension &+ actionDimension &+ 1))
    cursor = end
    for step in 0..<stepCount {
      let kind = self.step(step)
      if kind.comparesStages { _ = try place(stageCount, 4 &* sampleCount) }
      if kind.comparesAction { _ = try place(actionDimension, 4) }
    }
    guard end == bytes.count else { throw .unfitSelfTest }
    for index in 0..<sampleCount where sample(index) < 0 || sample(index) >= hiddenSize {
      throw .unfitSelfTest
    }
  }

  /// All bytes but the last `count`, and these where there are any.
  private static func parts(
    _ bytes: UnsafeRawBufferPointer, _ count: Int
  ) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) {
    let end = bytes.count &- count
    return (
      UnsafeRawBufferPointer(rebasing: bytes[..<end]),
      count == 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[end...])
    )
  }

  func step(_ index: Int) -> Step {
    Step(byte: bytes[Self.headerByteCount &+ index])
  }

  /// The element of a row that sample `index` is.
  func sample(_ index: Int) -> Int {
    Int(truncatingIfNeeded: bytes.word(at: samples &+ 4 &* index))
  }

  func tolerance(stage: Int) -> Float { bytes.float(at: stageTolerances &+ 4 &* stage) }

  func tolerance(action index: Int) -> Float { bytes.float(at: actionTolerances &+ 4 &* index) }

  /// A vector of floats at `place` of the inputs.
  func state<State: BitwiseCopyable>(_ step: Int, as type: State.Type) -> State {
    bytes.loadUnaligned(fromByteOffset: input(step), as: type)
  }

  func executedAction<Action: BitwiseCopyable>(_ step: Int, as type: Action.Type) -> Action {
    bytes.loadUnaligned(fromByteOffset: input(step) &+ 4 &* stateDimension, as: type)
  }

  /// What the environment pays for the action of `step`.
  func reward(_ step: Int) -> Float {
    bytes.float(at: input(step) &+ 4 &* (stateDimension &+ actionDimension))
  }

  private func input(_ step: Int) -> Int {
    inputs &+ 4 &* (step % inputRowCount) &* (stateDimension &+ actionDimension &+ 1)
  }

  /// The expected numbers in their order.
  mutating func nextExpected() -> Float {
    defer { cursor &+= 4 }
    return bytes.float(at: cursor)
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func word(at offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  fileprivate func float(at offset: Int) -> Float { Float(bitPattern: word(at: offset)) }
}
