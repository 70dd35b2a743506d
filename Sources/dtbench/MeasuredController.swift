import DecisionTransformer

/// What the program needs of a generated controller; every generated type conforms as it is.
protocol MeasuredController: ~Copyable, SendableMetatype {
  associatedtype State: FixedNumbers
  associatedtype Action

  init() throws(InitializationError)
  mutating func reset(targetReturn: Float)
  mutating func act(_ state: State, reward: Float?) throws(StepError) -> Action
  mutating func prepare()
  mutating func prepare(executed: Action, reward: Float?) throws(StepError)

  static var maximumEpisodeLength: Int { get }
  static var memorySize: Int { get }
  static var packedWeightsSize: Int { get }
  static var feedbackMultiplyAdds: Int { get }
  static var feedbackWeightBytes: Int { get }
  static var preparationMultiplyAdds: Int { get }
  static var layoutDigest: UInt64 { get }

  init(weights: PackedWeights, memory: UnsafeMutableRawBufferPointer) throws(InitializationError)
  static func embeddedWeights() throws(InitializationError) -> PackedWeights
  static func selfTest(weights: PackedWeights) throws(InitializationError) -> SelfTestReport
}

// MARK: - Models

extension Hopper: ExplainedController {}
extension HopperBFloat16: ExplainedController {}
extension HopperInt16: ExplainedController {}
extension HopperInt8: ExplainedController {}

/// A model that can be measured.
struct CatalogueEntry: Sendable {
  let name: String
  let precision: String
  let measure: @Sendable (Request, Machine) throws -> Report

  private init<Controller: ExplainedController & ~Copyable>(
    _ type: Controller.Type, precision: String
  ) {
    let name = "\(type)"
    self.name = name
    self.precision = precision
    measure = { request, machine in
      try Benchmark<Controller>(request: request)
        .run(model: name, precision: precision, machine: machine)
    }
  }

  /// All models; the first is measured unless `--model` says otherwise.
  static let all = [
    CatalogueEntry(Hopper.self, precision: "float32"),
    CatalogueEntry(HopperBFloat16.self, precision: "bfloat16"),
    CatalogueEntry(HopperInt16.self, precision: "int16"),
    CatalogueEntry(HopperInt8.self, precision: "int8"),
  ]
}
