import DecisionTransformerCodegen
import Foundation
import RecordedEpisodes

/// A model with its weights, as the program of a level gets it.
struct LevelModel: Sendable {
  let model: Model
  let plan: Plan
  /// The file of packed weights.
  let weights: [UInt8]

  var name: String { model.name }

  init(_ model: Model, _ checkpoint: Checkpoint, plan: Plan? = nil) throws {
    self.model = model
    self.plan = plan ?? Plan(model)
    weights = try Compiler.packedWeights(self.plan, model, checkpoint)
  }

  init(folder: URL) throws {
    let packed = try PackedModel(folder: folder)
    (model, plan, weights) = (packed.model, packed.plan, packed.bytes)
  }

  /// The generated sources.
  var sources: [OutputFile] { Compiler.sources(plan) }

  /// The entry of the driver's table, and the conformance that it needs.
  var entry: (declaration: String, value: String) {
    if model.isTrunk { return ("extension \(name): Trunk {}", "trunk(\(name).self)") }
    if model.options.actions == .discrete {
      return model.options.batch > 1
        ? (
          "extension \(name): ReplayedAlone {}", "selfTestAlone(\(name).self)"
        )
        : (
          "extension \(name): \(model.config.frames == nil ? "Vector" : "Frame")ChoiceController {}",
          "choices(\(name).self)"
        )
    }
    if model.config.frames != nil {
      return ("extension \(name): ReplayedAlone {}", "selfTestAlone(\(name).self)")
    }
    if model.options.batch > 1 {
      return (
        "extension \(name): BatchController {}",
        "batch(\(name).self, actionDimension: \(model.config.actionDimension))"
      )
    }
    let conformance = "extension \(name): GeneratedController {}"
    guard !model.forwardOutputs.isEmpty else { return (conformance, "controller(\(name).self)") }
    let members = model.forwardOutputs.map { $0.goldenName }.sorted { $0.member < $1.member }
      .map { "\"\($0.name)\": controller.\($0.member)(array)" }
    let run = """
      controller(\(name).self) { kind, controller in
          guard case .forward(let states, let actions, let returns, let timesteps, let mask) = kind
          else { throw WrongKind() }
          try controller.forward(
            states: states.span, actions: actions.span, returnsToGo: returns.span,
            timesteps: timesteps.span, attentionMask: mask.span)
          return [\(members.joined(separator: ", "))]
        }
      """
    return (conformance, run)
  }
}

extension ModelOutput {
  /// The name in golden files, and the generated member.
  var goldenName: (name: String, member: String) {
    switch self {
    case .action: ("action_preds", "withActionPredictions")
    case .state: ("state_preds", "withStatePredictions")
    case .return: ("return_preds", "withReturnPredictions")
    case .lastHiddenState: ("last_hidden_state", "withLastHiddenState")
    case .hiddenStates: ("hidden_states", "withHiddenStates")
    case .attentions: ("attentions", "withAttentions")
    }
  }
}
