/// `forward`, its results, and what the model expects next, for C.
package struct CForwardFunctions {
  package let plan: Plan

  private var type: String { plan.deployment.name }
  private var shape: Shape { plan.shape }
  private var outputs: [ModelOutput] { plan.network.outputs }

  package var all: [CFunction] {
    guard !plan.forward.isEmpty else { return [] }
    return [forward] + outputs.map(result)
      + (outputs.contains(.state) ? [nextState] : [])
      + (outputs.contains(.return) ? [nextReturn] : [])
  }

  private var forward: CFunction {
    let window = shape.window
    let timesteps =
      plan.steps.endsEpisodes ? "0 to \(shape.maximumEpisodeLength - 1)" : "not negative"
    return CFunction(
      "forward",
      [
        "Hugging Face's DecisionTransformerModel.forward over T = step_count steps, 1 to \(window), in model units:",
        "states[T][\(shape.stateDimension)] normalised, actions[T][\(shape.actionDimension)], returns_to_go[T] scaled, timesteps[T] \(timesteps).",
        "attention_mask[T]: 1 for a step that is attended to, 0 for padding; NULL is all ones. Numbers must be finite, those of",
        "masked steps too. Does the work of \(window) steps whatever T is, and leaves the episode as it is. The results stay",
        "until the next forward that succeeds.",
      ],
      summary: "`forward` over whole sequences of the caller's, model units.",
      [
        ("step_count", .size), ("states", .floats), ("actions", .floats),
        ("returns_to_go", .floats), ("timesteps", .integers),
        ("attention_mask", .optionalBytes),
      ],
      [
        "let steps = Int(clamping: stepCount)",
        "guard steps >= 1, steps <= \(window) else { return call.end(ForwardError.stepCount(steps, window: \(window))) }",
        "do throws(ForwardError) {",
        "  try unsafe \(type).of(call).pointee.forward(",
        "    states: UnsafeBufferPointer(start: states, count: steps * \(shape.stateDimension)).span,",
        "    actions: UnsafeBufferPointer(start: actions, count: steps * \(shape.actionDimension)).span,",
        "    returnsToGo: UnsafeBufferPointer(start: returnsToGo, count: steps).span,",
        "    timesteps: UnsafeBufferPointer(start: timesteps, count: steps).span,",
        "    attentionMask: UnsafeBufferPointer(start: attentionMask, count: attentionMask == nil ? 0 : steps).span)",
        "  return call.end()",
        "} catch {",
        "  return call.end(error)",
        "}",
      ])
  }

  /// The name of a result in C.
  private func name(_ output: ModelOutput) -> String {
    switch output {
    case .action: "action_predictions"
    case .state: "state_predictions"
    case .return: "return_predictions"
    case .lastHiddenState, .hiddenStates, .attentions: output.rawValue
    }
  }

  private func result(_ output: ModelOutput) -> CFunction {
    CFunction(
      name(output),
      [
        "Copies \(description(of: output)) of the latest forward:",
        "\(output.shapeText(shape)) numbers, row after row; count must be as many.",
      ],
      summary: "Copies a result of the latest `forward` out.",
      [("numbers", .mutableFloats), ("count", .size)],
      [
        "let (result, size) = unsafe \(type).of(call).pointee.\(output.identifier)InC",
        "call.check(count: count, of: size)",
        "guard call.isSound else { return call.end() }",
        "var index = 0",
        "while index < size { unsafe numbers[index] = result[index]; index += 1 }",
        "return call.end()",
      ])
  }

  private func description(of output: ModelOutput) -> String {
    switch output {
    case .action: "action_preds, model units,"
    case .state: "state_preds, normalised,"
    case .return: "return_preds, scaled,"
    case .lastHiddenState: "last_hidden_state, after ln_f,"
    case .hiddenStates: "hidden_states, what enters each block and the last one,"
    case .attentions: "attentions, probabilities by layer, head, query and key,"
    }
  }

  private var nextState: CFunction {
    CFunction(
      "next_state",
      [
        "state[\(shape.stateDimension)]: receives the state that the model expects after the latest prepared action, environment units."
      ],
      summary:
        "The state that the model expects after the latest prepared action, environment units.",
      [("state", .mutableFloats)],
      [
        "guard let next = unsafe \(type).of(call).pointee.nextState else { return call.end(refusing: .nothingExpected) }",
        "unsafe UnsafeMutableRawPointer(state).storeBytes(of: next, as: \(type).State.self)",
        "return call.end()",
      ])
  }

  private var nextReturn: CFunction {
    CFunction(
      "next_return",
      [
        "*target_return: receives the return-to-go that the model expects after the latest prepared action, environment units."
      ],
      summary:
        "The return-to-go that the model expects after the latest prepared action, environment units.",
      [("target_return", .mutableFloats)],
      [
        "guard let next = unsafe \(type).of(call).pointee.nextReturn else { return call.end(refusing: .nothingExpected) }",
        "unsafe targetReturn.pointee = next",
        "return call.end()",
      ])
  }

  /// What the results' functions read, of the generated type.
  package var members: String {
    guard !plan.forward.isEmpty else { return "" }
    return outputs.map { output in
      let squared =
        output == .attentions ? "forwardStepCount * forwardStepCount" : "forwardStepCount"
      let count = "\(squared) * \(literal(output.floatCount(shape: shape, steps: 1)))"
      return """
          fileprivate var \(output.identifier)InC: (DecisionTransformer::Floats, Int) {
            @_noAllocation @_noLocks get { (\(output.identifier), \(count)) }
          }
        """
    }.joined(separator: "\n")
  }
}
