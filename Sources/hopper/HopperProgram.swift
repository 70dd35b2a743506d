import Foundation
import Programs

/// Replays a recorded MuJoCo episode through the generated controller, and reports how far its
/// actions are from Hugging Face's, how long a call takes, and what it asks of the allocator.
@main
struct HopperProgram {
  /// The largest difference of an action that counts as the same function.
  static let tolerance = 1e-5

  static func main() {
    do {
      let request = try Request(arguments: Array(CommandLine.arguments.dropFirst()))
      guard !request.help else {
        print(Request.helpText)
        exit(0)
      }
      guard !request.selfTest else {
        let report = try Hopper.selfTest()
        print(report)
        exit(report.passed ? 0 : 1)
      }
      // No figure of a program that computes something else.
      try Hopper.selfTest().requirePassed()
      let report = try report(request)
      print(request.json ? report.json : report.text)
      exit(report.isGood ? 0 : 1)
    } catch let error as OptionList.Problem {
      Console.error("hopper: \(error.message); see 'hopper --help'")
      exit(2)
    } catch {
      Console.error("hopper: \(error)")
      exit(1)
    }
  }

  private static func report(_ request: Request) throws -> Report {
    let episode = try Episode(path: Episode.bundledPath).prefix(request.steps)
    let replay = Replay(episode: episode)
    let measurements = try replay.run { pass in
      Console.progress(pass.map { "hopper: replaying, pass \($0) ..." })
    }
    return Report(measurements)
  }
}
