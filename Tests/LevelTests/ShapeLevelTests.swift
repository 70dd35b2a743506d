import DecisionTransformerCodegen
import Testing

/// Random models of many shapes prove at every vector level that they compute their checkpoints: by their self test, whose
/// numbers the generator's double-precision reference gives.
@Suite("Shapes at every vector level", .serialized)
struct ShapeLevelTests {
  /// Precision × hidden size × heads × batch, with windows and layers that bring every form of attention.
  static let all: [Model] = {
    var models: [Model] = []
    let sizes: [(hidden: Int, heads: [Int])] = [
      (8, [1, 2]), (24, [1, 3]), (40, [1, 5]), (64, [1, 4]), (96, [1, 3]), (128, [1, 2, 4]),
      (192, [1, 2, 3, 4]), (256, [1, 2, 4]), (384, [1, 6]),
    ]
    for (place, (hidden, heads)) in sizes.enumerated() {
      for (index, count) in heads.enumerated() {
        for precision in WeightPrecision.allCases {
          // One agent with two or three layers: carried, fused and standard forms; a short window absorbs the last layer.
          var shapes = [(batch: 1, layers: index == 0 ? 3 : 2, window: [4, 7, 2][index % 3])]
          if index == 0 && place % 4 == 3 { shapes.append((batch: 1, layers: 1, window: 3)) }
          if index == place % 2 {
            shapes.append((batch: index == 0 ? 17 : 2, layers: 2, window: 3))
          }
          for shape in shapes {
            models.append(
              model(hidden, count, precision, shape.batch, shape.layers, shape.window))
          }
        }
      }
    }
    return models + variants
  }()

  /// What Hugging Face's model has not, alone and together, in every form of attention that it has.
  private static let variants: [Model] = {
    typealias Size = (hidden: Int, heads: Int, batch: Int, layers: Int, window: Int)
    let all: [(size: Size, precision: WeightPrecision, has: Set<String>)] = [
      ((24, 1, 1, 3, 4), .float32, ["norms"]), ((40, 5, 1, 2, 2), .bfloat16, ["norms", "encoder"]),
      ((64, 1, 17, 2, 3), .bfloat16, ["norms"]), ((64, 4, 2, 2, 3), .float32, ["encoder"]),
      ((96, 1, 1, 2, 5), .bfloat16, ["slots"]), ((128, 1, 1, 3, 4), .bfloat16, ["encoder"]),
      ((128, 2, 1, 2, 7), .float32, ["norms", "slots"]),
      ((128, 4, 2, 2, 3), .float32, ["encoder", "slots"]),
      ((192, 3, 1, 1, 3), .bfloat16, ["slots"]),
      ((256, 1, 1, 2, 4), .float32, ["norms", "encoder", "slots"]),
      ((40, 1, 1, 3, 4), .bfloat16, ["discrete"]), ((24, 3, 17, 2, 3), .float32, ["discrete"]),
      ((64, 4, 1, 2, 3), .bfloat16, ["discrete", "tokens", "slots"]),
      ((128, 1, 1, 2, 5), .float32, ["discrete", "tokens"]),
      ((96, 3, 2, 1, 3), .bfloat16, ["discrete", "tokens", "encoder", "norms"]),
      ((128, 4, 1, 2, 4), .bfloat16, ["discrete", "tokens", "places", "frames"]),
      ((24, 1, 1, 2, 3), .float32, ["frames", "newest"]),
      (
        (64, 4, 1, 3, 5), .float32, ["discrete", "tokens", "places", "frames", "newest", "encoder"]
      ),
      ((40, 5, 1, 2, 3), .bfloat16, ["frames", "slots", "silent"]),
      ((192, 1, 1, 2, 1), .bfloat16, ["frames", "newest", "norms", "places"]),
      ((8, 2, 1, 1, 1), .float32, ["byte", "discrete", "places"]),
      ((64, 1, 17, 2, 3), .float32, ["places", "silent"]),
      ((128, 1, 1, 3, 4), .float32, ["padding"]),
      ((40, 5, 1, 2, 5), .bfloat16, ["padding", "slots"]),
      ((128, 1, 1, 2, 4), .bfloat16, ["padding", "discrete", "frames", "newest", "places"]),
      ((256, 4, 2, 2, 4), .bfloat16, ["discrete", "silent"]),
      ((128, 1, 1, 2, 3), .float32, ["blocks"]),
      ((40, 5, 3, 2, 4), .bfloat16, ["blocks", "slots"]),
      ((8, 2, 1, 1, 2), .bfloat16, ["blocks", "frames", "places"]),
      ((24, 1, 1, 3, 4), .int8, ["norms", "slots"]), ((64, 4, 2, 2, 3), .int8, ["encoder"]),
      ((40, 5, 1, 2, 3), .int8, ["frames", "slots", "silent", "discrete"]),
      ((128, 1, 1, 3, 4), .int8, ["padding"]), ((128, 1, 1, 3, 4), .int8, ["slots", "mixed"]),
      ((64, 4, 2, 3, 3), .float32, ["mixed"]), ((40, 5, 1, 2, 4), .int8, ["mixed", "discrete"]),
      ((192, 1, 17, 2, 3), .bfloat16, ["mixed"]),
      ((96, 3, 17, 2, 3), .int8, ["discrete", "tokens"]),
      ((24, 1, 1, 3, 4), .int16, ["norms", "slots"]), ((40, 5, 17, 2, 3), .int16, ["mixed"]),
      ((128, 1, 1, 3, 4), .int16, ["padding", "discrete", "frames"]),
    ]
    return all.enumerated().map { index, variant in
      let (size, precision, has) = variant
      var model = model(
        size.hidden, size.heads, precision, size.batch, size.layers, size.window)
      if has.contains("mixed") {
        // A precision for each matrix, as dtgen calibrate may choose them.
        let names = Plan(model).matrices.map(\.name)
        model.options.matrixPrecisions = Dictionary(
          uniqueKeysWithValues: names.enumerated().map {
            ($1, WeightPrecision.allCases[($0 + index) % WeightPrecision.allCases.count])
          })
      }
      if has.contains("norms") { model.config.normPlacement = .after }
      if has.contains("encoder") {
        model.config.stateEncoder = [(17, .tanh), (size.hidden, .gelu)].map {
          ControlSteps.EncoderLayer(size: $0, activation: $1)
        }
      }
      if has.contains("blocks") {
        model.config.stateEncoder = [
          ControlSteps.EncoderLayer(size: 36, activation: .linear),
          ControlSteps.EncoderLayer(size: 50, activation: .relu, normalizesInput: true),
          ControlSteps.EncoderLayer(size: 36, activation: .linear, addsShortcut: true),
          ControlSteps.EncoderLayer(size: size.hidden, activation: .tanh, normalizesInput: true),
        ]
      }
      if has.contains("padding") {
        (model.config.seesPadding, model.options.firstTimestep) = (true, 1)
      }
      if has.contains("silent") { model.config.hasReturnTokens = false }
      if has.contains("slots") { model.config.slotCount = size.window }
      if has.contains("places") {
        model.config.slots = .tokens
        model.config.slotCount = model.config.tokens.count * size.window
      }
      if has.contains("frames") { model.config.addFrames(hidden: size.hidden) }
      if has.contains("byte") {
        model.config.frames = Frames(
          count: 1, rows: 1, columns: 1,
          convolutions: [Frames.Convolution(filters: 3, size: 1, stride: 1, activation: .relu)])
        model.config.stateDimension = 1
      }
      if has.contains("newest") { model.options.frameInput = .newest }
      if has.contains("tokens") {
        (model.config.embeddingActivation, model.config.hasEmbeddingNorm) = (.tanh, false)
      }
      if has.contains("discrete") {
        (model.options.actions, model.options.actionScale) = (.discrete, [1])
      }
      model.name += "Variant\(index)"
      return model
    }
  }()

  /// What a plain `swift test` runs: the shapes that were wrong with AVX-512 in 2026 and their neighbours.
  static let sample = all.filter { model in
    let options = model.options
    if model.config.isVariant { return model.config.hiddenSize == 128 }
    if options.actions == .discrete { return model.config.hiddenSize == 40 }
    return options.precision != .float32
      && [
        "128 1 3 1", "192 3 2 1", "40 1 2 17",
      ].contains(
        "\(model.config.hiddenSize) \(model.config.headCount) \(model.config.layerCount) \(options.batch)"
      )
  }

  /// All of them at the level whose tiles differ most between products; the two others take a third each, in every precision.
  private static func models(at level: Level) -> [Model] {
    guard LevelSelection.runsAll(at: level) else { return sample }
    guard let place = ["no flag", "x86-64-v3"].firstIndex(of: level.name) else { return all }
    return all.filter {
      ($0.config.hiddenSize / 8 + $0.config.layerCount + $0.options.batch) % 3 == place
    }
  }

  private static let suffixes: [WeightPrecision: String] = [
    .float32: "", .bfloat16: "Rounded", .int16: "Int16", .int8: "Int8",
  ]

  static func model(
    _ hidden: Int, _ heads: Int, _ precision: WeightPrecision, _ batch: Int,
    _ layers: Int, _ window: Int
  ) -> Model {
    var config = ModelConfig()
    // Two groups of agents, with a place that nobody has, and actions wider than a vector.
    (config.stateDimension, config.actionDimension) = (11 + hidden % 7, batch == 17 ? 19 : 3)
    (config.hiddenSize, config.headCount, config.layerCount) = (hidden, heads, layers)
    config.innerSize = hidden == 40 ? 100 : 4 * hidden
    config.activation = heads % 2 == 1 ? .relu : .gelu
    config.maximumEpisodeLength = 40
    config.positionCount = 1
    var options = GenerationOptions()
    (options.precision, options.batch, options.window) = (precision, batch, window)
    if batch == 17 { options.actionScale = (1...19).map { 0.25 * Double($0) } }
    let name =
      "H\(hidden)x\(heads)L\(layers)B\(batch)\(suffixes[precision]!)"
    return Model(name: name, config: config, options: options, configDigest: "0123")
  }

  /// Numbers as large as trained ones, the same for the same model.
  static func checkpoint(of model: Model) -> Checkpoint {
    var state = UInt64(model.config.hiddenSize * 31 + model.config.headCount)
    var tensors: [String: [Float]] = [:]
    for (name, shape) in Checkpoint.requiredTensors(of: model.config) {
      let isGain = name.hasSuffix("weight") && shape.count == 1
      let scale = isGain ? 0.2 : 1 / Float(shape.count > 1 ? shape.max()! : 10).squareRoot()
      tensors[name] = (0..<shape.reduce(1, *)).map { _ in
        // Knuth's linear congruential generator; its upper bits.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let unit = Float(state >> 40) / Float(1 << 23) - 1
        return (isGain ? 1 : 0) + scale * unit
      }
    }
    return Checkpoint(tensors: tensors)
  }

  @Test("pass their self test", arguments: LevelSelection.shapeLevels)
  func selfTests(level: Level) throws {
    let models = Self.models(at: level)
    LevelSelection.announce("\(models.count) shapes for \(level)")
    let packed = try models.map { try LevelModel($0, Self.checkpoint(of: $0)) }
    let program = try LevelProgram(level, packed)
    let answers = try program.answers(
      to: packed.map { LevelQuestion(model: $0.name, kind: .selfTest) })
    for (model, answer) in zip(packed, answers) {
      #expect(
        answer.passed == true, "\(level): \(model.name): \(answer.report ?? answer.error ?? "")")
    }
  }

  @Test("have every form of attention in every precision, and every size that was wrong")
  func coverage() {
    var found: Set<String> = []
    for model in Self.all {
      for form in Plan(model).forms {
        found.insert("\(form) \(model.options.precision)")
        found.insert("\(form) \(model.config.hiddenSize)")
      }
    }
    for precision in WeightPrecision.allCases {
      // With integers no values are carried: products are cheap, mixing is not.
      let forms = (precision == .int8 ? [] : ["carried"]) + ["fused", "standard", "absorbed"]
      for form in forms { #expect(found.contains("\(form) \(precision)")) }
    }
    for size in [8, 24, 40, 64, 96, 128, 192, 256, 384] {
      #expect(found.contains("fused \(size)") && found.contains { $0.hasSuffix(" \(size)") })
    }
    #expect(Set(Self.all.map(\.name)).count == Self.all.count)
    #expect(
      Self.sample.count { !$0.config.isVariant && $0.options.actions == .continuous }
        == 3 * (WeightPrecision.allCases.count - 1))
    // Numbers as actions, with and without what Hugging Face's model has not.
    let discrete = Self.sample.filter { $0.options.actions == .discrete }
    #expect(Set(discrete.map(\.config.isVariant)) == [true, false])
    #expect(Set(discrete.map(\.options.precision)) == Set(WeightPrecision.allCases))
    // Norms behind, encoders, positions that move, tokens without a norm.
    #expect(Self.sample.contains { !$0.config.hasEmbeddingNorm })
    let variants = Self.sample.map(\.config).filter(\.isVariant)
    #expect(variants.contains { $0.normPlacement == .after })
    #expect(variants.contains { !$0.stateEncoder.isEmpty && $0.slotCount == nil })
    #expect(variants.contains { $0.slotCount != nil })
    #expect(variants.contains { $0.stateEncoder.contains(where: \.addsShortcut) })
    #expect(variants.contains { $0.frames != nil && $0.slots == .tokens })
  }
}

extension ModelConfig {
  /// The published convolutions' kinds over small frames: strides that leave lines over, filters that fill no vector.
  fileprivate mutating func addFrames(hidden: Int) {
    frames = Frames(
      count: 4, rows: 22, columns: 19,
      convolutions: [
        Frames.Convolution(
          filters: hidden % 3 == 0 ? 20 : 32, size: 6, stride: 3, activation: .relu),
        Frames.Convolution(filters: 24, size: 3, stride: 1, activation: .relu),
      ])
    stateDimension = frames!.byteCount
  }
}
