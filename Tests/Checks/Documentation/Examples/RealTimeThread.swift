#if os(Linux)
  #if canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// What a control thread asks of Linux before its first step.
  struct RealTimeThread {
    /// What was refused, and why; empty where everything was granted.
    private(set) var refusals: [String] = []

    /// Call it on the thread that will run the loop, after all allocation.
    ///
    /// - Parameter priority: Of SCHED_FIFO, 1 to 99. Below 50, the kernel's
    ///   interrupt threads run first.
    init(priority: Int32) {
      // Pages that the program has, and those that it will have, stay in memory.
      check("mlockall", mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE)))
      Self.touchStack()
      // From here on, nothing of a lower priority runs here while this can run.
      var parameters = sched_param()
      parameters.sched_priority = priority
      check("SCHED_FIFO", sched_setscheduler(0, SCHED_FIFO, &parameters))
    }

    /// Runs `step` once a `period` of nanoseconds until it returns false, and
    /// returns how late the latest start was, in nanoseconds.
    ///
    /// Starts are planned from the first one: a late step delays no other.
    func run(every period: Int, _ step: () -> Bool) -> Int {
      var start = timespec()
      var now = start
      clock_gettime(CLOCK_MONOTONIC, &start)
      var latest = 0
      while step() {
        start.tv_nsec += period
        start.tv_sec += start.tv_nsec / 1_000_000_000
        start.tv_nsec %= 1_000_000_000
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, nil) == EINTR {}
        clock_gettime(CLOCK_MONOTONIC, &now)
        let late =
          (now.tv_sec - start.tv_sec) * 1_000_000_000 + now.tv_nsec - start.tv_nsec
        latest = max(latest, late)
      }
      return latest
    }

    private mutating func check(_ name: String, _ result: Int32) {
      if result != 0 { refusals.append("\(name): \(String(cString: strerror(errno)))") }
    }

    /// The calls of a controller need a few kilobytes of stack; this gives it 256 with their pages.
    @inline(never)
    private static func touchStack() {
      withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 64) { bytes in
        for index in stride(from: 0, to: bytes.count, by: 1024) { bytes[index] = 1 }
      }
    }
  }
#endif
