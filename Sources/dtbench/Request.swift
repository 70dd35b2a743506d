/// The program's arguments.
struct Request: Sendable {
  struct Problem: Error {
    var message: String
  }

  var models: [CatalogueEntry] = [CatalogueEntry.all[0]]
  var seconds = 5.0
  var steps: Int?
  var rate = 1000.0
  var waiting = Waiting.spin
  var core: Int?
  var denormals = false
  var json = false
  var svg: String?
  var help = false

  init(arguments: [String]) throws(Problem) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = String(parts[0])
      if try setFlag(option, hasValue: parts.count == 2) { continue }
      guard Self.valued.contains(option) else {
        throw Problem(message: "'\(argument)' is unknown; see 'dtbench --help'")
      }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw Problem(message: "\(option): a value is missing")
      }
      try set(option, to: value)
    }
  }

  private static let valued: Set = [
    "--model", "--seconds", "--steps", "--rate", "--wait", "--core", "--svg",
  ]

  private mutating func setFlag(_ option: String, hasValue: Bool) throws(Problem) -> Bool {
    switch option {
    case "--json": json = true
    case "--denormals": denormals = true
    case "--help", "-h": help = true
    default: return false
    }
    if hasValue { throw Problem(message: "\(option) takes no value") }
    return true
  }

  private mutating func set(_ option: String, to value: String) throws(Problem) {
    switch option {
    case "--model": models = try Self.models(named: value)
    case "--seconds":
      seconds = try Self.number(value, from: 0.01, to: 3600, option)
    case "--steps":
      let most = Double(Budget.mostSteps)
      let number = try Self.number(value, from: 1, to: most, option)
      guard number == number.rounded() else {
        throw Problem(message: "--steps '\(value)': a whole number is accepted")
      }
      steps = Int(number)
    case "--rate": rate = try Self.number(value, from: 0.1, to: 1e6, option)
    case "--wait":
      guard let waiting = Waiting(rawValue: value) else {
        throw Problem(message: "--wait '\(value)': spin and sleep are accepted")
      }
      self.waiting = waiting
    case "--core":
      core = Int(try Self.number(value, from: 0, to: 1023, option))
    default: svg = value
    }
  }

  private static func models(named name: String) throws(Problem) -> [CatalogueEntry] {
    let models = CatalogueEntry.all.filter { name == "all" || $0.name == name }
    guard models.isEmpty else { return models }
    let names = CatalogueEntry.all.map(\.name).joined(separator: ", ")
    throw Problem(message: "--model '\(name)': all, \(names) are accepted")
  }

  private static func number(
    _ text: String, from least: Double, to most: Double, _ option: String
  ) throws(Problem) -> Double {
    guard let number = Double(text), (least...most).contains(number) else {
      throw Problem(
        message: "\(option) '\(text)': a number from \(plain(least)) to \(plain(most)) is accepted")
    }
    return number
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() ? String(Int(number)) : String(number)
  }

  static let helpText = """
    usage: dtbench [options]

    Measures how long the calls of a generated controller take on one core, and what share of the
    core's measured ceilings that is: act and prepare at full speed, the same at a fixed rate (from
    each step's intended start, so that a late start counts), and the first calls after the start.

    options:
      --model <name>    \(CatalogueEntry.all.map(\.name).joined(separator: ", ")), or all
      --seconds <s>     length of each measurement, 5 by default
      --steps <n>       steps of each measurement, instead of a time
      --rate <hertz>    of the loop at a fixed rate, 1000 by default
      --wait spin|sleep how that loop waits for the next step, spin by default
      --core <n>        the core to run on, by default the last one allowed
      --denormals       measures too what denormal inputs and denormal memory cost
      --json            the report as JSON, and nothing else, on standard output
      --svg <file>      writes the distribution of the latencies as a plot
      --help            this text

    Latencies are in microseconds. Build with -c release -Xcc -march=native.
    """
}
