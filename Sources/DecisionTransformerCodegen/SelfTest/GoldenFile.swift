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
    let dimensions = (state: model.stateInputCount, action: model.config.actionDimension)
    let hasFrames = model.config.frames != nil
    let inputs = [
      ("states", [steps, dimensions.state]), ("rewards", [steps]),
      ("executed", [steps, dimensions.action]),
    ]
    for (name, counts) in inputs {
      // Without states nobody knows how many steps there are.
      let shape =
        steps > 0
        ? "\(counts)"
        : "[" + (["T"] + counts.dropFirst().map(String.init)).joined(separator: ", ") + "]"
      func fits(_ found: [Int]) -> Bool {
        found.count == counts.count && found.dropFirst() == counts.dropFirst()
          && (steps > 0 ? found[0] == steps : name != "states")
      }
      guard let tensor = file.tensors[name] else {
        let type = hasFrames && name == "states" ? "bytes" : "float32"
        if name != "executed" { reject(name, "is missing; accepted: \(type) of shape \(shape)") }
        continue
      }
      if hasFrames, name == "states" {
        // Frames, lines and pixels may be axes of their own.
        if tensor.shape.dropFirst().reduce(1, *) != dimensions.state || steps == 0 {
          reject(
            name,
            "found shape \(tensor.shape); accepted: \(shape), or more axes with as many bytes for each step"
          )
        } else if tensor.dataType.rawValue != "U8" {
          reject(name, "found \(tensor.dataType.rawValue); accepted: U8, bytes of frames")
        }
      } else if !fits(tensor.shape) {
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
    for (name, _) in inputs
    where problems.isEmpty && file.tensors[name] != nil && !(hasFrames && name == "states") {
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
    let numbers =
      hasFrames ? file.rawBytes(of: "states").map { Float($0) } : file.values(of: "states")
    states = Self.rows(numbers, of: dimensions.state)
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
