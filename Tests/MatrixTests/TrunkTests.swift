import CAllocationHook
import DecisionTransformer
import DecisionTransformerCodegen
import ModelMatrix
import RecordedEpisodes
import Testing

/// Trunks made by the build-tool plugin against Hugging Face's DecisionTransformerGPT2Model in float64.
@Suite("A generated trunk")
struct TrunkTests {
  @Test("is made of every golden case")
  func cases() {
    #expect(TrunkModel.recorded.map(\.name) == RecordedTrunk.names)
  }

  @Test("equals Hugging Face's, with and without cache", arguments: TrunkModel.recorded)
  func goldens(model: TrunkModel) throws {
    let golden = try RecordedTrunk(model.name)
    let tolerance = max(2e-5, 3 * golden.float32Error)
    for (name, calls) in golden.scenarios {
      let answers = try model.replay(.embeddedWeights, calls)
      for (answer, call) in zip(answers, calls) {
        let difference = largestDifference(answer.map { $0.map(Double.init) }, call.lastHiddenState)
        #expect(difference <= tolerance, "\(name)")
      }
    }
  }

  @Test(
    "gives the same bits, however a sequence is cut",
    arguments: TrunkModel.recorded + TrunkModel.rounded)
  func cuts(model: TrunkModel) throws {
    let golden = try RecordedTrunk(
      model.name, answersOf: model.original)
    let rows = golden.scenarios["whole"]![0].inputsEmbeds
    let whole = try model.cut(rows, [rows.count])
    var random = SystemRandomNumberGenerator()
    for most in [1, 3, 7, 14, rows.count, rows.count] {
      var lengths: [Int] = []
      while lengths.reduce(0, +) < rows.count {
        let rest = rows.count - lengths.reduce(0, +)
        lengths.append(.random(in: 1...min(most, rest), using: &random))
      }
      #expect(try model.cut(rows, lengths) == whole, "\(lengths)")
    }
  }

  @Test(
    "gives the same bits, wherever weights and memory come from", arguments: TrunkModel.recorded)
  func beginnings(model: TrunkModel) throws {
    let calls = try RecordedTrunk(model.name).scenarios["branches"]!
    let runs = try MatrixModel.Beginning.allCases.map { try model.replay($0, calls) }
    #expect(runs.allSatisfy { $0 == runs[0] })
  }

  @Test("counts positions from the cached tokens on, and shows all, where nothing is said")
  func defaults() throws {
    let rows = try RecordedTrunk("TrunkFourHeads").scenarios["whole"]![0].inputsEmbeds
    var silent = try TrunkFourHeads()
    var explicit = try TrunkFourHeads()
    for range in [0..<5, 5..<6, 6..<25] {
      let new = Array(rows[range])
      let answer = try silent.forward(new)
      #expect(
        try explicit.forward(
          new, positions: Array(range), mask: Array(repeating: true, count: range.upperBound))
          == answer)
    }
  }

  @Test("lets no hidden key be seen: the embedding of a masked token does not matter")
  func maskedTokens() throws {
    var rows = try RecordedTrunk("TrunkUnscaled").scenarios["whole"]![0].inputsEmbeds
    var trunk = try TrunkUnscaled()
    let mask = rows.indices.map { $0 % 3 != 1 }
    let answer = try trunk.forward(rows, mask: mask)
    for index in rows.indices where !mask[index] { rows[index] = rows[index].map { 5 - 3 * $0 } }
    trunk.reset()
    let other = try trunk.forward(rows, mask: mask)
    for index in rows.indices { #expect((answer[index] == other[index]) == mask[index]) }
  }

  @Test("holds a single token, if that is all it is made for")
  func oneToken() throws {
    let row = try RecordedTrunk("TrunkFewTokens").scenarios["whole"]![0].inputsEmbeds[0]
    var one = try TrunkOneToken()
    var few = try TrunkFewTokens()
    #expect(try one.forward([row]) == few.forward([row]))
    #expect(throws: TrunkError.cacheFull(tokens: 1, pastLength: 1, capacity: 1)) {
      _ = try one.forward([row])
    }
  }

  @Test(
    "never calls the allocator", .enabled(if: allocation_counting_is_supported()),
    arguments: TrunkModel.recorded + TrunkModel.rounded)
  func allocations(model: TrunkModel) throws {
    let golden = try RecordedTrunk(
      model.name, answersOf: model.original)
    let rows = golden.scenarios["whole"]![0].inputsEmbeds
    let inputs = Array(rows.joined())
    for lengths in [[rows.count], Array(repeating: 1, count: rows.count), [1, 4]] {
      #expect(try model.allocatorCalls(inputs, lengths) == 0)
    }
  }

  @Test(
    "with rounded weights gives what exact arithmetic on them gives", arguments: TrunkModel.rounded)
  func roundedWeights(model: TrunkModel) throws {
    let golden = try RecordedTrunk(
      model.name, answersOf: model.original)
    let plan = Plan(golden.model)
    let payload = try Packer.payload(
      plan, checkpoint: golden.checkpoint, path: "")
    for (name, calls) in golden.scenarios {
      let weights = MachineWeights<Double>(plan, payload: payload)
      var exact = TrunkMachine(plan, weights)
      var unquantized = TrunkMachine(plan, weights.withoutQuantizedInputs)
      let answers = try model.replay(.embeddedWeights, calls)
      for (answer, call) in zip(answers, calls) {
        exact.crop(to: call.past)
        let expected = exact.forward(
          inputsEmbeds: call.inputsEmbeds.map { $0.map(Double.init) }, positionIDs: call.positions,
          attentionMask: call.mask, usesCache: call.usesCache)
        unquantized.crop(to: call.past)
        let withoutRows = unquantized.forward(
          inputsEmbeds: call.inputsEmbeds.map { $0.map(Double.init) }, positionIDs: call.positions,
          attentionMask: call.mask, usesCache: call.usesCache)
        // A number between two integers may go to the other one here: what the self test grants, twice what the rows'
        // rounding changes.
        let tolerance = max(2e-5, 2 * largestDifference(expected, withoutRows))
        #expect(
          largestDifference(answer.map { $0.map(Double.init) }, expected) <= tolerance, "\(name)")
        // The rounding is there, and it is no more than rounding.
        let rounding = largestDifference(expected, call.lastHiddenState)
        #expect(rounding > 1e-4 && rounding < 0.2, "\(name)")
      }
    }
  }
}
