import Foundation

/// What `dtgen inspect` shows: one value, as text and as JSON.
public struct InspectionReport: Encodable, Sendable {
  var name: String
  var generator: String
  var configDigest: String
  var shape: Shape
  var options: Options
  var files: [File]

  /// The function to compute; names as in config.json.
  struct Shape: Encodable, Sendable {
    var stateDim: Int
    var actDim: Int
    var hiddenSize: Int
    var nLayer: Int
    var nHead: Int
    var nInner: Int
    var activationFunction: String
    var layerNormEpsilon: Double
    var actionTanh: Bool
    var maxEpLen: Int
    var scaleAttnWeights: Bool
    var scaleAttnByInverseLayerIdx: Bool
  }

  /// How it is used; names as in codegen.json.
  struct Options: Encodable, Sendable {
    var window: Int
    var normalizesState: Bool
    var returnScale: Double
    var actionScale: [Double]
    var targetReturn: Double?
    var precision: String
    var outputs: [String]
    var timestepOverflow: String
    var access: String
    var weights: String
  }

  /// What `dtgen generate` would write.
  struct File: Encodable, Sendable {
    var name: String
    var bytes: Int
  }

  public init(_ compilation: Compilation) {
    let model = compilation.model
    name = model.name
    generator = Compiler.version
    configDigest = model.configDigest
    shape = Shape(model.config)
    options = Options(model)
    files = compilation.files.map { File(name: $0.name, bytes: $0.contents.count) }
    // The plan (layout table, schedule, MACs, bytes, memory) belongs here.
  }
}

extension InspectionReport.Shape {
  fileprivate init(_ config: ModelConfig) {
    stateDim = config.stateDimension
    actDim = config.actionDimension
    hiddenSize = config.hiddenSize
    nLayer = config.layerCount
    nHead = config.headCount
    nInner = config.innerSize
    activationFunction = config.activation.rawValue
    layerNormEpsilon = config.layerNormEpsilon
    actionTanh = config.hasActionTanh
    maxEpLen = config.maximumEpisodeLength
    scaleAttnWeights = config.scalesAttention
    scaleAttnByInverseLayerIdx = config.scalesAttentionByInverseLayerIndex
  }
}

extension InspectionReport.Options {
  fileprivate init(_ model: Model) {
    window = model.window
    normalizesState = model.options.stateMean != nil
    returnScale = model.options.returnScale
    actionScale = model.actionScale
    targetReturn = model.options.targetReturn
    precision = model.options.precision.rawValue
    outputs = model.options.outputs.map(\.rawValue)
    timestepOverflow = model.options.timestepOverflow.rawValue
    access = model.options.access.rawValue
    weights = model.options.weightStorage.rawValue
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

  public var text: String {
    (heading + section("files", rows: files.map { ($0.name, Self.grouped($0.bytes) + " bytes") }))
      .joined(separator: "\n")
  }

  private var heading: [String] {
    let shape = self.shape
    let scale = options.actionScale.map { "\($0)" }.joined(separator: ", ")
    let attention =
      (shape.scaleAttnWeights ? "scores / sqrt(head size)" : "scores unscaled")
      + (shape.scaleAttnByInverseLayerIdx ? " / layer number" : "")
    return section(
      "\(name) (config.json sha256 \(configDigest.prefix(12)), dtgen \(generator))",
      rows: [
        ("state", "\(shape.stateDim)" + (options.normalizesState ? ", normalised" : "")),
        ("action", "\(shape.actDim)" + (shape.actionTanh ? ", tanh" : "") + ", scale \(scale)"),
        ("hidden size", "\(shape.hiddenSize)"),
        ("layers", "\(shape.nLayer)"),
        ("heads", "\(shape.nHead), \(attention)"),
        ("inner size", "\(shape.nInner), \(shape.activationFunction)"),
        ("layer norm epsilon", "\(shape.layerNormEpsilon)"),
        ("window", "\(options.window) steps, \(3 * options.window) tokens"),
        ("episode", "at most \(shape.maxEpLen) steps, then \(options.timestepOverflow)"),
        ("return scale", "\(options.returnScale)"),
        ("target return", options.targetReturn.map { "\($0)" } ?? "given to reset"),
        ("precision", options.precision),
        ("outputs", options.outputs.joined(separator: ", ")),
        ("access", options.access),
        ("weights", options.weights),
      ])
  }

  /// A title and aligned rows of a name and a value.
  private func section(_ title: String, rows: [(String, String)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    return [title]
      + rows.map { name, value in
        "  \(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(value)"
      }
  }

  /// Digits in groups of three: `1 966 080`.
  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { index, digit in
      (index > 0 && (digits.count - index) % 3 == 0 ? " " : "") + String(digit)
    }.joined()
  }
}
