/// What d3rlpy's DiscreteDecisionTransformer has and the continuous one has not: an activation behind the embeddings, no
/// norm there, and logits.
///
/// takuseno/d3rlpy 2.8, d3rlpy/models/torch/transformers.py.
package enum D3Choice {
  package static func take(
    _ configuration: D3Configuration?, into config: inout ModelConfig,
    _ encoder: inout D3Encoder, _ facts: inout Facts
  ) {
    config.hasEmbeddingNorm = false
    facts.take("actions", .string("discrete"), from: "the library")
    facts.note(
      "actions",
      "d3rlpy draws from softmax(logits) unless it is told to be greedy; here act(_:reward:) is greedy, and act(_:reward:uniform:) draws"
    )
    guard let activation = activation(configuration, &facts) else { return }
    config.embeddingActivation = activation
    // Of one linear map, as of returns and actions; of an encoder, behind its last layer.
    if activation != .linear, !config.stateEncoder.isEmpty {
      let added = encoder.composer.addedLayers.count
      encoder.activate(activation)
      config.stateEncoder = encoder.layers
      if encoder.composer.addedLayers.count > added {
        facts.note(
          "state_encoder_sizes",
          "the encoder's last activation is followed by that of the embeddings: a layer of ones and zeros stands between them"
        )
      }
    }
  }

  private static func activation(
    _ configuration: D3Configuration?, _ facts: inout Facts
  ) -> Activation? {
    let key = "embedding_activation"
    let name: String
    if let configuration {
      if case .string(let text)? = configuration["embed_activation_type"] {
        name = text
      } else {
        name = "tanh"
      }
      if let given = facts.givenValue(of: key), given != .string(name == "none" ? "linear" : name) {
        facts.reject(
          key, "found \(given.excerpt); accepted: \"\(name)\", as the file's configuration says")
      }
    } else if case .string(let text)? = facts.givenValue(of: key) {
      name = text
    } else {
      facts.reject(
        key,
        "is in no file: embed_activation_type of DiscreteDecisionTransformerConfig (tanh there), \"linear\" where it is none; "
          + "say it with --set \(key)=tanh")
      return nil
    }
    guard let activation = Activation(huggingFaceName: name == "none" ? "linear" : name) else {
      facts.reject(
        key,
        "found \(JSONValue.string(name).excerpt); accepted: \(Activation.acceptedNames.joined(separator: ", "))"
      )
      return nil
    }
    return activation
  }
}
