import CAllocationHook
import Foundation
import Testing

@Suite("The allocation hook", .enabled(if: allocation_counting_is_supported()))
struct AllocationHookTests {
  /// Calls to the allocator that `body` makes on this thread.
  private func calls(_ body: () -> Void) -> UInt64 {
    let before = thread_allocator_call_count()
    body()
    return thread_allocator_call_count() - before
  }

  @Test("sees an array grow, and nothing where it has room")
  func arrayAppend() {
    var values: [Int] = []
    #expect(calls { values.append(1) } >= 1)
    values.reserveCapacity(100)
    #expect(calls { values.append(2) } == 0)
    #expect(values == [1, 2])
  }

  @Test("counts nothing where nothing is allocated")
  func arithmetic() {
    var sum: Float = 0
    #expect(calls { for value in 0..<1000 { sum += Float(value) } } == 0)
    #expect(sum == 499_500)
  }

  @Test("counts every call of the C library's family once")
  func family() {
    var memory: UnsafeMutableRawPointer?
    #expect(calls { memory = malloc(10) } == 1)
    #expect(calls { memory = realloc(memory, 1000) } == 1)
    #expect(calls { free(memory) } == 1)
    #expect(calls { free(nil) } == 0)
    #expect(calls { memory = calloc(3, 5) } == 1)
    #expect((0..<15).allSatisfy { memory?.load(fromByteOffset: $0, as: UInt8.self) == 0 })
    free(memory)
    #expect(calls { memory = aligned_alloc(64, 128) } == 1)
    #expect(UInt(bitPattern: memory) % 64 == 0)
    free(memory)
    var status: Int32 = -1
    #expect(calls { status = posix_memalign(&memory, 4096, 1) } == 1)
    #expect(status == 0)
    #expect(UInt(bitPattern: memory) % 4096 == 0)
    free(memory)
  }

  @Test("refuses a bad alignment as the standard says")
  func badAlignment() {
    var memory: UnsafeMutableRawPointer?
    #expect(posix_memalign(&memory, 24, 8) == EINVAL)
    #expect(posix_memalign(&memory, 0, 8) == EINVAL)
    #expect(memory == nil)
  }

  @Test("counts what all threads do, and only this thread's calls as this thread's")
  func threads() async {
    let allocations = allocation_count()
    let deallocations = deallocation_count()
    let here = thread_allocator_call_count()
    let thread = Thread { for _ in 0..<100 { free(malloc(10)) } }
    thread.start()
    while !thread.isFinished { usleep(1000) }
    #expect(allocation_count() - allocations >= 100)
    #expect(deallocation_count() - deallocations >= 100)
    #expect(thread_allocator_call_count() - here < 100)
  }
}
