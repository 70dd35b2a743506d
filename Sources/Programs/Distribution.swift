/// Latencies in nanoseconds, sorted.
package struct Distribution: Sendable {
  package let nanoseconds: [UInt64]

  package init(_ samples: [UInt64]) {
    nanoseconds = samples.sorted()
  }

  /// The smallest latency, in microseconds, that at least this share of all do not exceed.
  package func rank(_ share: Double) -> Double {
    let count = nanoseconds.count
    let index = Int((share * Double(count)).rounded(.up)) - 1
    return Double(nanoseconds[min(max(index, 0), count - 1)]) / 1000
  }

  /// How much longer than the median the slowest call in a thousand takes.
  package var tailRatio: Double { rank(0.999) / rank(0.5) }
}
