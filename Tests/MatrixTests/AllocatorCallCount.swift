import CAllocationHook

/// How often `body` calls the allocator when it runs a second time: the language makes its type information when it is first
/// asked for.
func allocatorCallCount(of body: () throws -> Void) rethrows -> UInt64 {
  try body()
  let before = thread_allocator_call_count()
  try body()
  return thread_allocator_call_count() - before
}
