import CDecisionTransformer

/// A controller in memory that a caller in C owns, as the functions of a generated C interface lay it out.
///
/// The first `headerByteCount` bytes say what is there, so that whatever can be checked is checked before the
/// controller behind them is touched:
///
/// | bytes | what |
/// |---|---|
/// | 0 ..< 8 | the model's layout digest, where `create` has succeeded; else zero |
/// | 8 ..< 16 | the address of byte 0: a copy of the bytes elsewhere is no controller |
/// | 16 ..< 20 | 1 while a call runs, else 0 |
/// | 20 ..< 24 | which component, action or step the last call that failed was about, or -1 |
/// | 24 ..< 28 | which agent, or -1 |
/// | 32 ..< 192 | message of the last call that failed, ended by a zero |
/// | 192 ..< 384 | the value of the generated type; of several agents it takes more |
/// | behind it | its `memorySize` bytes |
///
/// Nothing but `create` may allocate, and nothing needs to be given back: a controller ends when its memory does.
public enum CController {
  /// The bytes in front of a controller's own memory: 384.
  public static var headerByteCount: Int { @_noAllocation @_noLocks get { 384 } }

  /// The same of a controller with `agentPlaceCount` places for agents, whose value remembers where each is: a multiple
  /// of 64.
  @_noAllocation @_noLocks
  public static func headerByteCount(agentPlaceCount: Int) -> Int {
    headerByteCount + (agentPlaceCount * 48 + 63) / 64 * 64
  }

  static var addressOffset: Int { @_noAllocation @_noLocks get { 8 } }
  static var flagOffset: Int { @_noAllocation @_noLocks get { 16 } }
  static var indexOffset: Int { @_noAllocation @_noLocks get { 20 } }
  static var agentOffset: Int { @_noAllocation @_noLocks get { 24 } }
  static var messageOffset: Int { @_noAllocation @_noLocks get { 32 } }
  static var messageByteCount: Int { @_noAllocation @_noLocks get { 160 } }
  static var valueOffset: Int { @_noAllocation @_noLocks get { 192 } }
  /// Makes a controller of `Value`, a generated type, in the memory that C hands over.
  ///
  /// - Parameters:
  ///   - memory: What C hands over: `headerByteCount` + `memorySize` bytes at a multiple of 64.
  ///   - byteCount: Of that memory.
  ///   - model: The layout digest of the generated type.
  ///   - headerByteCount: What lies in front of the generated type's memory: the value, too.
  ///   - memorySize: That of the generated type, without the header.
  ///   - controller: Told the controller, or null after a failure.
  ///   - make: The value in this working memory.
  /// - Returns: What C is told.
  public static func create<Value: ~Copyable>(
    in memory: UnsafeMutableRawPointer?, byteCount: UInt, model: UInt64,
    headerByteCount: Int = CController.headerByteCount, memorySize: Int,
    controller: UnsafeMutablePointer<OpaquePointer?>?,
    make: (UnsafeMutableRawBufferPointer) throws(InitializationError) -> Value
  ) -> CStatus {
    precondition(
      MemoryLayout<Value>.size <= headerByteCount - valueOffset
        && MemoryLayout<Value>.alignment <= 64)
    let refusal = refuse(controller, .success)
    guard refusal.isSuccess, let controller else { return refusal }
    do { try Processor.check() } catch { return CStatus(error) }
    guard let memory else { return .nullArgument }
    if let problem = problem(
      with: memory, byteCount: byteCount, required: headerByteCount + memorySize)
    {
      return CStatus(problem)
    }
    return create(
      at: memory, model: model, headerByteCount: headerByteCount, memorySize: memorySize,
      controller: controller, make: make)
  }

  /// With arguments that suffice. Not inlined: see `Processor`.
  @inline(never)
  private static func create<Value: ~Copyable>(
    at memory: UnsafeMutableRawPointer, model: UInt64, headerByteCount: Int, memorySize: Int,
    controller: UnsafeMutablePointer<OpaquePointer?>,
    make: (UnsafeMutableRawBufferPointer) throws(InitializationError) -> Value
  ) -> CStatus {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: headerByteCount)
    do {
      (memory + valueOffset).initializeMemory(
        as: Value.self,
        to: try make(
          UnsafeMutableRawBufferPointer(start: memory + headerByteCount, count: memorySize)))
    } catch {
      return CStatus(error)
    }
    memory.storeBytes(of: -1, toByteOffset: indexOffset, as: Int32.self)
    memory.storeBytes(of: -1, toByteOffset: agentOffset, as: Int32.self)
    memory.storeBytes(of: UInt(bitPattern: memory), toByteOffset: addressOffset, as: UInt.self)
    memory.storeBytes(of: model, as: UInt64.self)
    controller.pointee = OpaquePointer(memory)
    return .success
  }

  /// Says that there is no controller; `status`, or what is wrong with the place for it.
  public static func refuse(
    _ controller: UnsafeMutablePointer<OpaquePointer?>?, _ status: CStatus
  ) -> CStatus {
    guard let controller else { return .nullArgument }
    guard isAligned(controller, to: MemoryLayout<OpaquePointer?>.alignment) else {
      return .misalignedArgument
    }
    controller.pointee = nil
    return status
  }

  /// Runs a self test in the memory that C hands over; a controller there ends.
  ///
  /// - Parameters:
  ///   - memory: What C hands over: `headerByteCount` + `memorySize` bytes at a multiple of 64.
  ///   - byteCount: Of that memory.
  ///   - headerByteCount: What lies in front of the generated type's memory.
  ///   - memorySize: That of the generated type.
  ///   - report: Told what was found, as a header declares it; or null.
  ///   - run: The self test in this working memory.
  /// - Returns: What C is told.
  public static func selfTest(
    in memory: UnsafeMutableRawPointer?, byteCount: UInt,
    headerByteCount: Int = CController.headerByteCount, memorySize: Int,
    report: UnsafeMutableRawPointer? = nil,
    run: (UnsafeMutableRawBufferPointer) throws(InitializationError) -> SelfTestReport
  ) -> CStatus {
    do { try Processor.check() } catch { return CStatus(error) }
    guard let memory else { return .nullArgument }
    if let problem = problem(
      with: memory, byteCount: byteCount, required: headerByteCount + memorySize)
    {
      return CStatus(problem)
    }
    guard report.map({ isAligned($0, to: MemoryLayout<dt_self_test_report>.alignment) }) ?? true
    else { return .misalignedArgument }
    return selfTest(
      at: memory, headerByteCount: headerByteCount, memorySize: memorySize, report: report, run: run
    )
  }

  /// With arguments that suffice. Not inlined: see `Processor`.
  @inline(never)
  private static func selfTest(
    at memory: UnsafeMutableRawPointer, headerByteCount: Int, memorySize: Int,
    report told: UnsafeMutableRawPointer?,
    run: (UnsafeMutableRawBufferPointer) throws(InitializationError) -> SelfTestReport
  ) -> CStatus {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: headerByteCount)
    do {
      let report = try run(
        UnsafeMutableRawBufferPointer(start: memory + headerByteCount, count: memorySize))
      told?.storeBytes(of: dt_self_test_report(report), as: dt_self_test_report.self)
      return report.passed ? .success : .selfTestFailed
    } catch {
      return CStatus(error)
    }
  }

  /// Packed weights that C hands over.
  public static func packedWeights(
    _ bytes: UnsafeRawPointer, byteCount: UInt
  ) throws(InitializationError) -> PackedWeights {
    let count = Int(bitPattern: byteCount)
    guard count >= 0 else {
      throw .wrongByteCount(found: count, expected: PackedWeights.headerByteCount)
    }
    return try PackedWeights(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private static func problem(
    with memory: UnsafeMutableRawPointer, byteCount: UInt, required: Int
  ) -> InitializationError? {
    guard byteCount >= UInt(bitPattern: required) else {
      return .memoryTooSmall(byteCount: Int(bitPattern: byteCount), required: required)
    }
    guard isAligned(memory, to: AlignedMemory.alignment) else {
      return .misalignedMemory(required: AlignedMemory.alignment)
    }
    return nil
  }

  @_noAllocation @_noLocks
  static func isAligned(_ pointer: UnsafeRawPointer, to alignment: Int) -> Bool {
    Int(bitPattern: pointer) % alignment == 0
  }
}
