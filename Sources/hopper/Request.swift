/// The program's arguments.
struct Request {
  struct Problem: Error {
    var message: String
  }

  static let recordedSteps = 300

  var steps = recordedSteps
  var json = false
  var selfTest = false
  var help = false

  init(arguments: [String]) throws(Problem) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      switch (String(parts[0]), parts.count) {
      case ("--steps", _):
        let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() ?? ""
        guard let number = Int(value), (1...Self.recordedSteps).contains(number) else {
          throw Problem(
            message:
              "--steps '\(value)': a whole number from 1 to \(Self.recordedSteps) is accepted")
        }
        steps = number
      case ("--json", 1): json = true
      case ("--self-test", 1) where arguments.count == 1: selfTest = true
      case ("--help", 1), ("-h", 1): help = true
      default:
        throw Problem(
          message:
            "'\(argument)' is unknown; --steps and --json, or --self-test, or --help are accepted")
      }
    }
  }

  static let helpText = """
    usage: hopper [--steps <1...\(recordedSteps)>] [--json]
           hopper --self-test

    Replays a recorded episode of MuJoCo's Hopper-v5 through the controller that the build
    plugin generated from Hopper.dtmodel: the same states and rewards go in, and the actions
    that come out are compared with those of Hugging Face's model.

    options:
      --steps <n>  only the first n of \(recordedSteps) recorded steps
      --json       the report as JSON, and nothing else, on standard output
      --self-test  instead, one line: whether this build of the controller computes its checkpoint
      --help       this text

    Exit status: 0 all promises kept; 1 an action differs by more than \(HopperProgram.tolerance),
    memory was allocated in the control loop, or the self test failed; 2 wrong usage.
    """
}
