/// Projects whose checkpoints are read.
public enum ImportFamily: String, CaseIterable, Sendable {
  case huggingFace = "hugging-face"
  case kzlGym = "kzl-gym"
  case onlineDT = "online-dt"
  case corl
  case d3rlpy
  case minDT = "min-dt"
  case kzlAtari = "kzl-atari"

  /// The project, as people know it.
  package var name: String {
    switch self {
    case .huggingFace: "Hugging Face's DecisionTransformerModel (huggingface/transformers)"
    case .kzlGym: "the original gym implementation (kzl/decision-transformer)"
    case .onlineDT: "the Online Decision Transformer (facebookresearch/online-dt)"
    case .corl: "CORL (Clean Offline Reinforcement Learning)"
    case .minDT: "min-decision-transformer (nikhilbarhate99/min-decision-transformer)"
    case .kzlAtari: "the original Atari implementation (kzl/decision-transformer, atari)"
    case .d3rlpy: "d3rlpy's DecisionTransformer, continuous or discrete (takuseno/d3rlpy)"
    }
  }
}
