import DecisionTransformer
import Foundation
import Programs

/// What the program prints when it has finished: as text and as JSON.
enum Report {
  // MARK: Episodes

  /// One line; the episode has at least one step.
  static func text(_ episode: Episode) -> String {
    "seed \(episode.seed)  target \(number(Double(episode.target)))  "
      + "return \(number(episode.achieved))  \(words(episode.state.end))  "
      + String(format: "act %.1f µs, at most %.1f µs", episode.act.rank(0.5), episode.act.rank(1))
      + buildRemark
  }

  /// How it ended.
  static func words(_ end: CartPoleEnvironment.End?) -> String {
    switch end {
    case .poleFell: "the pole fell"
    case .cartLeft: "the cart left the track"
    case .truncated: "held for all \(CartPoleEnvironment.episodeLength) steps"
    case nil: "goes on"
    }
  }

  /// Above latencies: the instructions they were built for.
  static var build: String {
    "built for \(Processor.buildInstructions)" + (Processor.buildAdvice.map { "; \($0)" } ?? "")
  }

  /// Behind latencies.
  static var buildRemark: String {
    #if DEBUG
      " (debug build)"
    #else
      ""
    #endif
  }

  /// `terminated` is Gymnasium's: the pole fell or the cart left the track.
  static func json(_ episodes: [Episode]) -> String {
    let objects = episodes.map { episode in
      "{\"seed\": \(episode.seed), \"target\": \(number(Double(episode.target))), "
        + "\"return\": \(number(episode.achieved)), \"steps\": \(episode.steps.count), "
        + "\"terminated\": \([.poleFell, .cartLeft].contains(episode.state.end))}"
    }
    return "{\"episodes\": [\(objects.joined(separator: ", "))]}"
  }

  // MARK: Sweeps

  static func text(_ sweep: Sweep) -> String {
    let rows = sweep.rows.map { row in
      let target = number(Double(row.target))
      return String(repeating: " ", count: max(0, 8 - target.count)) + target
        + String(
          format: "  %9.1f  %7.1f  %9.0f  %9.0f", row.mean, row.deviation, row.returns.min()!,
          row.returns.max()!)
    }
    return """
      CartPole-v1, \(seeds(sweep)), \(sweep.samples ? "drawn" : "greedy") actions; std of the returns as they are
         asked    reached      std     lowest    highest
      \(rows.joined(separator: "\n"))
      """
  }

  static func json(_ sweep: Sweep) -> String {
    let rows = sweep.rows.map { row in
      "{\"target\": \(number(Double(row.target))), \"mean\": \(number(row.mean)), "
        + "\"std\": \(number(row.deviation)), "
        + "\"returns\": [\(row.returns.map(number).joined(separator: ", "))]}"
    }
    return "{\"sweep\": [\(rows.joined(separator: ", "))]}"
  }

  static func seeds(_ sweep: Sweep) -> String {
    guard let first = sweep.seeds.first, let last = sweep.seeds.last, first != last else {
      return "seed \(sweep.seeds.first ?? 0)"
    }
    return "seeds \(first) to \(last)"
  }

  /// All its digits, and no fraction where there is none.
  static func number(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
