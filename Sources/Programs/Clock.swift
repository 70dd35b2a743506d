import Foundation

/// Nanoseconds on a clock that nobody sets.
@inlinable @inline(__always)
package func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// How a loop at a fixed rate passes the time until a step's intended start.
package enum Waiting: String, CaseIterable, Sendable {
  /// Asks the clock again and again, as a loop that owns its core does.
  case spin
  /// Sleeps in the kernel; what waking up takes counts, as always, as part of the step.
  case sleep

  package func until(_ time: UInt64) {
    if self == .sleep {
      #if os(Linux)
        var wake = timespec(
          tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, nil) == EINTR {}
      #else
        let remaining = Int64(time) - Int64(now())
        if remaining > 0 { Thread.sleep(forTimeInterval: Double(remaining) / 1e9) }
      #endif
    }
    while now() < time {}
  }
}
