import DTGenReports

/// The class of the clients for C++ and Python that a model is for.
enum ClientClass: String {
  case controller = "Controller"
  case numbered = "NumberedController"
  case batch = "BatchController"
  case numberedBatch = "NumberedBatchController"
  case trunk = "Trunk"

  init(of plan: Plan) {
    guard !plan.network.takesEmbeddings else {
      self = .trunk
      return
    }
    let isNumbered = plan.steps.action.choice != nil
    self =
      plan.deployment.batch > 1
      ? (isNumbered ? .numberedBatch : .batch) : (isNumbered ? .numbered : .controller)
  }

  /// The macro that binds the model's functions for C++.
  var macro: String {
    let kind =
      switch self {
      case .controller: ""
      case .numbered: "NUMBERED_"
      case .batch: "BATCH_"
      case .numberedBatch: "NUMBERED_BATCH_"
      case .trunk: "TRUNK_"
      }
    return "DECISION_TRANSFORMER_\(kind)MODEL"
  }

  /// What a wheel calls its class: an action's kind is the package's own affair.
  var nameInWheel: String {
    switch self {
    case .controller, .numbered: "Controller"
    case .batch, .numberedBatch: "BatchController"
    case .trunk: "Trunk"
    }
  }
}
