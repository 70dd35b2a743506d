import DecisionTransformer
import Foundation
import ModelMatrix
import Testing

@testable import dtbench

extension BoundedLoop: ExplainedController {}
extension ExactReturns: ExplainedController {}

/// What `dtbench --explain` makes of small models and of made-up times.
@Suite("An explanation")
struct ExplanationTests {
  private static let rates = Explanation.Rates(
    multiplyAdd: 100, nearCache: 50, farCache: 10, nearBytes: 1 << 18, farBytes: 1 << 21)

  @Test("has every operation of both phases, whose sums are what the calls cost")
  func sums() throws {
    try expectSums(BoundedLoop.self)
    try expectSums(ExactReturns.self)
  }

  private func expectSums<Controller: ExplainedController & ~Copyable>(
    _: Controller.Type
  ) throws {
    let times = try OperationTimes(Controller.self, budget: Budget(steps: 3, seconds: 60))
    #expect(times.rounds == 3 && times.inLoop.count == Controller.operationCount)
    #expect((times.inLoop + times.again).allSatisfy { $0 >= 0 && $0.isFinite })
    let explanation = Explanation(
      Controller.self, times: times, rates: Self.rates, calls: [.act: 1, .prepare: 2])
    let operations = explanation.operations
    #expect(operations.count == Controller.operationCount)
    let act = operations.filter { $0.phase == "act" }
    let prepare = operations.filter { $0.phase == "prepare" }
    #expect(act.reduce(0) { $0 + $1.multiplyAdds } == Controller.feedbackMultiplyAdds)
    #expect(act.reduce(0) { $0 + $1.weightBytes } == Controller.feedbackWeightBytes)
    #expect(prepare.reduce(0) { $0 + $1.multiplyAdds } == Controller.preparationMultiplyAdds)
    for operation in operations {
      #expect(operation.weightBytesByPrecision["float32"] == operation.weightBytes)
      #expect(operation.weightBytesByPrecision["bfloat16"]! <= operation.weightBytes)
    }
    let text = explanation.text
    #expect(text.split(separator: "\n").count >= operations.count + 6)
    #expect(explanation.phases.map(\.name) == ["act", "prepare"])
    for phase in explanation.phases {
      #expect(phase.weightBytesByPrecision["bfloat16"]! < phase.weightBytes)
      #expect(text.contains("as bfloat16 \(phase.weightBytesByPrecision["bfloat16"]!)"))
    }
    #expect(try JSONEncoder().encode(explanation).count > 1000)
  }

  @Test("says what holds an operation up by what is measured and by the rates")
  func bounds() {
    let count = BoundedLoop.operationCount
    func bound(_ index: Int, inLoop: Double, again: Double) -> Explanation.Bound {
      var times = OperationTimes(
        inLoop: Array(repeating: 1, count: count), again: Array(repeating: 1, count: count),
        rounds: 1)
      (times.inLoop[index], times.again[index]) = (inLoop, again)
      return Explanation(BoundedLoop.self, times: times, rates: Self.rates, calls: [:])
        .operations[index].bound
    }
    let largest = (0..<count).max {
      BoundedLoop.operation($0).multiplyAdds < BoundedLoop.operation($1).multiplyAdds
    }!
    let operation = BoundedLoop.operation(largest)
    let arithmetic = Double(2 * operation.multiplyAdds) / 100_000
    let bytes = Double(operation.weightBytes + operation.memoryBytes)
    let (near, far) = (bytes / 50_000, bytes / 10_000)
    #expect(bound(largest, inLoop: 2 * far, again: far) == .farCache)
    let higher = max(arithmetic, near)
    #expect(
      bound(largest, inLoop: higher, again: higher)
        == (arithmetic >= near ? .arithmetic : .nearCache))
    #expect(bound(largest, inLoop: 10 * higher, again: 10 * higher) == .instructions)
    let small = (0..<count).first { BoundedLoop.operation($0).multiplyAdds == 0 }!
    #expect(bound(small, inLoop: 100, again: 100) == .instructions)
  }

  @Test("runs operations that leave the loop as it was, but for those that move the window")
  func repetition() throws {
    try expectRepetition(BoundedLoop.self)
    try expectRepetition(ExactReturns.self)
  }

  private func expectRepetition<Controller: ExplainedController & ~Copyable>(
    _: Controller.Type
  ) throws where Controller.State: FixedNumbers {
    let episode = Episode<Controller.State>()
    var plain = try Controller()
    var repeated = try Controller()
    plain.reset(targetReturn: 4)
    repeated.reset(targetReturn: 4)
    func run(_ phase: PhaseOperation.Phase) {
      for index in 0..<Controller.operationCount {
        let operation = Controller.operation(index)
        guard operation.phase == phase, !"\(operation.name)".hasPrefix("slide") else { continue }
        repeated.run(operation: index)
      }
    }
    // An action token has the timestep of the step that ends; it is repeated a step later, and into a slot that moves.
    for step in 0..<min(12, Controller.maximumEpisodeLength - 1) {
      let (state, reward) = (episode.state(step), episode.reward(step))
      let expected = try plain.act(state, reward: reward)
      let found = try repeated.act(state, reward: reward)
      #expect(bits(found) == bits(expected), "step \(step)")
      run(.act)
      plain.prepare()
      repeated.prepare()
      run(.prepare)
    }
  }

  private func bits<Action>(_ action: Action) -> [UInt8] {
    withUnsafeBytes(of: action) { Array($0) }
  }

  @Test("is asked for by an option")
  func option() throws {
    #expect(try Request(arguments: ["--explain"]).explains)
    #expect(try !Request(arguments: []).explains)
    #expect(Request.helpText.contains("--explain"))
  }
}
