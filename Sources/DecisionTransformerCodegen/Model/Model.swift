/// A validated model folder without its checkpoint: everything that decides the generated code.
public struct Model: Equatable, Sendable {
  /// The generated type's name: the folder's name without `.dtmodel`.
  public var name: String
  public var config: ModelConfig
  public var options: GenerationOptions
  /// SHA-256 of config.json, lower-case hexadecimal, for the provenance line.
  public var configDigest: String
  /// The same of codegen.json; nil where there is none.
  public var optionsDigest: String?

  public init(
    name: String, config: ModelConfig, options: GenerationOptions, configDigest: String,
    optionsDigest: String? = nil
  ) {
    self.name = name
    self.config = config
    self.config.modelClass = options.modelClass
    self.options = options
    self.configDigest = configDigest
    self.optionsDigest = optionsDigest
  }

  /// K: control steps of context. Without `window` and `max_length` it is 20, the default of
  /// Hugging Face 4.x. Where places in the window have positions, there are as many as these.
  public var window: Int {
    options.window ?? config.windowOfSlots ?? config.maximumLength ?? 20
  }

  /// Numbers that a step is given as its state.
  public var stateInputCount: Int {
    config.frames.map { options.frameInput == .newest ? $0.pixelCount : $0.byteCount }
      ?? config.stateDimension
  }

  /// What `forward` returns; empty where only the controller's action is asked for, and there is no `forward`.
  public var forwardOutputs: Set<ModelOutput> {
    options.outputs == [.action] ? [] : Set(options.outputs)
  }

  /// Whether the preparation phase predicts the next state or the next return.
  public var predictsNext: Bool { !forwardOutputs.isDisjoint(with: [.state, .return]) }

  /// One factor per action, from model units to environment units.
  public var actionScale: [Double] { perAction(options.actionScale) }

  /// One offset per action, environment units, added behind the factor.
  public var actionOffset: [Double] { perAction(options.actionOffset) }

  /// The least and the largest number of each action, environment units; nil where nothing bounds it.
  public var actionMinimum: [Double]? { options.actionMinimum.map(perAction) }
  public var actionMaximum: [Double]? { options.actionMaximum.map(perAction) }

  /// Steps after which an episode ends; nil where none does.
  public var episodeLength: Int? {
    options.timestepOverflow == .error
      ? config.maximumEpisodeLength - options.firstTimestep : nil
  }

  /// The way back.
  package func modelUnits(_ action: [Double]) -> [Double] {
    zip(zip(action, actionScale), actionOffset).map { ($0.0 - $1) / $0.1 }
  }

  private func perAction(_ numbers: [Double]) -> [Double] {
    numbers.count == 1
      ? Array(repeating: numbers[0], count: config.actionDimension) : numbers
  }

}
