import DecisionTransformer
import Foundation
import Programs

/// Closes the loop: the generated controller drives a simulated pendulum.
@main
struct PendulumProgram {
  static func main() {
    do {
      let request = try Request(arguments: Array(CommandLine.arguments.dropFirst()))
      if request.help {
        Console.output(Request.helpText)
      } else {
        // No figure, and no torque, of a controller that computes something else.
        try Pendulum.selfTest().requirePassed()
        if let targets = request.sweep {
          try sweep(targets, request)
        } else {
          try drive(request)
        }
      }
      exit(0)
    } catch let error as OptionList.Problem {
      Console.error("pendulum: \(error.message); see 'pendulum --help'")
      exit(2)
    } catch {
      Console.error("pendulum: \(error)")
      exit(1)
    }
  }

  private static func sweep(_ targets: [Float], _ request: Request) throws {
    let seeds = (0..<UInt64(request.seeds)).map { request.seed + $0 }
    defer { Console.progress(nil) }
    let sweep = try Sweep(targets: targets, seeds: seeds) { part in
      Console.progress("pendulum: \(Int(part * 100)) % of \(targets.count * seeds.count) episodes")
    }
    if let path = request.svg { try write(SweepFigure(sweep).svg, to: path) }
    Console.progress(nil)
    Console.output(request.json ? Report.json(sweep) : Report.text(sweep))
  }

  private static func drive(_ request: Request) throws {
    var loop = try ControlLoop()
    if !request.json { Console.output(Report.build) }
    var outcomes: [Outcome] = []
    let isWatched = !request.fast && !request.json && Console.movesCursor
    let over = { (episode: Episode) in
      guard !episode.steps.isEmpty else { return }
      if outcomes.isEmpty, let path = request.svg {
        try write(EpisodeFigure(episode).svg, to: path)
      }
      outcomes.append(Outcome(episode))
      if !request.json, !isWatched { Console.output(Report.text(outcomes.last!)) }
    }
    if request.fast {
      for index in 0..<(request.episodes ?? 1) {
        try over(loop.run(seed: request.seed + UInt64(index), target: request.target))
      }
    } else {
      var realTime = RealTime(display: request.json ? .none : isWatched ? .view : .lines)
      try realTime.run(&loop, request, over: over)
    }
    if request.json {
      Console.output(Report.json(outcomes))
    } else if isWatched {
      // The view is gone; a window full of what it showed stays.
      for outcome in outcomes.suffix(20) { Console.output(Report.text(outcome)) }
    }
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
