import DecisionTransformer
import Testing

@Suite struct ErrorMessageTests {
  static let stepErrors: [StepError] = [
    .notReset, .nonFiniteState(index: 71), .nonFiniteReward, .nonFiniteReturn,
    .nonFiniteAction(index: 72), .nonFiniteExecutedAction(index: 73), .rewardGivenTwice,
    .nothingToPrepare, .episodeEnded(maximumLength: 74), .invalidUniform,
    .noSuchAction(number: 75),
  ]
  static let initializationErrors: [InitializationError] = [
    .unreadableFile(path: "some/path", systemError: 2), .invalidBase64(offset: 81),
    .misalignedWeights(required: 82), .notPackedWeights,
    .unsupportedFormatVersion(found: 83, supported: 84), .damagedHeader,
    .wrongByteCount(found: 85, expected: 86), .wrongChecksum(found: 0x87, expected: 0x88),
    .wrongLayout(found: 0x89, expected: 0x90), .memoryTooSmall(byteCount: 91, required: 92),
    .misalignedMemory(required: 93), .unsupportedProcessor, .noSelfTest, .unfitSelfTest,
  ]

  static let trunkErrors: [TrunkError] = [
    .wrongInputCount(found: 101, hiddenSize: 102), .wrongOutputCount(found: 103, expected: 104),
    .wrongPositionCount(found: 105, expected: 106), .wrongMaskCount(found: 107, expected: 108),
    .cacheFull(tokens: 109, pastLength: 110, capacity: 111), .nonFiniteInput(index: 112),
    .positionOutOfRange(index: 113, positionCount: 115), .invalidMask(index: 116),
    .nonFiniteHiddenState,
  ]

  static let batchErrors = stepErrors.map { BatchStepError(agent: 61, $0) }

  /// Every value an error carries is in its message, and no two errors read the same.
  @Test func messagesNameTheirValues() {
    let all =
      Self.stepErrors.map { "\($0)" } + Self.initializationErrors.map { "\($0)" }
      + Self.trunkErrors.map { "\($0)" }
    let ofAgents = Self.batchErrors.map { "\($0)" }
    #expect(Set(all + ofAgents).count == all.count + ofAgents.count)
    #expect(ofAgents.allSatisfy { $0.hasPrefix("agent 61: ") })
    #expect(
      ["[71]", "[72]", "[73]", "74", "75"].allSatisfy { value in
        ofAgents.contains { $0.contains(value) }
      })
    let values = [
      "[71]", "[72]", "[73]", "74", "75", "some/path", "81", "82", "83", "84", "85", "86",
      "0000000000000087", "0000000000000088", "0000000000000089", "0000000000000090", "91", "92",
      "93", "101", "102", "103", "104", "105", "106", "107", "108", "109", "110", "111", "[112]",
      "[113]",
      "114", "[116]",
    ]
    for value in values {
      #expect(all.filter { $0.contains(value) }.count == 1, "\(value)")
    }
  }

  /// C is told a number, and which component or action it is about; a type over a compiled library makes the error of it.
  @Test(arguments: stepErrors)
  func statusesStandForErrors(error: StepError) {
    let index: Int32 =
      switch error {
      case .nonFiniteState(let index), .nonFiniteAction(let index),
        .nonFiniteExecutedAction(let index), .noSuchAction(let index):
        Int32(index)
      default: -1
      }
    #expect(StepError(CStatus(error), index: index, maximumEpisodeLength: 74) == error)
  }

  /// What users read, word for word.
  @Test(
    arguments: zip(
      stepErrors,
      [
        "no episode: call reset first", "state[71] is not finite",
        "the reward is not finite", "the return-to-go is not finite",
        "the predicted action[72] is not finite", "the executed action[73] is not finite",
        "the reward was given to prepare and again to act",
        "there is no action to prepare from: call act first",
        "the episode has had its 74 steps: call reset",
        "the uniform number is out of range; accepted: 0 or more, below 1",
        "there is no action 75",
      ]))
  func refusedStepsAreExplained(error: StepError, message: String) {
    #expect("\(error)" == message)
  }
}
