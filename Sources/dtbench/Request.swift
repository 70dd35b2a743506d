import Programs

/// The program's arguments.
struct Request: Sendable {
  var models: [CatalogueEntry] = [CatalogueEntry.all[0]]
  var seconds = 5.0
  var steps: Int?
  var rate = 1000.0
  var waiting = Waiting.spin
  var core: Int?
  var denormals = false
  /// Whether operations are measured one by one.
  var explains = false
  /// A shared library of the same model, measured beside it.
  var library: String?
  var json = false
  var svg: String?
  var help = false

  init(arguments: [String]) throws(OptionList.Problem) {
    let options = try OptionList(
      arguments, flags: ["--denormals", "--explain", "--json", "--help", "-h"],
      valued: [
        "--model", "--seconds", "--steps", "--rate", "--wait", "--core", "--library", "--svg",
      ])
    models = try options.value(of: "--model").map(Self.models) ?? models
    seconds = try options.number("--seconds", from: 0.01, to: 3600) ?? seconds
    steps = try options.wholeNumber("--steps", in: 1...Budget.mostSteps)
    rate = try options.number("--rate", from: 0.1, to: 1e6) ?? rate
    if let name = options.value(of: "--wait") {
      guard let waiting = Waiting(rawValue: name) else {
        throw OptionList.Problem("--wait '\(name)': spin and sleep are accepted")
      }
      self.waiting = waiting
    }
    core = try options.wholeNumber("--core", in: 0...1023)
    denormals = options.has("--denormals")
    explains = options.has("--explain")
    library = options.value(of: "--library")
    json = options.has("--json")
    svg = options.value(of: "--svg")
    help = options.has("--help") || options.has("-h")
  }

  private static func models(named name: String) throws(OptionList.Problem) -> [CatalogueEntry] {
    let models = CatalogueEntry.all.filter { name == "all" || $0.name == name }
    guard models.isEmpty else { return models }
    let names = CatalogueEntry.all.map(\.name).joined(separator: ", ")
    throw OptionList.Problem("--model '\(name)': all, \(names) are accepted")
  }

  static let helpText = """
    usage: dtbench [options]

    Measures how long the calls of a generated controller take on one core, and what share of the
    core's measured ceilings that is: act and prepare at full speed, with the reward given to act
    and to prepare; the same at a fixed rate (from each step's intended start, so that a late start
    counts); and the first calls after the start. Before anything is reported, the controller's self
    test has to pass, and that of the library; else the exit status is 1 and there is no figure.

    options:
      --model <name>    \(CatalogueEntry.all.map(\.name).joined(separator: ", ")), or all
      --seconds <s>     length of each measurement, 5 by default
      --steps <n>       steps of each measurement, instead of a time
      --rate <hertz>    of the loop at a fixed rate, 1000 by default
      --wait spin|sleep how that loop waits for the next step, spin by default
      --core <n>        the core to run on, by default the last one allowed
      --denormals       measures too what denormal inputs and denormal memory cost
      --explain         measures too each operation of act and prepare, against the rates of
                        arithmetic and of the caches: where the time goes, and what another
                        precision would read
      --library <file>  measures too what the calls of lib<name>.so take, made of the same
                        model by dtgen library: what calling through C costs
      --json            the report as JSON, and nothing else, on standard output
      --svg <file>      writes the distribution of the latencies as a plot
      --help            this text

    Latencies are in microseconds. Build with -c release -Xcc -march=native.
    """
}
