extension ModelFolder {
  /// A note where states go in as they are, or returns beside states that do not, and nobody has said that this is meant:
  /// a checkpoint does not tell what it was trained on, so the build is the last to know that something may be missing.
  package func statisticsRemarks(_ model: Model) -> [Diagnostic] {
    let isUnscaled =
      !model.isTrunk && model.config.hasReturnTokens && !model.options.hasReturnScale
    if model.options.stateMean != nil, isUnscaled {
      return [
        Diagnostic(
          .note, path: path(of: "codegen.json"), key: "return_scale",
          "absent beside state_mean; returns and rewards go in as they are; accepted: what training divided them by, or 1 "
            + "where it did not")
      ]
    }
    guard model.mayNormalizeStates, model.options.stateMean == nil, !model.options.takesRawStates
    else { return [] }
    // A file under another name has a warning, which says the same.
    if model.optionsDigest == nil, !unreadOptions.isEmpty { return [] }
    let returns =
      isUnscaled
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
