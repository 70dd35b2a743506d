import DecisionTransformer
import Foundation
import RecordedEpisodes

/// The program of one vector level: generated types and the runtime, compiled as a user compiles them. It reads
/// questions as JSON from a file and writes the answers to another.
///
/// usage: driver <folder with weights> <questions> <answers>
@main
struct Driver {
  static func main() throws {
    let arguments = CommandLine.arguments
    let decoder = JSONDecoder()
    let questions = try decoder.decode(
      [LevelQuestion].self, from: Data(contentsOf: URL(fileURLWithPath: arguments[2])))
    let answers = questions.map { question -> LevelAnswer in
      do {
        guard let model = models[question.model] else { throw Unknown(model: question.model) }
        let weights = try PackedWeights(path: "\(arguments[1])/\(question.model).weights")
        return try model(question.kind, weights)
      } catch {
        return LevelAnswer(error: "\(error)")
      }
    }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try encoder.encode(answers).write(to: URL(fileURLWithPath: arguments[3]))
  }

  struct Unknown: Error {
    var model: String
  }
}

/// What answers for one model.
typealias Answering = @Sendable (LevelQuestion.Kind, PackedWeights) throws -> LevelAnswer

struct WrongKind: Error {}

func selfTest(_ report: SelfTestReport) -> LevelAnswer {
  LevelAnswer(report: "\(report)", passed: report.passed)
}

func controller<Controller: GeneratedController & ~Copyable>(
  _: Controller.Type,
  forward: (@Sendable (LevelQuestion.Kind, inout Controller) throws -> [String: [[Float]]])? = nil
) -> Answering {
  { kind, weights in
    switch kind {
    case .selfTest: return selfTest(try Controller.selfTest(weights: weights))
    case .episode(
      let states, let rewards, let executed, let target, let step, let newTarget, let pace):
      var replay = Replay<Controller>(
        states: states, rewards: rewards, executed: executed, targetReturn: target,
        retarget: step.map { ($0, newTarget!) }, pace: pace)
      var controller = try Controller(weights: weights)
      try replay.run(&controller)
      return LevelAnswer(rows: ["actions": replay.environmentActions])
    case .forward:
      guard let forward else { throw WrongKind() }
      var controller = try Controller(weights: weights)
      return LevelAnswer(rows: try forward(kind, &controller))
    case .batch, .trunk, .choices: throw WrongKind()
    }
  }
}

func batch<Controller: BatchController & ~Copyable>(
  _: Controller.Type, actionDimension: Int
) -> Answering {
  { kind, weights in
    switch kind {
    case .selfTest: return selfTest(try Controller.selfTest(weights: weights))
    case .batch(let script):
      var controller = try Controller(weights: weights)
      var run = BatchRun<Controller>(script, actionDimension: actionDimension)
      try run.run(&controller)
      // Step by step, all agents' actions one behind the other.
      return LevelAnswer(rows: ["actions": run.actions.map { Array($0.rows.joined()) }])
    case .episode, .forward, .trunk, .choices: throw WrongKind()
    }
  }
}

func choices<Controller: ChoiceController & ~Copyable>(_: Controller.Type) -> Answering {
  { kind, weights in
    switch kind {
    case .selfTest: return selfTest(try Controller.selfTest(weights: weights))
    case .choices(let episode, let pace):
      var controller = try Controller(weights: weights)
      let (numbers, logits) = try episode.run(&controller, pace)
      return LevelAnswer(rows: ["numbers": [numbers.map { Float($0) }], "logits": logits])
    case .episode, .batch, .forward, .trunk: throw WrongKind()
    }
  }
}

/// What is asked of several agents with numbered actions, and of vectors for frames: their self test.
protocol ReplayedAlone: ~Copyable, SendableMetatype {
  static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport
}

func selfTestAlone<Controller: ReplayedAlone & ~Copyable>(_: Controller.Type) -> Answering {
  { kind, weights in
    guard case .selfTest = kind else { throw WrongKind() }
    return selfTest(try Controller.selfTest(weights: weights))
  }
}

/// What every generated trunk has.
protocol Trunk: ~Copyable, SendableMetatype {
  init(weights: PackedWeights) throws(InitializationError)

  mutating func crop(to length: Int)
  mutating func forward(
    inputsEmbeds: Span<Float>, positionIDs: Span<Int>, attentionMask: Span<UInt8>, useCache: Bool,
    lastHiddenState: inout MutableSpan<Float>
  ) throws(TrunkError)
}

func trunk<Type: Trunk & ~Copyable>(_: Type.Type) -> Answering {
  { kind, weights in
    guard case .trunk(let calls) = kind else { throw WrongKind() }
    var trunk = try Type(weights: weights)
    var rows: [[Float]] = []
    for call in calls {
      trunk.crop(to: call.past)
      let inputs = Array(call.inputsEmbeds.joined())
      let (positions, mask) = (call.positions ?? [], (call.mask ?? []).map { UInt8($0 ? 1 : 0) })
      var result = [Float](repeating: .nan, count: inputs.count)
      var output = result.mutableSpan
      try trunk.forward(
        inputsEmbeds: inputs.span, positionIDs: positions.span, attentionMask: mask.span,
        useCache: call.usesCache, lastHiddenState: &output)
      rows.append(result)
    }
    return LevelAnswer(rows: ["last_hidden_state": rows])
  }
}

func array(_ span: Span<Float>) -> [[Float]] {
  var numbers: [Float] = []
  for index in span.indices { numbers.append(span[index]) }
  return [numbers]
}
