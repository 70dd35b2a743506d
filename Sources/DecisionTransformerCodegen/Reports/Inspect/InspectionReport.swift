import Foundation

/// What `dtgen inspect` shows: one value, as text and as JSON.
public struct InspectionReport: Encodable, Sendable {
  package var name: String
  package var generator: String
  package var configDigest: String
  /// The checkpoint's file, or its index.
  package var checkpoint: String?
  package var shape: Shape
  package var options: Options
  package var plan: Plan
  /// What float32 costs; nil without a checkpoint, and with `"self_test": false`.
  package var selfTest: SelfTest?
  /// Rows of the folder's own that the checkpoint gives; nil without any, and without a checkpoint.
  package var expectedRows: ExpectedRows?
  /// What rounded weights cost, as the manifest says it; nil without a checkpoint, and without rounding.
  package var precisionCost: [String: JSONValue]?
  package var files: [File]

  /// The function to compute; names as in config.json.
  package struct Shape: Encodable, Sendable {
    /// Nil for a trunk, as everything here that is about states, actions and episodes.
    package var stateDim: Int?
    package var actDim: Int?
    package var hiddenSize: Int
    package var nLayer: Int
    package var nHead: Int
    package var nInner: Int
    package var activationFunction: String
    package var layerNormEpsilon: Double
    package var actionTanh: Bool?
    package var maxEpLen: Int?
    /// Of a trunk.
    package var nPositions: Int?
    package var scaleAttnWeights: Bool
    package var scaleAttnByInverseLayerIdx: Bool
    /// Where the norms are, the encoder of states, rows of `embed_slot`: nil where they are Hugging Face's.
    package var layerNormPlacement: String?
    package var stateEncoderSizes: [Int]?
    package var stateEncoderActivations: [String]?
    package var stateEncoderNorms: [Bool]?
    package var stateEncoderShortcuts: [Bool]?
    package var embeddingActivation: String?
    package var embeddingLayerNorm: Bool?
    package var nSlots: Int?
    package var nTokenSlots: Int?
    package var stateFrames: [Int]?
    package var stateConvolutions: [[Int]]?
    package var stateConvolutionActivation: String?
    /// False where a step has none; else nil.
    package var returnTokens: Bool?
    /// True where an episode's first steps see what is in front of it; else nil.
    package var seesPadding: Bool?
  }

  /// How it is used; names as in codegen.json.
  package struct Options: Encodable, Sendable {
    package var modelClass: String
    /// Of a trunk, in place of the window.
    package var tokens: Int?
    package var window: Int?
    package var batch: Int?
    package var normalizesState: Bool?
    /// Of states that are pictures.
    package var frameInput: String?
    package var returnScale: Double?
    package var returnOffset: Double?
    package var returnRounding: String?
    package var actionScale: [Double]?
    package var actionOffset: [Double]?
    /// Nil where nothing bounds actions.
    package var actionMinimum: [Double]?
    package var actionMaximum: [Double]?
    package var actions: String?
    package var temperature: Double?
    package var actionHistory: String?
    package var targetReturn: Double?
    package var precision: String
    package var outputs: [String]?
    package var timestepOverflow: String?
    package var firstTimestep: Int?
    package var access: String
    package var weights: String
    /// nil: where the weights are small.
    package var selfTest: Bool?
  }

  /// What the plan decided.
  package struct Plan: Encodable, Sendable {
    /// The attention form of each layer.
    package var attention: [String]
    package var phases: [Phase]
    /// Hugging Face's loop: the whole window, every time.
    package var plainGraph: Phase?
    /// The plain graph's multiply-adds over those of `act`, and over those of `act` and `prepare` together.
    package var savingOfAct: Double?
    package var savingOfStep: Double?
    package var workingSets: [WorkingSet]
    package var layoutDigest: String
    package var packedWeights: Layout
    /// Of one controller or trunk.
    package var memory: Layout
  }

  /// What one call costs.
  package struct Phase: Encodable, Sendable {
    package var name: String
    /// Of all agents together.
    package var multiplyAdds: Int
    package var multiplyAddsPerAgent: Int
    /// Bytes of weights read, once for all agents.
    package var weightBytes: Int

    package init(name: String, multiplyAdds: Int, weightBytes: Int, batch: Int) {
      (self.name, self.multiplyAdds, self.weightBytes) = (name, multiplyAdds, weightBytes)
      multiplyAddsPerAgent = multiplyAdds / batch
    }
  }

  /// What one call touches, in bytes, nothing twice; of both phases together: a step of the control loop.
  package struct WorkingSet: Encodable, Sendable {
    package var name: String
    /// Both.
    package var bytes: Int
    package var weightBytes: Int
    package var memoryBytes: Int
  }

  package struct Layout: Encodable, Sendable {
    package var bytes: Int
    package var regions: [Region]
  }

  package struct Region: Encodable, Sendable {
    package var name: String
    /// In floats, and how they are arranged.
    package var shape: String
    /// In bytes.
    package var offset: Int
    package var bytes: Int
    package var holds: String
  }

  /// The self test beside the packed weights.
  package struct SelfTest: Encodable, Sendable {
    package var steps: Int
    package var bytes: Int
    package var stages: [ExpectedError]
    /// Whether rows become integers, which may be others than those of double precision.
    package var quantizesRows: Bool
  }

  /// How far float32 on the plan is from the reference in double precision; of actions in model units.
  package struct ExpectedError: Encodable, Sendable {
    package var name: String
    /// The largest magnitude of the reference's numbers.
    package var magnitude: Double
    package var largestError: Double
    package var meanError: Double
    /// What the self test grants.
    package var tolerance: Double
  }

  /// What `dtgen generate` would write.
  package struct File: Encodable, Sendable {
    package var name: String
    package var bytes: Int
  }

  public init(_ compilation: Compilation) {
    let model = compilation.model
    name = model.name
    generator = Compiler.version
    configDigest = model.configDigest
    checkpoint = compilation.checkpointFile
    shape = Shape(model.config)
    options = Options(model)
    plan = Plan(compilation.plan)
    selfTest = compilation.selfTest.map(SelfTest.init)
    expectedRows = compilation.checkedRows.map(ExpectedRows.init)
    precisionCost = compilation.manifest.precisionCost.map { facts in
      Dictionary(facts.map { ($0.name, $0.value) }) { first, _ in first }
    }
    files = compilation.files.map { File(name: $0.name, bytes: $0.contents.count) }
  }
}

extension InspectionReport.Options {
  fileprivate init(_ model: Model) {
    modelClass = model.config.modelClass.rawValue
    precision = Plan(model).precisionText
    access = model.options.access.rawValue
    weights = model.options.weightStorage.rawValue
    if model.isTrunk {
      tokens = model.tokenCapacity
    } else {
      window = model.window
      batch = model.options.batch
      normalizesState = model.options.stateMean != nil
      if model.config.frames != nil { frameInput = model.options.frameInput.rawValue }
      if model.options.actions == .discrete {
        (actions, temperature) = (model.options.actions.rawValue, model.options.temperature)
      }
      returnScale = model.options.returnScale
      returnOffset = model.options.returnOffset
      returnRounding = model.options.returnRounding.rawValue
      actionScale = model.actionScale
      actionOffset = model.actionOffset
      (actionMinimum, actionMaximum) = (model.actionMinimum, model.actionMaximum)
      actionHistory = model.options.actionHistory.rawValue
      targetReturn = model.options.targetReturn
      outputs = model.options.outputs.map(\.rawValue)
      timestepOverflow = model.options.timestepOverflow.rawValue
      firstTimestep = model.options.firstTimestep
      selfTest = model.options.hasSelfTest
    }
  }
}

extension InspectionReport.SelfTest {
  fileprivate init(_ recorded: RecordedSelfTest) {
    // Three digits: the others depend on the C library.
    func digits(_ value: Double) -> Double { Double(String(format: "%.2e", value))! }
    steps = recorded.stepCount
    bytes = recorded.section.count
    quantizesRows = recorded.stages.contains { $0.quantization > 0 }
    stages = recorded.stages.map { stage in
      InspectionReport.ExpectedError(
        name: stage.name, magnitude: digits(stage.magnitude),
        largestError: digits(stage.largestError), meanError: digits(stage.meanError),
        tolerance: digits(stage.tolerance))
    }
  }
}

extension InspectionReport.Plan {
  fileprivate init(_ plan: DecisionTransformerCodegen.Plan) {
    attention = plan.forms.map(\.rawValue)
    let forward = plan.forward.isEmpty ? [] : [("forward", plan.forward)]
    let calls =
      plan.shape.tokenCapacity == nil
      ? [
        ("act", plan.feedback), ("act, reward known", plan.shortFeedback),
        ("prepare", plan.preparation), ("prepare, reward known", plan.returnPreparation),
      ] + forward
      : [("one token", plan.token), ("\(plan.shape.chunkSize) tokens", plan.chunk)]
    phases = calls.map { name, routines in
      InspectionReport.Phase(
        name: name, multiplyAdds: plan.multiplyAdds(of: routines),
        weightBytes: plan.total(routines, \.weightBytes), batch: plan.shape.agentPlaceCount)
    }
    workingSets = plan.workingSets.map { name, set in
      InspectionReport.WorkingSet(
        name: name, bytes: set.byteCount, weightBytes: set.weightBytes,
        memoryBytes: set.memoryBytes)
    }
    layoutDigest = "0x" + plan.layoutDigestText
    packedWeights = InspectionReport.Layout(
      bytes: plan.weights.byteCount,
      regions: plan.weights.tensors.map { tensor in
        InspectionReport.Region(
          name: tensor.name, shape: "\(tensor.shapeText) \(tensor.arrangementText)",
          offset: tensor.offset * MemoryLayout<Float>.stride, bytes: tensor.byteCount,
          holds: tensor.sourceText)
      })
    memory = InspectionReport.Layout(
      bytes: plan.memory.byteCount,
      regions: plan.memory.buffers.map { buffer in
        InspectionReport.Region(
          name: buffer.name.identifier, shape: buffer.shapeText,
          offset: buffer.offset * MemoryLayout<Float>.stride,
          bytes: buffer.floatCount * MemoryLayout<Float>.stride, holds: buffer.purpose)
      })
    if plan.shape.tokenCapacity == nil {
      compare(with: plan.plainGraph, batch: plan.shape.agentPlaceCount)
    }
  }

  /// Hugging Face's loop is what a controller saves against.
  private mutating func compare(with plain: PlainGraph, batch: Int) {
    plainGraph = InspectionReport.Phase(
      name: "plain graph", multiplyAdds: plain.multiplyAdds, weightBytes: plain.weightBytes,
      batch: batch)
    func saving(_ multiplyAdds: Int) -> Double {
      (Double(plain.multiplyAdds) / Double(multiplyAdds) * 100).rounded() / 100
    }
    savingOfAct = saving(phases[0].multiplyAdds)
    savingOfStep = saving(phases[0].multiplyAdds + phases[2].multiplyAdds)
  }
}

extension InspectionReport {
  /// Keys are in snake case and sorted: the same model gives the same bytes.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings, whole numbers and validated finite numbers always have a form in JSON.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }
}
