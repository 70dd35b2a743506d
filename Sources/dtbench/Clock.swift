import Foundation

/// Nanoseconds on a clock that nobody sets.
@inline(__always)
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// How the loop at a fixed rate passes the time until a step's intended start.
enum Waiting: String, CaseIterable {
  /// Asks the clock again and again, as a loop that owns its core does.
  case spin
  /// Sleeps in the kernel; what waking up takes counts, as always, as part of the step.
  case sleep

  func until(_ time: UInt64) {
    #if os(Linux)
      if self == .sleep {
        var wake = timespec(
          tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nil) == EINTR {}
      }
    #endif
    while now() < time {}
  }
}
