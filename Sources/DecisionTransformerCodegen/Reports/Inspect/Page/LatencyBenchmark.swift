/// What `dtbench --json` measured of one model.
public struct LatencyBenchmark: Equatable, Sendable {
  /// Microseconds of one kind of call.
  public struct Latency: Equatable, Sendable {
    public var name: String
    public var min, p50, p90, p99, p999, max: Double
    /// Nil in files of earlier versions.
    public var histogram: Histogram?

    public init(
      name: String, min: Double, p50: Double, p90: Double, p99: Double, p999: Double, max: Double,
      histogram: Histogram? = nil
    ) {
      (self.name, self.min, self.p50, self.p90) = (name, min, p50, p90)
      (self.p99, self.p999) = (p99, p999)
      self.max = max
      self.histogram = histogram
    }
  }

  /// Calls by latency, in bins as wide as a fixed part of an octave.
  public struct Histogram: Equatable, Sendable {
    public var binsPerOctave: Int
    /// Bin i begins at 2^(i / binsPerOctave) microseconds.
    public var firstBin: Int
    public var counts: [Int]
  }

  /// The file as the user knows it.
  public var path: String
  public var processor: String
  /// The vector instructions the program was built for.
  public var vectorLevel: String
  /// Whether the measured program passed its self test in the same run; nil in files of earlier versions.
  public var selfTestPassed: Bool?
  public var steps: Int
  public var latencies: [Latency]

  public init(
    path: String, processor: String, vectorLevel: String, selfTestPassed: Bool? = nil, steps: Int,
    latencies: [Latency]
  ) {
    self.path = path
    self.processor = processor
    self.vectorLevel = vectorLevel
    self.selfTestPassed = selfTestPassed
    self.steps = steps
    self.latencies = latencies
  }
}

extension LatencyBenchmark {
  /// Reads the report of `model` from a file of dtbench: one report, or an array of which one is the model's.
  ///
  /// Throws where it is none, is of another model, or of another shape of this one.
  public static func read(
    path: String, model: String, plan: Plan
  ) throws(InvalidInput) -> LatencyBenchmark {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch {
      throw InvalidInput([error])
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(file.withBytes { Array($0) })
    } catch {
      throw InvalidInput([Diagnostic(path: path, key: error.position, error.message)])
    }
    var reader = LatencyBenchmarkReader(path: path)
    let benchmark = reader.read(value, model: model, plan: plan)
    guard reader.problems.isEmpty, let benchmark else { throw InvalidInput(reader.problems) }
    return benchmark
  }
}

/// Takes a benchmark's values out of JSON and collects what is wrong with them.
private struct LatencyBenchmarkReader {
  package let path: String
  package private(set) var problems: [Diagnostic] = []

  package init(path: String) { self.path = path }

  private mutating func reject(_ key: String, _ message: String) {
    problems.append(Diagnostic(path: path, key: key, message))
  }

  package mutating func read(_ value: JSONValue, model: String, plan: Plan) -> LatencyBenchmark? {
    guard let report = report(in: value, of: model) else { return nil }
    check(report, plan)
    let machine = report["machine"]
    var benchmark = LatencyBenchmark(
      path: path, processor: text(machine, "processor", in: "machine"),
      vectorLevel: text(machine, "vector_level", in: "machine"),
      selfTestPassed: selfTestPassed(report), steps: whole(report, "steps", in: nil, 1...Int.max),
      latencies: [])
    for (key, name) in [("act", "act"), ("prepare", "prepare"), ("spin", "spin loop")] {
      var bins: LatencyBenchmark.Histogram?
      if let value = report["histogram"]?[key] { bins = histogram(value, "histogram.\(key)") }
      if let latency = latency(report, key, name: name, bins) {
        benchmark.latencies.append(latency)
      }
    }
    return benchmark
  }

  /// The report whose model has the name.
  private mutating func report(in value: JSONValue, of model: String) -> JSONValue? {
    let reports: [JSONValue] = if case .array(let elements) = value { elements } else { [value] }
    let wanted = JSONValue.string(model)
    if let report = reports.first(where: { $0["model"] == wanted }) { return report }
    let found = reports.map { $0["model"]?.excerpt ?? "nothing" }.joined(separator: ", ")
    reject(
      "model", "found \(found.isEmpty ? "nothing" : found); accepted: \(wanted.excerpt)")
    return nil
  }

  /// A benchmark of another shape would be shown beside costs that are not its own.
  private mutating func check(_ report: JSONValue, _ plan: Plan) {
    let expected = [
      ("feedback_multiply_adds", plan.multiplyAdds(of: plan.feedback)),
      ("preparation_multiply_adds", plan.multiplyAdds(of: plan.preparation)),
      ("packed_weight_bytes", plan.weights.byteCount),
    ]
    for (key, number) in expected where report["work"]?[key] != .integer(number) {
      reject(
        "work.\(key)",
        "found \(report["work"]?[key]?.excerpt ?? "nothing"); accepted: \(number), that of this model"
      )
    }
  }

  /// Figures of a program that computes something else are none.
  private mutating func selfTestPassed(_ report: JSONValue) -> Bool? {
    guard let selfTest = report["self_test"] else { return nil }
    guard selfTest["passed"] == .bool(true) else {
      reject(
        "self_test.passed",
        "found \(selfTest["passed"]?.excerpt ?? "nothing"); accepted: true, for a measurement of a program "
          + "that computes its checkpoint")
      return false
    }
    return true
  }

  private mutating func latency(
    _ report: JSONValue, _ key: String, name: String, _ histogram: LatencyBenchmark.Histogram?
  ) -> LatencyBenchmark.Latency? {
    guard let value = report[key] else {
      reject(key, "is missing; accepted: latencies in microseconds")
      return nil
    }
    let names = ["min", "p50", "p90", "p99", "p99.9", "max"]
    let numbers = names.compactMap { value[$0]?.asDouble }
    guard numbers.count == names.count, numbers == numbers.sorted(), numbers[0] > 0 else {
      reject(
        key,
        "found \(value.excerpt); accepted: \(names.joined(separator: ", ")), above 0 and rising")
      return nil
    }
    return LatencyBenchmark.Latency(
      name: name, min: numbers[0], p50: numbers[1], p90: numbers[2], p99: numbers[3],
      p999: numbers[4], max: numbers[5], histogram: histogram)
  }

  private mutating func histogram(
    _ value: JSONValue, _ key: String
  ) -> LatencyBenchmark.Histogram? {
    let perOctave = whole(value, "bins_per_octave", in: key, 1...1024)
    let first = whole(value, "first_bin", in: key, -65_536...65_536)
    guard case .array(let elements)? = value["counts"], (1...65_536).contains(elements.count) else {
      reject("\(key).counts", "accepted: an array of 1 to 65536 whole numbers")
      return nil
    }
    let counts = elements.compactMap { element in
      if case .integer(let count) = element, (0...1 << 40).contains(count) { count } else { nil }
    }
    guard counts.count == elements.count, counts.contains(where: { $0 > 0 }) else {
      reject("\(key).counts", "accepted: whole numbers of calls, one above 0")
      return nil
    }
    return LatencyBenchmark.Histogram(binsPerOctave: perOctave, firstBin: first, counts: counts)
  }

  private mutating func text(_ value: JSONValue?, _ key: String, in place: String) -> String {
    if case .string(let text)? = value?[key] { return text }
    reject("\(place).\(key)", "found \(value?[key]?.excerpt ?? "nothing"); accepted: a string")
    return ""
  }

  private mutating func whole(
    _ value: JSONValue, _ key: String, in place: String?, _ range: ClosedRange<Int>
  ) -> Int {
    if case .integer(let number)? = value[key], range.contains(number) { return number }
    let name = place.map { "\($0).\(key)" } ?? key
    reject(name, "found \(value[key]?.excerpt ?? "nothing"); accepted: a whole number in range")
    return range.lowerBound
  }
}

extension JSONValue {
  /// The member of an object.
  fileprivate subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}
