// Options that do not go together, or not with the model they are for.

extension GenerationOptionsReader {
  static func rejectCombinations(
    _ file: inout JSONObjectFile, _ options: GenerationOptions, _ config: ModelConfig?
  ) {
    rejectOutputs(&file, options, config)
    rejectSeveralAgents(&file, options, config)
    rejectWindow(&file, options, config)
    if config?.frames == nil {
      if file["frame_input"] != nil, config != nil {
        file.reject("frame_input", "is of pictures; accepted: beside state_frames in config.json")
      }
    } else {
      for key in ["state_mean", "state_std"] where file[key] != nil {
        file.reject(
          key,
          "is of states that are numbers, and a byte of a frame (state_frames in config.json) counts as byte / 255; "
            + "accepted: no such key")
      }
    }
    rejectPadding(&file, options, config)
    guard config?.hasReturnTokens == false else { return }
    for key in ["return_scale", "return_offset", "return_rounding", "target_return"]
    where file[key] != nil {
      file.reject(
        key,
        "is of return tokens, which the model has not (return_tokens in config.json); accepted: no such key"
      )
    }
  }

  /// `forward` has one agent, states that are numbers, and a timestep for each step.
  private static func rejectOutputs(
    _ file: inout JSONObjectFile, _ options: GenerationOptions, _ config: ModelConfig?
  ) {
    guard options.outputs != [.action] else { return }
    if options.batch > 1 {
      file.reject(
        "batch",
        "found \(options.batch) beside outputs other than \"action\", which have one agent; accepted: 1, "
          + "or \"outputs\": [\"action\"]")
    }
    if config?.slotCount != nil {
      file.reject(
        "outputs",
        "are of \"forward\", which has no place in a window whose positions move (n_slots in config.json); accepted: "
          + "[\"action\"]")
    } else if config?.frames != nil || config?.hasReturnTokens == false {
      file.reject(
        "outputs",
        "are of \"forward\", which takes states that are numbers, and returns (state_frames, return_tokens in "
          + "config.json); accepted: [\"action\"]")
    }
    if options.actions == .discrete {
      file.reject(
        "outputs",
        "are of \"forward\", which has no place beside \"actions\": \"discrete\"; accepted: [\"action\"]; "
          + "the generated type has logits anyway")
    }
  }

  private static func rejectSeveralAgents(
    _ file: inout JSONObjectFile, _ options: GenerationOptions, _ config: ModelConfig?
  ) {
    guard options.batch > 1 else { return }
    if options.hasOperations {
      file.reject(
        "explain",
        "found true beside \"batch\": \(options.batch), whose agents share rows from one operation to the next; "
          + "accepted: false, or \"batch\": 1")
    }
    if config?.frames != nil {
      file.reject(
        "batch",
        "found \(options.batch) beside states that are pictures (state_frames in config.json), whose convolutions each "
          + "agent has for itself: nothing is shared; accepted: 1, and a controller for each agent")
    }
  }

  /// Steps in front of an episode have row 0, and go through the window when it begins.
  private static func rejectPadding(
    _ file: inout JSONObjectFile, _ options: GenerationOptions, _ config: ModelConfig?
  ) {
    guard config?.seesPadding == true else { return }
    if options.firstTimestep != 1 {
      file.reject(
        "first_timestep",
        "found \(options.firstTimestep), where row 0 is that of the steps in front of an episode (sees_padding in config.json); "
          + "accepted: 1")
    }
    if options.batch > 1 {
      file.reject(
        "batch",
        "found \(options.batch) where an episode begins with steps of its own (sees_padding in config.json), which would move the "
          + "other agents' windows; accepted: 1")
    }
    if options.outputs != [.action] {
      file.reject(
        "outputs",
        "are of \"forward\", which has no steps in front of an episode (sees_padding in config.json); accepted: [\"action\"]"
      )
    }
  }

  /// Where places in the window have positions, there are as many as these.
  private static func rejectWindow(
    _ file: inout JSONObjectFile, _ options: GenerationOptions, _ config: ModelConfig?
  ) {
    guard let config, let steps = config.windowOfSlots, let window = options.window,
      file.isSound("window"), window != steps
    else { return }
    let key = config.slots == .tokens ? "n_token_slots" : "n_slots"
    file.reject(
      "window",
      "found \(window), where each step of the window has a position; accepted: \(steps) (\(key) in config.json)"
    )
  }
}
