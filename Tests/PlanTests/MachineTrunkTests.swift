import Programs
import DecisionTransformerCodegen
import Testing

/// Trunks on the machine against the reference.
@Suite("The machine's trunk")
struct MachineTrunkTests {
  @Test("in double precision computes the published function, with masks, crops and a cache")
  func calls() {
    var unattended = 0
    for seed in UInt64(0)..<80 {
      let model = trunk(seed: seed)
      let (plan, checkpoint) = (Plan(model), RandomModel.checkpoint(of: model, seed: seed))
      var exact = ReferenceTrunk(config: model.config, checkpoint: checkpoint)
      var machine = TrunkMachine(
        plan, MachineWeights<Double>(plan, RecipeEvaluator(checkpoint, rounds: false)))
      var random = SplitMix64(seed: seed)
      for _ in 0..<6 {
        let past = Int.random(in: 0...exact.pastLength, using: &random)
        if .random(using: &random) || past == model.tokenCapacity {
          exact.crop(to: min(past, model.tokenCapacity - 1))
          machine.crop(to: min(past, model.tokenCapacity - 1))
        }
        guard exact.pastLength < model.tokenCapacity else { continue }
        let count = Int.random(in: 1...model.tokenCapacity - exact.pastLength, using: &random)
        let inputs = (0..<count).map { _ in
          RandomModel.numbers(model.config.hiddenSize, -2...2, &random)
        }
        let positions =
          Bool.random(using: &random)
          ? (0..<count).map { _ in
            Int.random(in: 0..<model.config.positionCount, using: &random)
          } : nil
        let mask =
          Bool.random(using: &random)
          ? (0..<exact.pastLength + count).map { _ in Bool.random(using: &random) } : nil
        if mask?.first == false { unattended += 1 }
        let usesCache = Bool.random(using: &random)
        let expected = exact.forward(
          inputsEmbeds: inputs, positionIDs: positions, attentionMask: mask, usesCache: usesCache)
        let found = machine.forward(
          inputsEmbeds: inputs, positionIDs: positions, attentionMask: mask, usesCache: usesCache)
        for (row, expected) in zip(found, expected) {
          #expect(areEqual(row, expected), "seed \(seed)")
        }
        #expect(machine.pastLength == exact.pastLength)
      }
    }
    #expect(unattended > 40)
  }

  @Test("gives the same bits, however a sequence is cut, and whatever was computed before")
  func cuts() throws {
    for seed in UInt64(0)..<30 {
      let model = trunk(seed: seed)
      let (plan, checkpoint) = (Plan(model), RandomModel.checkpoint(of: model, seed: seed))
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      var machine = TrunkMachine(plan, MachineWeights<Float>(plan, payload: payload))
      var random = SplitMix64(seed: seed)
      let inputs = (0..<model.tokenCapacity).map { _ in
        RandomModel.numbers(model.config.hiddenSize, -2...2, &random).map { Float($0) }
      }
      let whole = machine.forward(inputsEmbeds: inputs)
      for most in [1, 2, 7, 14] {
        machine.reset()
        var rows: [[Float]] = []
        while rows.count < inputs.count {
          let end = min(inputs.count, rows.count + .random(in: 1...most, using: &random))
          rows += machine.forward(inputsEmbeds: Array(inputs[rows.count..<end]))
        }
        #expect(rows == whole, "seed \(seed)")
      }
    }
  }

  private func trunk(seed: UInt64) -> Model {
    var (config, options) = (SmallModel.model(seed: seed).config, GenerationOptions())
    var random = SplitMix64(seed: seed)
    config.dropVariant()
    (options.modelClass, options.precision) = (.trunk, seed % 3 == 0 ? .bfloat16 : .float32)
    config.positionCount = .random(in: 1...25, using: &random)
    options.tokens = .random(in: 1...config.positionCount, using: &random)
    return RandomModel.model(config, options)
  }
}
