// What codegen.json says about actions: what they are, their units and bounds.

extension GenerationOptionsReader {
  /// - Parameter count: Components of an action, as config.json has them; nil where that is unknown.
  package static func readActions(
    _ file: inout JSONObjectFile, into options: inout GenerationOptions, count: Int?
  ) {
    file.read("actions", into: &options.actions)
    file.read("temperature", into: &options.temperature, .positive)
    if options.actions == .discrete { return rejectUnits(&file) }
    if file["temperature"] != nil, file.isSound("actions") {
      file.reject(
        "temperature", "is of discrete actions; accepted: beside \"actions\": \"discrete\"")
    }
    options.actionScale = perAction(&file, "action_scale", .scale, count) ?? options.actionScale
    options.actionOffset =
      perAction(&file, "action_offset", .float32, count) ?? options.actionOffset
    options.actionMinimum = perAction(&file, "action_minimum", .float32, count)
    options.actionMaximum = perAction(&file, "action_maximum", .float32, count)
    rejectEmptyRanges(&file, options)
    file.read("action_history", into: &options.actionHistory)
    if options.actionHistory == .clamped, file["action_minimum"] == nil,
      file["action_maximum"] == nil
    {
      file.reject(
        "action_history",
        "found \"clamped\" without a bound; accepted: \"raw\", or \"clamped\" beside action_minimum, "
          + "action_maximum or both")
    }
  }

  /// The number of an action has neither units nor bounds, and goes back as it is.
  private static func rejectUnits(_ file: inout JSONObjectFile) {
    for key in [
      "action_scale", "action_offset", "action_minimum", "action_maximum", "action_history",
    ] where file[key] != nil {
      file.reject(
        key,
        "is of actions that are vectors; accepted: no such key beside \"actions\": \"discrete\"")
    }
  }

  /// One number, bare or in an array, or an array with one number per action; nil where the key is absent or wrong.
  private static func perAction(
    _ file: inout JSONObjectFile, _ key: String, _ rule: NumberRule, _ actionDimension: Int?
  ) -> [Double]? {
    switch file[key] {
    case nil: return nil
    case .array(let elements):
      if let actionDimension, elements.count != 1, elements.count != actionDimension {
        let perAction =
          actionDimension == 1
          ? "" : ", or \(actionDimension), one for each action (act_dim in config.json)"
        file.reject(key, "found \(count(elements)); accepted: one number\(perAction)")
      }
      return file.numbers(key, rule)
    case let value?:
      guard value.asDouble != nil else {
        file.reject(key, found: value, accepted: "a number, or an array of numbers")
        return nil
      }
      var number = Double.nan
      file.read(key, into: &number, rule)
      return number.isNaN ? nil : [number]
    }
  }

  /// A component between bounds has numbers to choose from: one at least, as float32.
  private static func rejectEmptyRanges(
    _ file: inout JSONObjectFile, _ options: GenerationOptions
  ) {
    let (low, high) = ("action_minimum", "action_maximum")
    guard let minimum = options.actionMinimum, let maximum = options.actionMaximum,
      file.isSound(low, high)
    else { return }
    let count = max(minimum.count, maximum.count)
    // Without a config nobody has compared the lengths.
    guard [1, count].contains(minimum.count), [1, count].contains(maximum.count) else { return }
    for index in 0..<count {
      let least = minimum.count == 1 ? minimum[0] : minimum[index]
      let most = maximum.count == 1 ? maximum[0] : maximum[index]
      guard Float(least) > Float(most) else { continue }
      let other = maximum.count == 1 ? high : "\(high)[\(index)]"
      file.reject(
        low, element: minimum.count == 1 ? nil : index,
        "found \(JSONValue(least).excerpt), which is above \(other), \(JSONValue(most).excerpt); accepted: "
          + "a minimum that is no larger than the maximum")
    }
  }
}
