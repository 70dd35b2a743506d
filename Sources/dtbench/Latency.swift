import Programs

/// The figures of a distribution that are reported, in microseconds.
struct Latency: Encodable {
  var min, p50, p90, p99, p999, max: Double

  enum CodingKeys: String, CodingKey {
    case min, p50, p90, p99, max
    case p999 = "p99.9"
  }

  init(_ distribution: Distribution) {
    min = distribution.rank(0)
    p50 = distribution.rank(0.5)
    p90 = distribution.rank(0.9)
    p99 = distribution.rank(0.99)
    p999 = distribution.rank(0.999)
    max = distribution.rank(1)
  }

  var row: [Double] { [min, p50, p90, p99, p999, max] }
  static let header = ["min", "p50", "p90", "p99", "p99.9", "max"]
}
