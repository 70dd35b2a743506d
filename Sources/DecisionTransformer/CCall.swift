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
    guard isSound else { return }
    guard let floats else { return status = .nullArgument }
    guard CController.isAligned(floats, to: 4) else { return status = .misalignedArgument }
  }

  /// The same of bytes, which may lie anywhere.
  @_noAllocation @_noLocks
  public mutating func check(_ bytes: UnsafePointer<UInt8>?) {
    guard isSound, bytes == nil else { return }
    status = .nullArgument
  }

  /// The same of numbers of actions.
  @_noAllocation @_noLocks
  public mutating func check(_ numbers: UnsafePointer<Int32>?) {
    guard isSound else { return }
    guard let numbers else { return status = .nullArgument }
    guard CController.isAligned(numbers, to: 4) else { return status = .misalignedArgument }
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

  /// Leaves the controller after a step that it refused.
  @_noAllocation @_noLocks
  public func end(_ error: StepError) -> Int32 {
    end(CStatus(error), error.message)
  }

  @_noAllocation @_noLocks
  private func end(_ status: CStatus, _ message: ErrorMessage) -> Int32 {
    guard let base else { return status.code }
    if !status.isSuccess {
      message.write(
        to: (base + CController.messageOffset).assumingMemoryBound(to: UInt8.self),
        count: CController.messageByteCount)
    }
    dt_leave(Self.flag(base))
    return status.code
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
