import CDecisionTransformer
import DecisionTransformer
import Testing

/// What `init` of a generated type asks of memory and processor.
@Suite struct ControllerInitializationTests {
  @Test(arguments: [0, 1, 64, 1000])
  func ownMemoryIsAlignedAndZero(byteCount: Int) {
    for _ in 0..<20 {
      let memory = AlignedMemory(byteCount: byteCount)
      let bytes = UnsafeMutableRawBufferPointer(start: memory.base, count: memory.byteCount)
      #expect(Int(bitPattern: memory.base) % 64 == 0)
      #expect(memory.byteCount == byteCount)
      #expect(bytes.allSatisfy { $0 == 0 })
      // The next round may get the same memory.
      bytes.initializeMemory(as: UInt8.self, repeating: 0xa5)
    }
  }

  @Test func callersMemoryIsUsedInPlaceAndZeroed() throws {
    let owner = AlignedMemory(byteCount: 256)
    owner.base.initializeMemory(as: UInt8.self, repeating: 0xa5, count: 256)
    do {
      let memory = try AlignedMemory(
        using: UnsafeMutableRawBufferPointer(start: owner.base, count: 256), byteCount: 200)
      #expect(memory.base == owner.base)
    }
    // Given back, not freed, and nothing beyond what was asked for is touched.
    let bytes = UnsafeRawBufferPointer(start: owner.base, count: 256)
    #expect(bytes[..<200].allSatisfy { $0 == 0 })
    #expect(bytes[200...].allSatisfy { $0 == 0xa5 })
    withExtendedLifetime(owner) {}
  }

  @Test func callersMemoryMustBeLargeEnoughAndAligned() {
    let owner = AlignedMemory(byteCount: 256)
    #expect(throws: InitializationError.memoryTooSmall(byteCount: 255, required: 256)) {
      _ = try AlignedMemory(
        using: UnsafeMutableRawBufferPointer(start: owner.base, count: 255), byteCount: 256)
    }
    #expect(throws: InitializationError.memoryTooSmall(byteCount: 0, required: 64)) {
      _ = try AlignedMemory(
        using: UnsafeMutableRawBufferPointer(start: nil, count: 0), byteCount: 64)
    }
    for offset in [1, 4, 16, 32, 63] {
      #expect(throws: InitializationError.misalignedMemory(required: 64)) {
        _ = try AlignedMemory(
          using: UnsafeMutableRawBufferPointer(start: owner.base + offset, count: 128),
          byteCount: 128)
      }
    }
    withExtendedLifetime(owner) {}
  }

  @Test func theProcessorThatRunsThisHasItsInstructions() {
    #expect(throws: Never.self) { try Processor.check() }
  }

  #if arch(x86_64)
    /// Each word is compared: a bit that the processor does not have is missed in none of them.
    @Test func aProcessorWithoutTheInstructionsIsNoticed() {
      let running = dt_running_processor()
      #expect(running.leaf1_ecx != 0)
      #expect(dt_processor_has(running, dt_built_for_processor()) != 0)
      let words: [WritableKeyPath<dt_processor, UInt32>] = [
        \.leaf1_ecx, \.leaf7_ebx, \.leaf7_ecx, \.leaf7_edx, \.leaf7_1_eax, \.leaf7_1_edx,
        \.extended_ecx, \.avx10_versions, \.kept_registers,
      ]
      for word in words {
        for bit in 0..<32 {
          var asked = dt_processor()
          asked[keyPath: word] = 1 << bit
          var lacking = running
          lacking[keyPath: word] &= ~(1 << bit)
          #expect(dt_processor_has(lacking, asked) == 0)
          #expect(dt_processor_has(asked, asked) != 0)
        }
      }
    }
  #endif
}
