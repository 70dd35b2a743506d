import DecisionTransformer

/// What C has of a model besides the functions of a controller of one agent: those of `forward`, of several agents, of a
/// trunk.
package struct CInterface {
  package let plan: Plan

  package var functions: [CFunction] {
    if plan.network.takesEmbeddings { return CTrunkFunctions(plan: plan).all }
    if plan.deployment.batch > 1 { return CBatchFunctions(plan: plan).all }
    return CForwardFunctions(plan: plan).all
  }

  /// What they call, of the generated type.
  package var members: String {
    plan.deployment.batch > 1 ? CBatchFunctions(plan: plan).members : ""
  }
}

/// A size of the model that C is told by a constant and by a function.
package struct CSize {
  /// The function's, without the prefix; the constant's is the same in capitals.
  package let name: String
  /// The member of the generated type; nil where it has none.
  package let member: String?
  package let value: Int
  package let meaning: String
}

extension Plan {
  package var cSizes: [CSize] {
    if let given = network.givenEmbeddings {
      return [
        CSize(
          name: "hidden_size", member: "hiddenSize", value: shape.hiddenSize,
          meaning: "Floats of a token"),
        CSize(
          name: "token_capacity", member: "tokenCapacity", value: shape.tokenCapacity!,
          meaning: "Tokens that the cache holds"),
        CSize(
          name: "position_count", member: "positionCount", value: given.positionCount,
          meaning: "Positions, rows of wpe"),
      ]
    }
    let isDiscrete = steps.action.choice != nil
    return [
      CSize(
        name: stateSizeName, member: "stateDimension", value: shape.stateDimension,
        meaning: "\(stateElement == "Float" ? "Floats" : "Bytes") of a state"),
      CSize(
        name: isDiscrete ? "action_count" : "action_dimension",
        member: isDiscrete ? "actionCount" : "actionDimension", value: shape.actionDimension,
        meaning: isDiscrete ? "Actions to choose from" : "Floats of an action"),
    ]
      + (deployment.batch > 1
        ? [CSize(name: "batch", member: "batch", value: deployment.batch, meaning: "Agents")]
        : forward.isEmpty ? [] : sizesOfResults)
  }

  /// What the shapes of `forward`'s results are made of, besides the number of steps.
  private var sizesOfResults: [CSize] {
    [
      CSize(
        name: "hidden_size", member: nil, value: shape.hiddenSize, meaning: "Floats of a token"),
      CSize(name: "layer_count", member: nil, value: shape.layerCount, meaning: "Blocks"),
      CSize(
        name: "head_count", member: nil, value: shape.headCount, meaning: "Heads of attention"),
    ]
  }

  package var cName: CName {
    CName(model: deployment.name, instance: network.instanceName)
  }

  /// Bytes in front of a controller's memory, in C.
  package var cHeaderByteCount: Int {
    deployment.batch == 1
      ? CController.headerByteCount
      : CController.headerByteCount(agentPlaceCount: shape.agentPlaceCount)
  }

  /// The same as generated code says it.
  package var cHeaderText: String {
    deployment.batch == 1
      ? "CController.headerByteCount"
      : "CController.headerByteCount(agentPlaceCount: \(shape.agentPlaceCount))"
  }

  /// The argument of calls that must know it.
  package var cHeaderArgument: String {
    deployment.batch == 1 ? "" : " headerByteCount: \(cHeaderText),"
  }
}

extension Plan {
  /// The type of a state's numbers in Swift's and C's signatures.
  package var stateElement: String { steps.state.frames == nil ? "Float" : "UInt8" }

  /// What C calls the function that tells their count. Of frames another name: who passes floats there must notice.
  package var stateSizeName: String {
    steps.state.frames == nil ? "state_dimension" : "frame_bytes"
  }

  /// What `act` is given of C's pointer to them.
  package var stateOfPointer: String {
    steps.state.frames == nil
      ? "UnsafeRawPointer(state).load(as: State.self)"
      : "UnsafeBufferPointer(start: state, count: \(literal(shape.stateDimension))).span"
  }
}
