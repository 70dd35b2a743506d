import DecisionTransformer
import Foundation
import Programs

/// Closes the loop with discrete actions: the generated controller balances a simulated pole.
@main
struct CartPoleProgram {
  static func main() {
    do {
      let request = try Request(arguments: Array(CommandLine.arguments.dropFirst()))
      if request.help {
        Console.output(Request.helpText)
      } else {
        // No figure, and no push, of a controller that computes something else.
        try CartPole.selfTest().requirePassed()
        if let targets = request.sweep {
          try sweep(targets, request)
        } else {
          try drive(request)
        }
      }
      exit(0)
    } catch let error as OptionList.Problem {
      Console.error("cartpole: \(error.message); see 'cartpole --help'")
      exit(2)
    } catch {
      Console.error("cartpole: \(error)")
      exit(1)
    }
  }

  private static func sweep(_ targets: [Float], _ request: Request) throws {
    let seeds = (0..<UInt64(request.seeds)).map { request.seed + $0 }
    defer { Console.progress(nil) }
    let sweep = try Sweep(targets: targets, seeds: seeds, samples: request.samples) { part in
      Console.progress("cartpole: \(Int(part * 100)) % of \(targets.count * seeds.count) episodes")
    }
    Console.progress(nil)
    Console.output(request.json ? Report.json(sweep) : Report.text(sweep))
  }

  private static func drive(_ request: Request) throws {
    var loop = try ControlLoop(samples: request.samples)
    if !request.json { Console.output(Report.build) }
    let isWatched = !request.json && Console.movesCursor
    var episodes: [Episode] = []
    for index in 0..<request.episodes {
      let seed = request.seed + UInt64(index)
      let episode =
        if request.fast {
          try loop.run(seed: seed, target: request.target)
        } else {
          try inRealTime(&loop, seed: seed, target: request.target, isWatched: isWatched)
        }
      if index == 0, let path = request.svg { try write(EpisodeFigure(episode).svg, to: path) }
      if request.json {
        episodes.append(episode)
      } else {
        Console.output(Report.text(episode))
      }
    }
    if request.json { Console.output(Report.json(episodes)) }
  }

  /// Fifty steps a second, each from its intended start: a step that takes long does not move the next.
  private static func inRealTime(
    _ loop: inout ControlLoop, seed: UInt64, target: Float, isWatched: Bool
  ) throws -> Episode {
    let period = UInt64(CartPoleEnvironment.timeStep * 1e9)
    loop.begin(seed: seed, target: target)
    var start = now()
    while loop.episode.state.end == nil {
      try loop.step()
      if isWatched { LiveView(loop.episode).show(isFirst: loop.episode.steps.count == 1) }
      start += period
      // Time that a whole period cannot make up for is lost, as after Ctrl-Z.
      let time = now()
      if time > start + period { start = time }
      Waiting.sleep.until(start)
    }
    return loop.episode
  }

  private struct Unwritable: Error, CustomStringConvertible {
    var path, reason: String
    var description: String { "\(path): cannot be written: \(reason)" }
  }

  private static func write(_ text: String, to path: String) throws(Unwritable) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw Unwritable(path: path, reason: error.localizedDescription)
    }
  }
}
