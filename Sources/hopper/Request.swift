import Programs

/// The program's arguments.
struct Request {
  static let recordedSteps = 300

  var steps = recordedSteps
  var json = false
  var selfTest = false
  var help = false

  init(arguments: [String]) throws(OptionList.Problem) {
    let options = try OptionList(
      arguments, flags: ["--json", "--self-test", "--help", "-h"], valued: ["--steps"])
    steps = try options.wholeNumber("--steps", in: 1...Self.recordedSteps) ?? steps
    json = options.has("--json")
    selfTest = options.has("--self-test")
    help = options.has("--help") || options.has("-h")
    if selfTest, arguments.count > 1 {
      throw OptionList.Problem("--self-test is accepted alone")
    }
  }

  static let helpText = """
    usage: hopper [--steps <1...\(recordedSteps)>] [--json]
           hopper --self-test

    Replays a recorded episode of MuJoCo's Hopper-v5 through the controller that the build
    plugin generated from Hopper.dtmodel: the same states and rewards go in, and the actions
    that come out are compared with those of Hugging Face's model. The controller's self test
    comes first; where it fails, or the first replay gives other actions, nothing is timed.

    options:
      --steps <n>  only the first n of \(recordedSteps) recorded steps
      --json       the report as JSON, and nothing else, on standard output
      --self-test  instead, one line: whether this build of the controller computes its checkpoint
      --help       this text

    Exit status: 0 all promises kept; 1 the self test failed, an action differs by more than
    \(HopperProgram.tolerance), or memory was allocated in the control loop; 2 wrong usage.
    """
}
