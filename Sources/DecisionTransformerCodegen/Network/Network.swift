/// What a model computes: a mathematical value. It has no layout, no cache and no order of execution; a family of
/// models is a set of its values.
public struct Network: Equatable, Sendable, Codable {
  /// Where tokens come from.
  public enum Source: Equatable, Sendable, Codable {
    /// The tokens of control steps, of which the latest are seen.
    case controlSteps(ControlSteps)
    /// The caller's embeddings, one behind the other.
    case embeddings(GivenEmbeddings)
  }

  public var source: Source
  /// H, numbers of a token.
  public var hiddenSize: Int
  /// Causal attention and an MLP each, one behind the other.
  public var blocks: [Block]
  /// Behind the last block; nil where blocks end in norms of their own.
  public var finalNorm: Norm?
  /// What is returned of every token, in the order of `ModelOutput`; empty where only actions are asked for, or only
  /// the last hidden state of given embeddings.
  public var outputs: [ModelOutput]
  /// Names of the checkpoint's tensors, in the order of Hugging Face's state_dict.
  public var tensors: [TensorName]

  public init(
    source: Source, hiddenSize: Int, blocks: [Block], finalNorm: Norm?, outputs: [ModelOutput],
    tensors: [TensorName]
  ) {
    (self.source, self.hiddenSize, self.blocks) = (source, hiddenSize, blocks)
    (self.finalNorm, self.outputs, self.tensors) = (finalNorm, outputs, tensors)
  }
}

extension Network {
  /// A block of the transformer: x + attention(norm(x)), and behind it x + MLP(norm(x)); or norm(x + attention(x)), and
  /// behind it norm(x + MLP(x)).
  public struct Block: Equatable, Sendable, Codable {
    public var headCount: Int
    /// The factor on q·k.
    public var attentionScale: Double
    /// Numbers between the MLP's two matrices.
    public var innerSize: Int
    public var activation: Activation
    /// Of attention and of the MLP.
    public var norm: Norm
    /// Where the two norms are.
    public var normPlacement: NormPlacement

    public init(
      headCount: Int, attentionScale: Double, innerSize: Int, activation: Activation, norm: Norm,
      normPlacement: NormPlacement = .before
    ) {
      (self.headCount, self.attentionScale, self.innerSize) = (headCount, attentionScale, innerSize)
      (self.activation, self.norm, self.normPlacement) = (activation, norm, normPlacement)
    }
  }

  /// Where a block normalises.
  public enum NormPlacement: String, CaseIterable, Equatable, Sendable, Codable {
    /// What attention and the MLP read; the residual stream stays as it is, and a norm follows the last block.
    case before
    /// The residual stream, behind attention and behind the MLP: no norm follows the last block.
    case after
  }

  /// Layer normalisation with gain and shift: (x - mean) / √(variance + epsilon) · gain + shift.
  public struct Norm: Equatable, Sendable, Codable {
    public var epsilon: Double

    public init(epsilon: Double) { self.epsilon = epsilon }
  }

  /// Embeddings that the caller gives; a row of `wpe` is added to each.
  public struct GivenEmbeddings: Equatable, Sendable, Codable {
    /// Tokens whose keys and values are kept.
    public var capacity: Int
    /// Rows of `wpe`.
    public var positionCount: Int

    public init(capacity: Int, positionCount: Int) {
      (self.capacity, self.positionCount) = (capacity, positionCount)
    }
  }

  /// The control steps, if tokens come from them.
  public var controlSteps: ControlSteps? {
    if case .controlSteps(let steps) = source { steps } else { nil }
  }

  /// The given embeddings, if tokens are these.
  public var givenEmbeddings: GivenEmbeddings? {
    if case .embeddings(let embeddings) = source { embeddings } else { nil }
  }

  /// Whether the next state or the next return is predicted from an action token.
  public var predictsNext: Bool { outputs.contains(.state) || outputs.contains(.return) }
}

extension Network {
  /// Whether blocks normalise the residual stream.
  public var normalizesStream: Bool { blocks[0].normPlacement == .after }

  /// Of every norm but embed_ln.
  public var normEpsilon: Double { blocks[0].norm.epsilon }

  /// Whether tokens are embeddings that the caller gives.
  public var takesEmbeddings: Bool { givenEmbeddings != nil }

  /// What comments call an instance of the generated type.
  public var instanceName: String { takesEmbeddings ? "trunk" : "controller" }

  /// Hugging Face's name of the class that computes it.
  public var className: String {
    takesEmbeddings ? "DecisionTransformerGPT2Model" : "DecisionTransformerModel"
  }
}

extension Network {
  /// Whether a window can be given as a whole: its states are numbers, each step has three tokens and a timestep of its own.
  public var allowsForward: Bool {
    guard let steps = controlSteps else { return true }
    return steps.state.frames == nil && steps.tokens.count == 3 && steps.slots == nil
      && !steps.seesPadding
  }

  /// Whether Hugging Face's class computes it.
  public var isHuggingFaces: Bool {
    guard let steps = controlSteps else { return true }
    return allowsForward && !normalizesStream && steps.state.encoder.isEmpty
      && steps.embeddingActivation == .linear && steps.embeddingNorm != nil
  }
}

extension Network {
  /// The factor on q·k of GPT-2 in Hugging Face: 1/√(head size), and 1/(layer + 1), where the config says so.
  public static func attentionScale(
    headSize: Int, layer: Int, scalesBySize: Bool, scalesByLayer: Bool
  ) -> Double {
    (scalesBySize ? 1 / Double(headSize).squareRoot() : 1)
      / (scalesByLayer ? Double(layer + 1) : 1)
  }
}
