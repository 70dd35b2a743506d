import DecisionTransformer

/// Reached against asked return: the same starts for every target.
struct Sweep {
  struct Row: Equatable {
    var target: Float
    /// One for each seed, in the seeds' order.
    var returns: [Double]

    var mean: Double { returns.reduce(0, +) / Double(returns.count) }

    /// Of the returns as they are (divided by their number), as NumPy's `std`.
    var deviation: Double {
      let mean = mean
      let squares = returns.map { ($0 - mean) * ($0 - mean) }
      return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
  }

  let seeds: [UInt64]
  /// Whether actions were drawn.
  let samples: Bool
  let rows: [Row]

  init(seeds: [UInt64], samples: Bool, rows: [Row]) {
    (self.seeds, self.samples, self.rows) = (seeds, samples, rows)
  }

  /// - Parameter progress: told the part that is done, from 0 to 1.
  init(
    targets: [Float], seeds: [UInt64], samples: Bool, progress: (Double) -> Void
  ) throws {
    var loop = try ControlLoop(samples: samples)
    let count = Double(targets.count * seeds.count)
    var rows: [Row] = []
    for target in targets {
      var row = Row(target: target, returns: [])
      for seed in seeds {
        progress(Double(rows.count * seeds.count + row.returns.count) / count)
        row.returns.append(try loop.run(seed: seed, target: target).achieved)
      }
      rows.append(row)
    }
    self.init(seeds: seeds, samples: samples, rows: rows)
  }
}
