/// What of a C header depends on what an action is: an array of numbers, or the number of one.
package struct CActionText {
  package let plan: Plan

  package init(plan: Plan) {
    self.plan = plan
  }

  private var isNumber: Bool { plan.steps.action.choice != nil }
  private var name: CName { CName(model: plan.deployment.name) }
  private var prefix: String { name.prefix }
  private var states: Int { plan.shape.stateDimension }
  private var actions: Int { plan.shape.actionDimension }

  private var frames: Frames? { plan.steps.state.frames }

  /// The parameter that says what is observed, its name, and what it is.
  private var state: String { frames == nil ? "const float *state" : "const uint8_t *frames" }
  package var stateName: String { frames == nil ? (isBatch ? "states" : "state") : "frames" }
  private var isBatch: Bool { plan.deployment.batch > 1 }
  private var observed: String {
    guard let frames else { return "state[\(states)]: what is observed now." }
    return frames.input == .stack
      ? "frames[\(states)]: \(frames.count) of \(frames.rows) lines of \(frames.columns) bytes, oldest first."
      : "frames[\(states)]: the newest one, \(frames.rows) lines of \(frames.columns) bytes."
  }

  package var components: String {
    if let frames {
      return
        "\(frames.text) and \(actions) \(isNumber ? "actions to choose from" : "action components")"
    }
    return isNumber
      ? "\(states) state components and \(actions) actions to choose from"
      : "\(states) state and \(actions) action components"
  }

  /// The name of the constant for `actions`, without the prefix.
  package var constant: String { isNumber ? "ACTION_COUNT" : "ACTION_DIMENSION" }

  /// Declarations in the template of a control loop, and the argument that receives the action.
  package var variables: String {
    if isBatch {
      let (batch, prefix) = ("[\(name.constantPrefix)_BATCH]", name.constantPrefix)
      let actions =
        isNumber
        ? "int32_t actions\(batch);" : "float actions\(batch)[\(prefix)_ACTION_DIMENSION];"
      return "float states\(batch)[\(prefix)_STATE_DIMENSION];\n *   float rewards\(batch);\n *   "
        + actions
    }
    let size = "[\(name.constantPrefix)_STATE_DIMENSION]"
    let state = frames == nil ? "float state\(size), " : "uint8_t frames\(size); float "
    return isNumber
      ? "\(state)reward = 0; int32_t action;"
      : "\(state)action[\(name.constantPrefix)_ACTION_DIMENSION], reward = 0;"
  }

  package var argument: String {
    isBatch ? (isNumber ? "actions" : "&actions[0][0]") : isNumber ? "&action" : "action"
  }
  /// The same of the states.
  package var stateArgument: String { isBatch ? "&states[0][0]" : stateName }

  package var act: String {
    let type = isNumber ? "int32_t" : "float"
    let action =
      isNumber
      ? """
      *action: receives the number of the action with the
       * largest logit, 0 to \(actions - 1). */
      """ : "action[\(actions)]: receives the action. */"
    let common = """
      /* The critical path. \(observed) reward: what the environment paid for the previous
       * action, finite; ignored in an episode's first step. \(action)
      int32_t \(prefix)_act(\(name.type) *controller, \(state), float reward, \(type) *action);

      /* The same where the reward of the previous action was given to \(prefix)_prepare_executed_with_reward already
       * (\(frames == nil ? "half the work then" : "the return token is ready then")), or is zero. */
      int32_t \(prefix)_act_without_reward(\(name.type) *controller, \(state), \(type) *action);
      """
    return isNumber ? common + "\n\n" + drawn : common
  }

  private var drawn: String {
    let temperature = plan.steps.action.choice?.temperature ?? 1
    let logits = temperature == 1 ? "logits" : "logits / \(Float(temperature))"
    return """
      /* The same with an action drawn from softmax(\(logits)): its number is how many of the cumulative probabilities are
       * at most uniform, which is 0 or more and below 1. */
      int32_t \(prefix)_act_drawn(
          \(name.type) *controller, \(state), float reward, float uniform, int32_t *action);
      int32_t \(prefix)_act_drawn_without_reward(
          \(name.type) *controller, \(state), float uniform, int32_t *action);

      /* logits[\(actions)]: receives those of the latest act, by action; zeros before an episode's first. */
      int32_t \(prefix)_logits(\(name.type) *controller, float *logits);
      """
  }

  package var executed: String {
    let (what, parameter) =
      isNumber
      ? ("the action with the number executed, where that was done instead.", "int32_t executed")
      : (
        "the action that was really executed, executed[\(actions)], where it differs: clipped, overridden.",
        "const float *executed"
      )
    return """
      /* The same with \(what)
       * Refused before the first act and a second time; after an episode's last step it does nothing, as above. */
      int32_t \(prefix)_prepare_executed(\(name.type) *controller, \(parameter));

      /* The same with the action's reward, if it is known already. */
      int32_t \(prefix)_prepare_executed_with_reward(
          \(name.type) *controller, \(parameter), float reward);
      """
  }
}
