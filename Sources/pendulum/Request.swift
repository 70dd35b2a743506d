import Foundation
import Programs

/// The program's arguments.
struct Request {
  static let defaultTarget = Pendulum.defaultTargetReturn
  static let defaultSweep: [Float] = [-1600, -1200, -800, -400, -200]
  static let defaultSweepSeeds = 20
  private static let mostEpisodes = 10_000

  /// nil: episode after episode, until interrupted.
  var episodes: Int?
  var fast = false
  var target = defaultTarget
  /// The first seed: episode i has this one plus i.
  var seed: UInt64 = 0
  /// The targets to sweep over; nil without a sweep.
  var sweep: [Float]?
  var seeds = defaultSweepSeeds
  var svg: String?
  var json = false
  var help = false

  init(arguments: [String]) throws(OptionList.Problem) {
    let options = try OptionList(
      arguments, flags: ["--fast", "--json", "--help", "-h"],
      valued: ["--episodes", "--target", "--seed", "--seeds", "--svg"],
      optionallyValued: ["--sweep"])
    help = options.has("--help") || options.has("-h")
    fast = options.has("--fast")
    json = options.has("--json")
    svg = options.value(of: "--svg")
    episodes = try options.wholeNumber("--episodes", in: 1...Self.mostEpisodes) ?? (fast ? 1 : nil)
    if let text = options.value(of: "--target") { target = try Self.target(text, "--target") }
    // Room for the seeds behind the first.
    seed = UInt64(try options.wholeNumber("--seed", in: 0...Int(Int32.max)) ?? 0)
    seeds = try options.wholeNumber("--seeds", in: 1...Self.mostEpisodes) ?? seeds
    if options.has("--sweep") {
      sweep = try options.value(of: "--sweep").map(Self.targets) ?? Self.defaultSweep
      for other in ["--episodes", "--target", "--fast"] where options.has(other) {
        throw OptionList.Problem("\(other) is not accepted with --sweep")
      }
    } else if options.has("--seeds") {
      throw OptionList.Problem("--seeds is accepted with --sweep only")
    }
    if json, sweep == nil, episodes == nil, !help {
      throw OptionList.Problem("--json needs an end: --sweep, --fast or --episodes")
    }
  }

  /// In the order in which they are given.
  private static func targets(_ list: String) throws(OptionList.Problem) -> [Float] {
    var targets: [Float] = []
    for text in list.split(separator: ",", omittingEmptySubsequences: false) {
      let target = try target(String(text), "--sweep")
      guard !targets.contains(target) else {
        throw OptionList.Problem("--sweep '\(list)': \(text) is there twice")
      }
      targets.append(target)
    }
    return targets
  }

  private static func target(
    _ text: String, _ option: String
  ) throws(OptionList.Problem) -> Float {
    guard let target = Float(text), (-1e6...1e6).contains(target) else {
      let number = "a number from -1000000 to 1000000"
      throw OptionList.Problem(
        option == "--sweep"
          ? "--sweep '\(text)': \(number), or several with commas between them, is accepted"
          : "\(option) '\(text)': \(number) is accepted")
    }
    return target
  }

  static let helpText = """
    usage: pendulum [--target <return>] [--episodes <n>] [--fast] [--seed <n>] [--svg <file>] [--json]
           pendulum --sweep [<return>,...] [--seeds <n>] [--seed <n>] [--svg <file>] [--json]

    Swings up Gymnasium's Pendulum-v1, written in Swift, with the controller that the build plugin
    generated from Pendulum.dtmodel: 20 steps a second, 200 steps an episode, episode after episode
    until Ctrl-C. On a terminal it shows the pendulum; elsewhere it prints a line a second.

    options:
      --target <return>   what the controller is to collect in an episode; default \
    \(Report.number(Double(defaultTarget)))
      --episodes <n>      ends after n episodes
      --fast              does not wait between steps; one episode unless --episodes says more
      --seed <n>          draws the first episode's start, n + 1 the second's; default 0
      --sweep [<list>]    instead: mean and spread of the return for every target in the list, over the
                          same starts; default \
    \(defaultSweep.map { Report.number(Double($0)) }.joined(separator: ","))
      --seeds <n>         the sweep's starts: seeds --seed, --seed + 1, ...; default \(defaultSweepSeeds)
      --svg <file>        draws the first episode (trajectory and phase plot), or the sweep
      --json              returns as JSON, and nothing else, on standard output
      --help              this text

    The controller's self test comes first: a build that does not compute its checkpoint drives nothing.
    NO_COLOR=1 in the environment leaves colours out. Build with -c release -Xcc -march=native.
    Exit status: 0 done or interrupted; 1 something failed; 2 wrong usage.
    """
}
