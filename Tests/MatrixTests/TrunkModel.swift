import DecisionTransformer
import ModelMatrix
import RecordedEpisodes
import Testing

/// What every generated trunk with its weights in the program has.
protocol EmbeddedTrunk: ~Copyable, SendableMetatype {
  static var hiddenSize: Int { get }
  static var tokenCapacity: Int { get }
  static var memorySize: Int { get }
  static var memoryAlignment: Int { get }
  static func embeddedWeights() throws(InitializationError) -> PackedWeights

  init() throws(InitializationError)
  init(weights: PackedWeights) throws(InitializationError)
  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)

  var pastLength: Int { get }
  mutating func reset()
  mutating func crop(to length: Int)
  mutating func forward(
    inputsEmbeds: Span<Float>, positionIDs: Span<Int>, attentionMask: Span<UInt8>, useCache: Bool,
    lastHiddenState: inout MutableSpan<Float>
  ) throws(TrunkError)
}

extension TrunkFewTokens: EmbeddedTrunk {}
extension TrunkFourHeads: EmbeddedTrunk {}
extension TrunkInverseLayerScale: EmbeddedTrunk {}
extension TrunkInt16OneHead: EmbeddedTrunk {}
extension TrunkInt8FourHeads: EmbeddedTrunk {}
extension TrunkLaplace: EmbeddedTrunk {}
extension TrunkOneHead: EmbeddedTrunk {}
extension TrunkOneToken: EmbeddedTrunk {}
extension TrunkRoundedFourHeads: EmbeddedTrunk {}
extension TrunkRoundedOneHead: EmbeddedTrunk {}
extension TrunkUnscaled: EmbeddedTrunk {}

extension EmbeddedTrunk where Self: ~Copyable {
  /// One call with arrays: the last hidden state, T × H.
  mutating func forward(
    _ inputsEmbeds: [[Float]], positions: [Int]? = nil, mask: [Bool]? = nil, usesCache: Bool = true
  ) throws(TrunkError) -> [[Float]] {
    let inputs = Array(inputsEmbeds.joined())
    let (positions, mask) = (positions ?? [], (mask ?? []).map { UInt8($0 ? 1 : 0) })
    var result = [Float](repeating: .nan, count: inputs.count)
    var output = result.mutableSpan
    try forward(
      inputsEmbeds: inputs.span, positionIDs: positions.span, attentionMask: mask.span,
      useCache: usesCache, lastHiddenState: &output)
    return RecordedEpisode.rows(result, of: Self.hiddenSize)
  }

  /// The answers to the calls of a scenario.
  mutating func replay(_ calls: [RecordedTrunk.Call]) throws -> [[[Float]]] {
    var answers: [[[Float]]] = []
    reset()
    for call in calls {
      crop(to: call.past)
      answers.append(
        try forward(
          call.inputsEmbeds, positions: call.positions, mask: call.mask, usesCache: call.usesCache))
      #expect(pastLength == call.past + (call.usesCache ? call.inputsEmbeds.count : 0))
    }
    return answers
  }
}

/// One generated trunk, with what the tests do to it.
struct TrunkModel: Sendable, CustomTestStringConvertible {
  let name: String
  let tokenCapacity: Int

  /// The trunk with the same checkpoint whose answers are recorded.
  var original: String {
    ["Rounded", "Int8", "Int16"].reduce(name) { $0.replacing($1, with: "") }
  }

  /// The answers to a scenario, from one of the ways to make a trunk.
  let replay: @Sendable (MatrixModel.Beginning, [RecordedTrunk.Call]) throws -> [[[Float]]]
  /// The hidden states of tokens that come in calls of the given lengths.
  let cut: @Sendable ([[Float]], [Int]) throws -> [[Float]]
  /// Calls to the allocator during a whole sequence, in calls of the given lengths.
  let allocatorCalls: @Sendable ([Float], [Int]) throws -> UInt64

  var testDescription: String { name }

  /// In the order of `RecordedTrunk.names`.
  static let recorded = [
    TrunkModel(TrunkOneHead.self), TrunkModel(TrunkFourHeads.self),
    TrunkModel(TrunkInverseLayerScale.self), TrunkModel(TrunkUnscaled.self),
    TrunkModel(TrunkLaplace.self), TrunkModel(TrunkFewTokens.self),
  ]
  static let rounded = [
    TrunkModel(TrunkRoundedOneHead.self), TrunkModel(TrunkRoundedFourHeads.self),
    TrunkModel(TrunkInt8FourHeads.self), TrunkModel(TrunkInt16OneHead.self),
  ]

  private init<Trunk: EmbeddedTrunk & ~Copyable>(_: Trunk.Type) {
    name = String(describing: Trunk.self)
    tokenCapacity = Trunk.tokenCapacity
    replay = { beginning, calls in
      switch beginning {
      case .embeddedWeights:
        var trunk = try Trunk()
        return try trunk.replay(calls)
      case .sharedWeights:
        var trunk = try Trunk(weights: Trunk.embeddedWeights())
        return try trunk.replay(calls)
      case .callersMemory:
        let memory = UnsafeMutableRawBufferPointer.allocate(
          byteCount: Trunk.memorySize + 256, alignment: Trunk.memoryAlignment)
        defer { memory.deallocate() }
        // What the memory held before must not matter, and what lies around it is not the trunk's.
        memory.initializeMemory(as: UInt8.self, repeating: 0xff)
        var trunk = try Trunk(
          weights: Trunk.embeddedWeights(),
          memory: UnsafeMutableRawBufferPointer(rebasing: memory[128..<memory.count - 128]))
        let answers = try trunk.replay(calls)
        #expect(memory.prefix(128).allSatisfy { $0 == 0xff })
        #expect(memory.suffix(128).allSatisfy { $0 == 0xff })
        return answers
      }
    }
    cut = { rows, lengths in
      var trunk = try Trunk()
      var answers: [[Float]] = []
      for length in lengths {
        answers += try trunk.forward(Array(rows[answers.count..<answers.count + length]))
      }
      return answers
    }
    allocatorCalls = { inputs, lengths in
      var trunk = try Trunk()
      let size = Trunk.hiddenSize
      var results = lengths.map { [Float](repeating: 0, count: $0 * size) }
      let positions = Array(0..<Trunk.tokenCapacity)
      let mask = [UInt8](repeating: 1, count: Trunk.tokenCapacity)
      func sequence() throws(TrunkError) {
        trunk.reset()
        for index in lengths.indices {
          let (first, end) = (trunk.pastLength, trunk.pastLength + lengths[index])
          var output = results[index].mutableSpan
          try trunk.forward(
            inputsEmbeds: inputs.span.extracting(first * size..<end * size),
            positionIDs: positions.span.extracting(first..<end),
            attentionMask: mask.span.extracting(0..<end), useCache: true, lastHiddenState: &output)
        }
      }
      return try allocatorCallCount(of: sequence)
    }
  }
}
