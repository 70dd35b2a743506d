import Foundation
import Programs

/// How many calls took how long, in bins on a logarithmic scale.
///
/// Bin i holds the latencies from 2^(i / 16) microseconds up to 2^((i + 1) / 16): about 4 %. `counts` begins with
/// bin `firstBin` and ends with the last one that holds a call.
struct Histogram: Encodable {
  var binsPerOctave = 16
  var firstBin: Int
  var counts: [Int]

  /// - Precondition: the distribution has a latency.
  init(_ distribution: Distribution) {
    let bins = distribution.nanoseconds.map { [binsPerOctave] nanoseconds in
      Int((log2(Double(max(1, nanoseconds)) / 1000) * Double(binsPerOctave)).rounded(.down))
    }
    firstBin = bins[0]
    counts = Array(repeating: 0, count: bins[bins.count - 1] - firstBin + 1)
    for bin in bins { counts[bin - firstBin] += 1 }
  }
}
