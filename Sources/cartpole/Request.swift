import Foundation
import Programs

/// The program's arguments.
struct Request {
  static let defaultTarget = CartPole.defaultTargetReturn
  static let defaultSweep: [Float] = [15, 30, 60, 100, 200, 400]
  static let defaultSweepSeeds = 20
  private static let mostEpisodes = 10_000

  var episodes = 1
  var fast = false
  /// Actions are drawn.
  var samples = false
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
      arguments, flags: ["--fast", "--sample", "--json", "--help", "-h"],
      valued: ["--episodes", "--target", "--seed", "--seeds", "--svg"],
      optionallyValued: ["--sweep"])
    help = options.has("--help") || options.has("-h")
    fast = options.has("--fast")
    samples = options.has("--sample")
    json = options.has("--json")
    svg = options.value(of: "--svg")
    episodes = try options.wholeNumber("--episodes", in: 1...Self.mostEpisodes) ?? episodes
    if let text = options.value(of: "--target") { target = try Self.target(text, "--target") }
    // Room for the seeds behind the first.
    seed = UInt64(try options.wholeNumber("--seed", in: 0...Int(Int32.max)) ?? 0)
    seeds = try options.wholeNumber("--seeds", in: 1...Self.mostEpisodes) ?? seeds
    if options.has("--sweep") {
      sweep = try options.value(of: "--sweep").map(Self.targets) ?? Self.defaultSweep
      for other in ["--episodes", "--target", "--fast", "--svg"] where options.has(other) {
        throw OptionList.Problem("\(other) is not accepted with --sweep")
      }
    } else if options.has("--seeds") {
      throw OptionList.Problem("--seeds is accepted with --sweep only")
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
    guard let target = Float(text), (0...1000).contains(target) else {
      let several = option == "--sweep" ? ", or several with commas between them," : ""
      throw OptionList.Problem("\(option) '\(text)': a number from 0 to 1000\(several) is accepted")
    }
    return target
  }

  static let helpText = """
    usage: cartpole [--target <return>] [--episodes <n>] [--seed <n>] [--sample] [--fast] [--svg <file>] [--json]
           cartpole --sweep [<return>,...] [--seeds <n>] [--seed <n>] [--sample] [--json]

    Balances Gymnasium's CartPole-v1, written in Swift, with the controller that the build plugin generated
    from CartPole.dtmodel: 50 steps a second, until the pole falls, the cart leaves the track, or after 500
    steps. The reward is 1 a step, so the return is how long it lasts, and the target how long it should.
    On a terminal it shows the cart.

    options:
      --target <return>   what the controller is to collect in an episode; default \
    \(Report.number(Double(defaultTarget)))
      --episodes <n>      episodes, one after the other; default 1
      --seed <n>          draws the first episode's start, n + 1 the second's; default 0
      --sample            draws each action from the model's distribution, with the generator that drew
                          the start; otherwise the most probable one is taken
      --fast              does not wait between steps, and shows no cart
      --sweep [<list>]    instead: mean and spread of the return for every target in the list, over the
                          same starts; default \
    \(defaultSweep.map { Report.number(Double($0)) }.joined(separator: ","))
      --seeds <n>         the sweep's starts: seeds --seed, --seed + 1, ...; default \(defaultSweepSeeds)
      --svg <file>        draws the first episode
      --json              returns as JSON, and nothing else, on standard output
      --help              this text

    The controller's self test comes first: a build that does not compute its checkpoint drives nothing.
    Build with -c release -Xcc -march=native.
    Exit status: 0 done; 1 something failed; 2 wrong usage.
    """
}
