import Programs

/// A loop of a fixed number of dependent instructions that touches no memory: what the machine itself
/// does to the latency of a call of that length.
struct SpinLoop {
  private(set) var iterations = 1000

  @inline(never)
  func run() {
    var x: UInt64 = 1
    for _ in 0..<iterations { x = x &* 6_364_136_223_846_793_005 &+ 1 }
    Self.keep(x)
  }

  /// Sets the number of iterations so that the median run takes `nanoseconds`.
  mutating func calibrate(to nanoseconds: Double) {
    for _ in 0..<4 {
      var samples = Samples(capacity: 200)
      for _ in 0..<200 {
        let started = now()
        run()
        samples.append(now() - started)
      }
      let median = samples.distribution.rank(0.5) * 1000
      iterations = max(1, Int(Double(iterations) * nanoseconds / median))
    }
  }

  @inline(never)
  @_optimize(none)
  private static func keep(_ value: UInt64) {}
}
