/// What another program computed for a model: an episode and, at its last step, every stage of the window.
///
/// The format is described in Tests/Tools/Oracle/README.md. Tensors beside the inputs are optional; what is there is
/// compared.
package struct GoldenFile {
  package let file: SafetensorsFile
  package let states: [[Float]]
  package let rewards: [Float]
  /// Environment units, where they differ from the predicted ones; of numbered actions, 1 at its number and 0 elsewhere.
  package let executed: [[Double]]?
  package let targetReturn: Double
  package let retarget: (step: Int, targetReturn: Double)?

  package var stepCount: Int { states.count }

  /// Checks that the inputs are there and fit `model`; all problems at once.
  package init(path: String, model: Model) throws(InvalidInput) {
    let file = try SafetensorsFile(path: path)
    self.file = file
    var problems: [Diagnostic] = []
    func reject(_ key: String, _ message: String) {
      problems.append(Diagnostic(path: path, key: key, message))
    }
    func number(_ key: String) -> Double? {
      let text = file.metadata[key]
      let number = text.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
      if text != nil, number == nil {
        reject("__metadata__.\(key)", "found \"\(text!)\"; accepted: a finite number")
      }
      return number
    }

    let steps = file.tensors["states"]?.shape.first ?? 0
    let dimensions = (state: model.config.stateDimension, action: model.config.actionDimension)
    let inputs = [
      ("states", [steps, dimensions.state]), ("rewards", [steps]),
      ("executed", [steps, dimensions.action]),
    ]
    for (name, shape) in inputs {
      guard let tensor = file.tensors[name] else {
        if name != "executed" { reject(name, "is missing; accepted: float32 of shape \(shape)") }
        continue
      }
      if tensor.shape != shape || steps == 0 {
        reject(name, "found shape \(tensor.shape); accepted: \(shape), one row for each step")
      } else if tensor.dataType != .float32 {
        reject(name, "found \(tensor.dataType.rawValue); accepted: F32")
      }
    }
    if let length = model.episodeLength, steps > length {
      let limit = "max_ep_len\(model.options.firstTimestep == 0 ? "" : " - first_timestep")"
      reject("states", "found \(steps) steps; accepted: up to \(limit), \(length)")
    }
    let target = number("target_return")
    if file.metadata["target_return"] == nil {
      reject("__metadata__.target_return", "is missing; accepted: a number in environment units")
    }
    let retargetStep = number("retarget_step").flatMap(Int.init(exactly:))
    let retargetValue = number("retarget_value")
    if (retargetStep == nil) != (retargetValue == nil) {
      reject(
        "__metadata__.retarget_step",
        "given without retarget_value, or the other way round; "
          + "accepted: a whole number and a number, or neither")
    }
    for (name, _) in inputs where problems.isEmpty && file.tensors[name] != nil {
      let values = file.values(of: name)
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        reject(name, "element \(index) is \(values[index]); accepted: finite numbers")
      } else if name == "executed", model.options.actions == .discrete {
        let rows = Self.rows(values, of: dimensions.action)
        if let step = rows.firstIndex(where: { row in
          row.count { $0 == 1 } != 1 || row.count { $0 == 0 } != row.count - 1
        }) {
          reject(
            name,
            "row \(step) is no action; accepted: 1 at the number of the executed action, 0 elsewhere, where actions are numbers"
          )
        }
      }
    }
    guard problems.isEmpty, let target else { throw InvalidInput(problems) }
    states = Self.rows(file.values(of: "states"), of: dimensions.state)
    rewards = file.values(of: "rewards")
    executed =
      file.tensors["executed"] == nil
      ? nil
      : Self.rows(file.values(of: "executed").map(Double.init), of: dimensions.action)
    targetReturn = target
    retarget = retargetStep.flatMap { step in retargetValue.map { (step, $0) } }
  }

  private static func rows<Value>(_ values: [Value], of count: Int) -> [[Value]] {
    stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
  }
}
