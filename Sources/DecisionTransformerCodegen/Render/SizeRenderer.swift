/// Writes the constants that follow from shapes: dimensions, sizes, costs.
package struct SizeRenderer {
  package let plan: Plan
  package let version: String
  /// Of the memory that one works in.
  private let memorySize: Int
  private let access: String

  package init(plan: Plan, version: String, memorySize: Int? = nil, access: String? = nil) {
    (self.plan, self.version) = (plan, version)
    self.memorySize = memorySize ?? plan.memory.byteCount
    self.access = "\(access ?? plan.deployment.access.rawValue) "
  }

  package func render(to writer: inout CodeWriter) {
    plan.network.controlSteps == nil ? trunk(to: &writer) : controller(to: &writer)
  }

  private func controller(to writer: inout CodeWriter) {
    let shape = plan.shape
    constant(
      plan.steps.state.frames == nil
        ? "Numbers of a state." : "Bytes that a step is given as its state.", "stateDimension",
      shape.stateDimension, to: &writer)
    if plan.steps.action.choice == nil {
      constant("Numbers of an action.", "actionDimension", shape.actionDimension, to: &writer)
    } else {
      constant("Actions to choose from.", "actionCount", shape.actionDimension, to: &writer)
    }
    dimensions(to: &writer)
    constant("Control steps of context, K.", "window", shape.window, to: &writer)
    constant(
      "Steps of an episode for which the model has timesteps.", "maximumEpisodeLength",
      plan.steps.time.stepCount, to: &writer)
    sizes(to: &writer)
    let ofAll = shape.groupSize == 1 ? "" : ", of all agents"
    let ofGroup =
      shape.agentGroups.count == 1 ? "" : ", once for each group of \(shape.groupSize) agents"
    constant(
      "Multiply-adds of one `act` that is given the reward\(ofAll).", "feedbackMultiplyAdds",
      plan.multiplyAdds(of: plan.feedback), to: &writer)
    constant(
      "Bytes of weights that such an `act` reads\(ofGroup).", "feedbackWeightBytes",
      plan.total(plan.feedback, \.weightBytes), to: &writer)
    constant(
      "Multiply-adds of one `prepare` without a reward\(ofAll).", "preparationMultiplyAdds",
      plan.multiplyAdds(of: plan.preparation), to: &writer)
    identity(to: &writer)
  }

  private func trunk(to writer: inout CodeWriter) {
    let shape = plan.shape
    dimensions(to: &writer)
    constant("Tokens that the cache holds.", "tokenCapacity", shape.tokenCapacity!, to: &writer)
    constant(
      "Rows of wpe: position ids are below it.", "positionCount",
      plan.network.givenEmbeddings!.positionCount, to: &writer)
    sizes(to: &writer)
    constant(
      "Multiply-adds of one token.", "tokenMultiplyAdds",
      plan.multiplyAdds(of: plan.token), to: &writer)
    constant(
      "Bytes of weights that one token reads.", "tokenWeightBytes",
      plan.total(plan.token, \.weightBytes), to: &writer)
    if !plan.chunk.isEmpty {
      constant("Tokens that are computed together.", "chunkSize", shape.chunkSize, to: &writer)
      constant(
        "Multiply-adds of these tokens.", "chunkMultiplyAdds",
        plan.multiplyAdds(of: plan.chunk), to: &writer)
    }
    identity(to: &writer)
  }

  /// The shape of the transformer.
  private func dimensions(to writer: inout CodeWriter) {
    let shape = plan.shape
    constant("Numbers of a token, H.", "hiddenSize", shape.hiddenSize, to: &writer)
    constant("Blocks of the transformer, L.", "layerCount", shape.layerCount, to: &writer)
    constant("Attention heads of a block.", "headCount", shape.headCount, to: &writer)
    constant("Inner numbers of a block's MLP.", "innerSize", shape.innerSize, to: &writer)
  }

  private func sizes(to writer: inout CodeWriter) {
    constant(
      "Bytes of memory a \(plan.network.instanceName) works in.", "memorySize",
      memorySize, to: &writer)
    constant(
      "Bytes that the address of this memory is a multiple of.", "memoryAlignment",
      ControllerMemory.alignment, to: &writer)
    constant(
      "Bytes of packed weights without their header.", "packedWeightsSize",
      plan.weights.byteCount, to: &writer)
  }

  private func identity(to writer: inout CodeWriter) {
    writer.write(
      "/// Identifies the layout of the packed weights; `init` refuses weights of another one.")
    writer.constant("\(access)static var layoutDigest: UInt64", "0x\(plan.layoutDigestText)")
    writer.write("/// The version of dtgen that wrote this file.")
    writer.write("\(access)static var generatorVersion: StaticString { \"\(version)\" }")
  }

  private func constant(
    _ documentation: String, _ name: String, _ value: Int, to writer: inout CodeWriter
  ) {
    writer.write("/// \(documentation)")
    writer.write("\(access)static var \(name): Int { \(literal(value)) }")
  }
}
