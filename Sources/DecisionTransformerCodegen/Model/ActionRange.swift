extension Model {
  /// Warnings of bounds outside of all that the head gives: tanh is between -1 and 1, so the action would be the bound at
  /// every step.
  package func boundRemarks(path: String) -> [Diagnostic] {
    guard !isTrunk, config.hasActionTanh, options.actions == .continuous else { return [] }
    var remarks: [Diagnostic] = []
    for index in 0..<config.actionDimension {
      let half = abs(actionScale[index])
      let (least, most) = (actionOffset[index] - half, actionOffset[index] + half)
      func warn(_ key: String, _ given: [Double]?, where excludesAll: (Double) -> Bool) {
        guard let given else { return }
        let isOne = given.count == 1
        let bound = given[isOne ? 0 : index]
        guard excludesAll(bound) else { return }
        let (text, range) = (JSONValue(bound).excerpt, JSONValue([least, most]).shortText)
        let remark = Diagnostic(
          .warning, path: path, key: isOne ? key : "\(key)[\(index)]",
          "found \(text), and the head gives numbers in \(range) (tanh, action_scale, action_offset): the action is "
            + "\(text) at every step")
        // One number for all components is said once.
        if !remarks.contains(remark) { remarks.append(remark) }
      }
      warn("action_minimum", options.actionMinimum) { $0 >= most }
      warn("action_maximum", options.actionMaximum) { $0 <= least }
    }
    return remarks
  }
}
