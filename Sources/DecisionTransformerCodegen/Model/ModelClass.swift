/// Which of Hugging Face's classes the generated type computes: `model_class` in codegen.json.
public enum ModelClass: String, CaseIterable, Sendable {
  /// States, actions and returns in, actions out: a controller.
  case decisionTransformer = "DecisionTransformerModel"
  /// The GPT-2 trunk alone: embeddings in, last hidden state out, with a cache of keys and values.
  case trunk = "DecisionTransformerGPT2Model"
}

extension ModelClass {
  /// What comments call an instance of the generated type.
  package var instanceName: String {
    switch self {
    case .decisionTransformer: "controller"
    case .trunk: "trunk"
    }
  }
}
