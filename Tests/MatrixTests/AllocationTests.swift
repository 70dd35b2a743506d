import CAllocationHook
import RecordedEpisodes
import Testing

/// Counted, not asserted: a hook sits in front of the allocator.
@Suite("An episode never calls the allocator", .enabled(if: allocation_counting_is_supported()))
struct AllocationTests {
  @Test(arguments: MatrixModel.all)
  func episode(model: MatrixModel) throws {
    let golden = try RecordedEpisode(golden: model.name)
    // The control: calls on this thread are seen.
    let before = thread_allocator_call_count()
    _ = Array(repeating: golden.rewards, count: 3).map { $0.map { $0 + 1 } }
    #expect(thread_allocator_call_count() > before)
    for pace in Pace.all(tellingActions: golden.executed != nil) {
      #expect(try model.allocatorCalls(golden, pace) == 0, "\(pace)")
    }
  }
}
