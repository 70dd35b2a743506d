extension ModelFolder {
  /// A note where states go in as they are and nobody has said that this is meant: a checkpoint does not tell what it was
  /// trained on, so the build is the last to know that something may be missing.
  package func statisticsRemarks(_ model: Model) -> [Diagnostic] {
    guard model.mayNormalizeStates, model.options.stateMean == nil, !model.options.takesRawStates
    else { return [] }
    // A file under another name has a warning, which says the same.
    if model.optionsDigest == nil, !unreadOptions.isEmpty { return [] }
    let returns =
      model.config.hasReturnTokens && model.options.returnScale == 1
      ? ", and returns unscaled (no return_scale)" : ""
    return [
      Diagnostic(
        .note, path: path(of: "codegen.json"), key: "state_mean",
        "absent; states go in as they are\(returns); accepted: numbers of the training set, for which dtgen init has the "
          + "lines, or null where it was trained on raw states")
    ]
  }
}

extension Model {
  /// Whether states are numbers that a mean could be subtracted from, and nothing in the network normalises them.
  package var mayNormalizeStates: Bool {
    !isTrunk && config.frames == nil && !config.stateEncoder.contains(where: \.normalizesInput)
  }
}
