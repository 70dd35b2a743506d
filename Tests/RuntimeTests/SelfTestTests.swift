import DecisionTransformer
import Testing

/// The replay and its report, with a controller whose numbers are known.
@Suite struct SelfTestTests {
  @Test func theRightNumbersPass() throws {
    let report = try run(EpisodeBytes())
    #expect(report.passed)
    #expect(report.stepCount == 6)
    #expect(report.comparisonCount == 2 * 2 * 2 + 6)
    #expect(report.worst.difference == 0)
    #expect("\(report)".hasPrefix("self test passed: 14 numbers in 6 steps; worst: "))
  }

  /// Whichever expected number is changed, the report names its stage, step and element.
  @Test func everyWrongNumberIsNamed() throws {
    let places = EpisodeBytes().places
    for (number, place) in places.enumerated() {
      for change: Float in [0.5, -0.5, .nan, .infinity] {
        var episode = EpisodeBytes()
        episode.expected[number] += change
        let report = try run(episode)
        #expect(!report.passed)
        let failure = try #require(report.firstFailure)
        #expect(failure.stage == place.stage)
        #expect(failure.step == place.step)
        #expect(failure.index == place.index)
        #expect(failure.difference == (change.isFinite ? 0.5 : .infinity))
        #expect(failure == report.worst)
        #expect("\(report)".contains("failed") && "\(report)".contains("step \(place.step)"))
      }
    }
  }

  @Test func aDifferenceWithinTheToleranceIsReportedAndPasses() throws {
    var episode = EpisodeBytes()
    episode.expected[1] += 0.0625
    let report = try run(episode)
    #expect(report.passed)
    #expect(report.worst.difference == 0.0625)
    #expect(report.worst.tolerance == 0.125)
    #expect(report.worst.stage == .embedding)
    #expect(report.worst.index == 2)
  }

  @Test func aRefusedStepFails() throws {
    var episode = EpisodeBytes()
    episode.targetReturn = .infinity
    episode.schedule[0] &= ~8
    episode.expected.removeFirst(4)
    let report = try run(episode)
    #expect(!report.passed)
    #expect(report.firstFailure?.stage == .action)
    #expect(report.firstFailure?.difference == .infinity)
    #expect(report.stepCount == 1)
  }

  /// Rows that a model folder expects: the same bytes behind the synthetic episode, which say how many they are.
  @Test func expectedRowsAreReplayedBehind() throws {
    var rows = EpisodeBytes()
    let report = try run(EpisodeBytes().bytes(following: rows.bytes))
    #expect(report.passed)
    #expect(report.stepCount == 12)
    #expect(report.comparisonCount == 2 * (2 * 2 * 2 + 6))
    rows.expected[4] += 0.5
    let failed = try run(EpisodeBytes().bytes(following: rows.bytes))
    #expect(!failed.passed && failed.stepCount == 12)
    #expect(failed.firstFailure?.stage == .expectedAction)
    #expect(failed.firstFailure?.step == 0)
    #expect("\(failed)".contains("first: expected action of step 0, element 0: difference 0.5"))
    // Where the first replay is refused, there is no second.
    var refused = EpisodeBytes()
    refused.targetReturn = .infinity
    refused.schedule[0] &= ~8
    refused.expected.removeFirst(4)
    let first = try run(refused.bytes(following: EpisodeBytes().bytes))
    #expect(!first.passed && first.stepCount == 1)
    let second = try run(EpisodeBytes().bytes(following: refused.bytes))
    #expect(second.firstFailure?.stage == .expectedAction)
    #expect(!second.passed && second.stepCount == 7)
  }

  @Test func expectedRowsOfAnotherLengthAreRefused() throws {
    let rows = EpisodeBytes().bytes
    for count in 1..<rows.count {
      #expect(throws: InitializationError.unfitSelfTest, "\(count) bytes") {
        try run(EpisodeBytes().bytes(following: Array(rows.prefix(count))))
      }
    }
    let whole = EpisodeBytes().bytes(following: rows)
    for wrong in [UInt32(rows.count) - 4, UInt32(rows.count) + 4, .max, 1 << 31] {
      var section = whole
      for byte in 0..<4 { section[32 + byte] = UInt8(truncatingIfNeeded: wrong >> (8 * byte)) }
      #expect(throws: InitializationError.unfitSelfTest, "\(wrong)") { try run(section) }
    }
    // There are two episodes at most.
    let third = EpisodeBytes().bytes(following: EpisodeBytes().bytes(following: rows))
    #expect(throws: InitializationError.unfitSelfTest) { try run(third) }
  }

  @Test func nothingComparedIsNoPass() throws {
    var episode = EpisodeBytes()
    episode.schedule = episode.schedule.map { $0 & 3 }
    episode.expected = []
    let report = try run(episode)
    #expect(!report.passed)
    #expect("\(report)" == "self test failed: nothing was compared")
    #expect(throws: SelfTestFailure.self) { try report.requirePassed() }
  }

  @Test func aProgramGoesOnOnlyWhereItPassed() throws {
    try run(EpisodeBytes()).requirePassed()
    var episode = EpisodeBytes()
    episode.expected[1] += 0.5
    let report = try run(episode)
    do {
      try report.requirePassed()
      Issue.record("a failed self test was let through")
    } catch {
      #expect(error.report == report)
      #expect(
        "\(error)".hasPrefix(
          "self test failed: 14 numbers in 6 steps; first: embedding of step 0, "))
      #expect(
        "\(error)".hasSuffix(
          "this program does not compute its checkpoint here, or its weights were made with other options"
        ))
    }
  }

  @Test func weightsWithoutOneAreRefused() throws {
    #expect(throws: InitializationError.noSelfTest) { try run([]) }
  }

  @Test func everyOtherLengthIsRefused() throws {
    let bytes = EpisodeBytes().bytes
    for count in 1..<bytes.count {
      #expect(throws: InitializationError.unfitSelfTest, "\(count) bytes") {
        try run(Array(bytes.prefix(count)))
      }
    }
    #expect(throws: InitializationError.unfitSelfTest) { try run(bytes + [0, 0, 0, 0]) }
  }

  /// A crafted section with a right checksum may say anything: it is refused or compared, and no byte beyond
  /// its end is read.
  @Test func noSectionIsTooWrong() throws {
    var numbers = Numbers(seed: 11)
    let bytes = EpisodeBytes().bytes
    var refusals = 0
    let twice = EpisodeBytes().bytes(following: bytes)
    for round in 0..<4000 {
      var damaged = round % 2 == 0 ? bytes : twice
      for _ in 0..<(1 + numbers.word() % 4) {
        // Half of the damage hits the header, in whole words.
        let value = UInt32(truncatingIfNeeded: numbers.word() >> 32)
        let place = numbers.word() % 2 == 0 ? Int(numbers.word() % 9) : Int(numbers.word() >> 1)
        let word = place % (damaged.count / 4)
        for byte in 0..<4 {
          damaged[4 * word + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
        }
      }
      do throws(InitializationError) {
        _ = try run(damaged)
      } catch {
        #expect(error == .unfitSelfTest)
        refusals += 1
      }
    }
    #expect(refusals > 1000 && refusals < 4000)
  }

  private func run(_ episode: EpisodeBytes) throws(InitializationError) -> SelfTestReport {
    try run(episode.bytes)
  }

  private func run(_ section: [UInt8]) throws(InitializationError) -> SelfTestReport {
    let file =
      PackedWeights.header(
        layoutDigest: 1, byteCount: 0,
        checksum: PackedWeights.checksum(UnsafeRawBufferPointer(start: nil, count: 0)),
        selfTest: section) + section
    let memory = AlignedMemory(byteCount: file.count)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base, count: file.count)
    buffer.copyBytes(from: file)
    return try Adder.selfTest(weights: PackedWeights(UnsafeRawBufferPointer(buffer)))
  }
}

/// Adds its inputs: two state components, one action, rows of three, one layer.
private struct Adder: ~Copyable, SelfTestable {
  typealias State = InlineArray<2, Float>
  typealias Action = InlineArray<1, Float>

  static var stateDimension: Int { 2 }
  static var actionDimension: Int { 1 }
  static var hiddenSize: Int { 3 }
  static var layerCount: Int { 1 }
  static var memorySize: Int { 64 }

  private let row: UnsafeMutablePointer<Float>
  private var state = State(repeating: 0)
  private var total: Float = 0
  private var isAlone = false

  static func selfTest(
    weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
  ) throws(InitializationError) -> SelfTestReport {
    var adder = Adder(row: memory.baseAddress!.assumingMemoryBound(to: Float.self))
    return try SelfTest.run(&adder, weights) { adder, stage, alone in
      // What the replay says of the return token is what the controller was told.
      #expect(alone == adder.isAlone)
      for index in 0..<3 {
        adder.row[index] = adder.state[0] + Float(index) + 10 * Float(stage)
      }
      return Floats(adder.row)
    }
  }

  private init(row: UnsafeMutablePointer<Float>) { self.row = row }

  mutating func reset(targetReturn: Float) { total = targetReturn }

  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action {
    guard total.isFinite else { throw .nonFiniteReturn }
    self.state = state
    isAlone = returnIsKnown
    returnIsKnown = false
    total += state[1] - (reward ?? 0)
    return [total]
  }

  private var returnIsKnown = false

  mutating func prepare() { total += 100 }

  mutating func prepare(executed: Action, reward: Float?) throws(StepError) {
    total += executed[0] - (reward ?? 0)
    returnIsKnown = reward != nil
  }
}

/// A section as `SelfTestEpisode` documents it: six steps over three rows of inputs, elements 0 and 2 of
/// each row compared in the first and the last step.
private struct EpisodeBytes {
  var targetReturn: Float = 7
  var schedule: [UInt8] = [4 | 8 | 1, 4, 4 | 2, 4 | 3, 4 | 3, 4 | 8]
  var expected: [Float] = []
  private static let inputs: [[Float]] = [[1, 2, 0.5, 4], [-3, 1, 0.25, 2], [8, 0.5, -1, -6]]

  init() {
    // By hand: prepare() adds 100; executed actions are added; rewards are subtracted once.
    var total = targetReturn
    for step in 0..<6 {
      let (state, before) = (Self.inputs[step % 3], Self.inputs[(step + 2) % 3])
      total += state[1]
      if step > 0 {
        total -= before[3]
        switch schedule[step - 1] & 3 {
        case 1: total += 100
        case 2, 3: total += before[2]
        default: break
        }
      }
      if schedule[step] & 8 != 0 {
        expected += [state[0], state[0] + 2, state[0] + 10, state[0] + 12]
      }
      expected.append(total)
    }
  }

  /// Where each expected number is compared.
  var places: [(stage: SelfTestStage, step: Int, index: Int)] {
    (0..<6).flatMap { step -> [(stage: SelfTestStage, step: Int, index: Int)] in
      let rows: [(SelfTestStage, Int, Int)] =
        schedule[step] & 8 == 0
        ? []
        : [
          (.embedding, step, 0), (.embedding, step, 2), (.block(layer: 0), step, 0),
          (.block(layer: 0), step, 2),
        ]
      return rows + [(.action, step, 0)]
    }
  }

  var bytes: [UInt8] { bytes(following: []) }

  /// With another episode behind this one.
  func bytes(following: [UInt8]) -> [UInt8] {
    func words(_ values: [UInt32]) -> [UInt8] {
      values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
      }
    }
    func floats(_ values: [Float]) -> [UInt8] { words(values.map(\.bitPattern)) }
    let header = words(
      [6, 2, 1, 3, 2, 2, 3, targetReturn.bitPattern, UInt32(following.count)]
        + Array(repeating: 0, count: 7))
    let tolerances = floats([0.125, 0.125, 0.125])
    return header + schedule + [0, 0] + words([0, 2]) + tolerances
      + floats(Array(Self.inputs.joined())) + floats(expected) + following
  }
}
