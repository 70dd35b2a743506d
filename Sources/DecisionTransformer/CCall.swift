import CDecisionTransformer

/// One call through a generated C interface: it checks the controller and the arrays that C hands over, keeps other
/// threads out until its end, and leaves the message of a failure in the controller.
public struct CCall {
  /// Null unless this call has entered the controller.
  private let base: UnsafeMutableRawPointer?
  private var status: CStatus

  /// Enters the controller at `pointer` if `create` has made one of `model` there and no other thread is in a
  /// call on it. `end` must follow.
  @_noAllocation @_noLocks
  public init(_ pointer: OpaquePointer?, model: UInt64) {
    status = Self.status(of: pointer, model: model)
    guard status.isSuccess, let pointer else {
      base = nil
      return
    }
    let memory = UnsafeMutableRawPointer(pointer)
    let hasEntered = dt_enter(Self.flag(memory)) != 0
    base = hasEntered ? memory : nil
    status = hasEntered ? status : .busy
  }

  /// Whether everything so far is as it must be.
  public var isSound: Bool {
    @_noAllocation @_noLocks get { status.isSuccess }
  }

  /// Where the value of the generated type lies, while the call is sound.
  public var value: UnsafeMutableRawPointer {
    @_noAllocation @_noLocks get { base.unsafelyUnwrapped + CController.valueOffset }
  }

  /// Refuses an array that cannot be one.
  @_noAllocation @_noLocks
  public mutating func check(_ floats: UnsafePointer<Float>?) {
    check(floats, alignment: MemoryLayout<Float>.alignment)
  }

  /// The same of bytes, which may lie anywhere.
  @_noAllocation @_noLocks
  public mutating func check(_ bytes: UnsafePointer<UInt8>?) {
    check(bytes, alignment: 1)
  }

  /// The same of positions and timesteps, `intptr_t` in C.
  @_noAllocation @_noLocks
  public mutating func check(_ integers: UnsafePointer<Int>?) {
    check(integers, alignment: MemoryLayout<Int>.alignment)
  }

  /// The same where an array may be left out.
  @_noAllocation @_noLocks
  public mutating func check(optional integers: UnsafePointer<Int>?) {
    if integers != nil { check(integers) }
  }

  /// Refuses the number of an agent that there is not.
  @_noAllocation @_noLocks
  public mutating func check(agent: UInt, batch: Int) {
    guard isSound, agent >= UInt(bitPattern: batch) else { return }
    status = .noSuchAgent
  }

  /// Refuses room for another number of elements than there are.
  @_noAllocation @_noLocks
  public mutating func check(count: UInt, of expected: Int) {
    guard isSound, count != UInt(bitPattern: expected) else { return }
    status = .wrongCount
  }

  /// The same of a count that C is told.
  @_noAllocation @_noLocks
  public mutating func check(_ count: UnsafePointer<UInt>?) {
    check(count, alignment: MemoryLayout<UInt>.alignment)
  }

  /// The same of numbers of actions.
  @_noAllocation @_noLocks
  public mutating func check(_ numbers: UnsafePointer<Int32>?) {
    check(numbers, alignment: MemoryLayout<Int32>.alignment)
  }

  @_noAllocation @_noLocks
  private mutating func check(_ array: UnsafeRawPointer?, alignment: Int) {
    guard isSound else { return }
    guard let array else { return status = .nullArgument }
    guard CController.isAligned(array, to: alignment) else { return status = .misalignedArgument }
  }

  /// Refuses a target that cannot be one.
  @_noAllocation @_noLocks
  public mutating func check(targetReturn: Float) {
    guard isSound, !targetReturn.isFinite else { return }
    status = CStatus(.nonFiniteReturn)
  }

  /// Leaves the controller.
  ///
  /// - Returns: What C is told.
  @_noAllocation @_noLocks
  public func end() -> Int32 {
    end(status, ErrorMessage(status.message))
  }

  /// Leaves the controller, and refuses what was asked.
  @_noAllocation @_noLocks
  public func end(refusing status: CStatus) -> Int32 {
    end(status, ErrorMessage(status.message))
  }

  /// Leaves the controller after a step that it refused.
  @_noAllocation @_noLocks
  public func end(_ error: StepError) -> Int32 {
    end(CStatus(error), error.message, index: error.index)
  }

  /// The same of several agents.
  @_noAllocation @_noLocks
  public func end(_ error: BatchStepError) -> Int32 {
    end(CStatus(error.reason), error.reason.message, agent: error.agent, index: error.reason.index)
  }

  /// Leaves the controller after a `forward` that it refused.
  @_noAllocation @_noLocks
  public func end(_ error: ForwardError) -> Int32 {
    end(CStatus(error), error.message, index: error.index)
  }

  /// The same of a trunk.
  @_noAllocation @_noLocks
  public func end(_ error: TrunkError) -> Int32 {
    end(CStatus(error), error.message, index: error.index)
  }

  @_noAllocation @_noLocks
  private func end(
    _ status: CStatus, _ message: ErrorMessage, agent: Int? = nil, index: Int? = nil
  ) -> Int32 {
    guard let base else { return status.code }
    if !status.isSuccess {
      let text = (base + CController.messageOffset).assumingMemoryBound(to: UInt8.self)
      var length = 0
      if let agent {
        length = ErrorMessage("agent ", agent, ": ").write(
          to: text, count: CController.messageByteCount)
      }
      message.write(to: text + length, count: CController.messageByteCount - length)
      Self.store(index, in: base, at: CController.indexOffset)
      Self.store(agent, in: base, at: CController.agentOffset)
    }
    dt_leave(Self.flag(base))
    return status.code
  }

  @_noAllocation @_noLocks
  private static func store(_ number: Int?, in base: UnsafeMutableRawPointer, at offset: Int) {
    base.storeBytes(
      of: Int32(truncatingIfNeeded: number ?? -1), toByteOffset: offset, as: Int32.self)
  }

  /// What the last call that failed on the controller at `pointer` left: empty if none has, and for what is no
  /// controller of `model` what is wrong with it. Ended by a zero.
  @_noAllocation @_noLocks
  public static func lastMessage(
    of pointer: OpaquePointer?, model: UInt64
  ) -> UnsafePointer<CChar> {
    let status = status(of: pointer, model: model)
    guard status.isSuccess, let pointer else { return text(status.message) }
    return UnsafeRawPointer(pointer).advanced(by: CController.messageOffset)
      .assumingMemoryBound(to: CChar.self)
  }

  /// Which of its things the last call that failed on the controller at `pointer` was about: a component, an action, a
  /// step, a token. -1 where it was about none, and where there is no controller of `model`.
  @_noAllocation @_noLocks
  public static func lastIndex(of pointer: OpaquePointer?, model: UInt64) -> Int32 {
    number(of: pointer, model: model, at: CController.indexOffset)
  }

  /// The agent that it was about, or -1.
  @_noAllocation @_noLocks
  public static func lastAgent(of pointer: OpaquePointer?, model: UInt64) -> Int32 {
    number(of: pointer, model: model, at: CController.agentOffset)
  }

  @_noAllocation @_noLocks
  private static func number(of pointer: OpaquePointer?, model: UInt64, at offset: Int) -> Int32 {
    guard status(of: pointer, model: model).isSuccess, let pointer else { return -1 }
    return UnsafeRawPointer(pointer).load(fromByteOffset: offset, as: Int32.self)
  }

  /// `text` as C reads it: ended by a zero, valid forever.
  @_noAllocation @_noLocks
  public static func text(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  @_noAllocation @_noLocks
  private static func status(of pointer: OpaquePointer?, model: UInt64) -> CStatus {
    guard let pointer else { return .nullArgument }
    let base = UnsafeRawPointer(pointer)
    guard CController.isAligned(base, to: AlignedMemory.alignment),
      base.load(as: UInt64.self) == model,
      base.load(fromByteOffset: CController.addressOffset, as: UInt.self)
        == UInt(bitPattern: base)
    else { return .notAController }
    return .success
  }

  @_noAllocation @_noLocks
  private static func flag(_ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
    (base + CController.flagOffset).assumingMemoryBound(to: UInt32.self)
  }
}
