import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

/// What passes a self test, and what does not.
@Suite("The self test")
struct SelfTestTests {
  /// Models of every form of attention and precision, whose activations are never flat.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let selfTest: @Sendable (PackedWeights) throws -> SelfTestReport

    var testDescription: String { name }
    var folder: URL { TestData.model(name) }

    init<Controller: EmbeddedController & ~Copyable>(_: Controller.Type) {
      name = String(describing: Controller.self)
      selfTest = { try Controller.selfTest(weights: $0) }
    }
  }

  static let cases = [
    Case(ExecutedActions.self), Case(TanhOddInner.self), Case(GeluFourHeads.self),
    Case(EightHeadsOneLayer.self), Case(RoundedTwoHeads.self),
  ]

  @Test("passes with the weights in the program", arguments: MatrixModel.all)
  func passes(model: MatrixModel) throws {
    let report = try model.selfTest()
    #expect(report.passed, "\(report)")
    let shape = Plan(try RecordedEpisode(golden: model.name).model).shape
    #expect(
      report.stepCount == 2 * shape.window + 5 || report.stepCount == shape.maximumEpisodeLength)
  }

  @Test("passes with rounded weights, within the tolerance of float32")
  func rounded() throws {
    for report in [
      try RoundedOneHead.selfTest(), try RoundedTwoHeads.selfTest(),
      try RoundedFourHeads.selfTest(),
    ] {
      #expect(report.passed, "\(report)")
      #expect(report.worst.tolerance < 1e-4, "\(report)")
    }
    for report in [
      try Int8OneHead.selfTest(), try Int8FourHeads.selfTest(), try Int16OneHead.selfTest(),
      try Int16FourHeads.selfTest(),
    ] {
      #expect(report.passed, "\(report)")
    }
  }

  @Test("names the stage of a changed number of each packed tensor", arguments: cases)
  func changedWeight(tested: Case) throws {
    let packed = try PackedModel(folder: tested.folder)
    #expect(try packed.withWeights(tested.selfTest).passed)
    for tensor in packed.plan.weights.tensors {
      var places = [tensor.offset]
      // Behind the biases; those of keys are cancelled by softmax.
      if case .rows = tensor.arrangement {
      } else {
        places.append(tensor.offset + tensor.arrangement.place(row: 1, column: 0))
      }
      switch tensor.content {
      case .key: places.removeFirst()
      // Where values are carried, the biases are those of the entry tensors.
      case .fusedQuery(0), .fusedOutput(0): if packed.plan.carriesTokens { places.removeFirst() }
      default: break
      }
      for place in places {
        var changed = packed
        changed.change(word: place) { $0 + 0.5 }
        let report = try changed.withWeights(tested.selfTest)
        let failure = try #require(report.firstFailure, "\(tensor.name), word \(place)")
        #expect(
          failure.stage == stage(of: tensor.content, packed.plan.shape), "\(tensor.name): \(report)"
        )
        // An action enters the history behind the first step.
        #expect(
          failure.step == (Self.isOfLaterSteps(tensor.content) ? 1 : 0),
          "\(tensor.name): \(report)")
        #expect(failure.difference > failure.tolerance)
      }
    }
  }

  /// The action of a step enters the history behind it; a return token sees others from the second step on.
  private static func isOfLaterSteps(_ content: PackedTensor.Content) -> Bool {
    let contents: [PackedTensor.Content] = [
      .embedAction, .entryValue(.action), .entryQuery(.action), .entryInner(.action),
      .entryQuery(.return),
    ]
    return contents.contains(content)
  }

  /// The first stage that a tensor can change in the first step that reads it.
  private func stage(of content: PackedTensor.Content, _ shape: Shape) -> SelfTestStage {
    switch content {
    case .stateMean, .embedState, .encoder, .convolution, .timesteps, .slots, .embedNormGain,
      .embedNormShift:
      .embedding
    // Another token's: the state token sees it in the first block.
    case .embedReturn, .entryValue(.return): .block(layer: 0)
    // It sees that token's row in the second block.
    case .entryInner(.return): .block(layer: 1)
    case .entryValue(.state), .entryQuery(.state), .entryInner(.state): .block(layer: 0)
    // At the second step only the action is compared, unless it fills the window.
    case .embedAction, .entryValue(.action): shape.window == 2 ? .block(layer: 0) : .action
    case .entryQuery(.action), .entryInner(.action), .entryQuery(.return):
      shape.window == 2 ? .block(layer: 1) : .action
    case .predictAction, .actionScale, .actionOffset, .actionMinimum, .actionMaximum: .action
    // Of other outputs and of trunks, which no model here has and no action depends on.
    case .predictState, .predictReturn, .finalNormGain, .finalNormShift, .stateDeviation,
      .stateMeanRemainder, .positions, .unattended:
      .action
    case .query(let layer), .key(let layer), .value(let layer), .projection(let layer),
      .absorbedKey(let layer, _), .absorbedValue(let layer, _), .fusedQuery(let layer),
      .fusedOutput(let layer), .inner(let layer), .outer(let layer), .normGain(let layer, _),
      .normShift(let layer, _):
      .block(layer: layer)
    }
  }

  @Test("fails with another checkpoint of the same shape", arguments: cases)
  func otherCheckpoint(tested: Case) throws {
    var packed = try PackedModel(folder: tested.folder)
    packed.replace(
      payload: try PackedModel(folder: tested.folder, transform: { $0 * 1.01 }).payload)
    #expect(try !packed.withWeights(tested.selfTest).passed)
  }

  @Test(
    "fails where code and weights were generated with different options",
    arguments: cases, ["window", "return_scale", "action_scale", "action_offset"])
  func otherOptions(tested: Case, option: String) throws {
    let packed = try PackedModel(folder: tested.folder) { options in
      switch option {
      case "window": options.window = options.window! + 1
      case "return_scale": options.returnScale *= 2
      case "action_scale": options.actionScale = options.actionScale.map { $0 * 1.5 }
      default: options.actionOffset = options.actionOffset.map { $0 + 0.5 }
      }
    }
    let report = try packed.withWeights(tested.selfTest)
    // Scales and offsets for each component are packed: code and weights then agree on the new ones.
    let content = [
      "action_scale": PackedTensor.Content.actionScale, "action_offset": .actionOffset,
    ]
    let isPacked = packed.plan.weights.tensors.contains { $0.content == content[option] }
    #expect(report.passed == isPacked, "\(report)")
  }

  @Test("refuses weights of another layout")
  func otherLayout() throws {
    let weights = try WholeEpisode.embeddedWeights()
    let expected = InitializationError.wrongLayout(
      found: WholeEpisode.layoutDigest, expected: WindowOfOne.layoutDigest)
    #expect(throws: expected) { _ = try WindowOfOne.selfTest(weights: weights) }
  }

  @Test("refuses another model's episode")
  func otherEpisode() throws {
    var packed = try PackedModel(folder: TestData.model("WindowOfOne"))
    packed.replace(
      section: try PackedModel(folder: TestData.model("WholeEpisode")).section)
    #expect(throws: InitializationError.unfitSelfTest) {
      try packed.withWeights { try WindowOfOne.selfTest(weights: $0) }
    }
  }

  @Test("is absent with self_test: false, and the type says so")
  func absent() throws {
    let packed = try PackedModel(folder: TestData.model("WindowOfOne")) {
      $0.hasSelfTest = false
    }
    #expect(packed.section == [])
    try packed.withWeights { weights in
      _ = try WindowOfOne(weights: weights)
      #expect(throws: InitializationError.noSelfTest) {
        try WindowOfOne.selfTest(weights: weights)
      }
    }
  }

  @Test("works in the caller's memory, and needs as much as a controller")
  func callersMemory() throws {
    let weights = try WholeEpisode.embeddedWeights()
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: WholeEpisode.memorySize, alignment: WholeEpisode.memoryAlignment)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xff)
    let report = try WholeEpisode.selfTest(weights: weights, memory: memory)
    #expect(report == (try WholeEpisode.selfTest()))
    let small = UnsafeMutableRawBufferPointer(rebasing: memory.dropLast())
    #expect(
      throws: InitializationError.memoryTooSmall(
        byteCount: WholeEpisode.memorySize - 1, required: WholeEpisode.memorySize)
    ) { try WholeEpisode.selfTest(weights: weights, memory: small) }
  }
}
