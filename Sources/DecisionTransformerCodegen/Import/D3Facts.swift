/// What d3rlpy's configuration says about a model beside its tensors; without a configuration it is asked for.
package struct D3Facts {
  private let configuration: D3Configuration?
  private let isDiscrete: Bool
  private let hasFrames: Bool
  private let seesPadding: Bool
  private let origin = "the file's configuration"

  package init(
    _ configuration: D3Configuration?, isDiscrete: Bool, hasFrames: Bool, seesPadding: Bool
  ) {
    (self.configuration, self.isDiscrete) = (configuration, isDiscrete)
    (self.hasFrames, self.seesPadding) = (hasFrames, seesPadding)
  }

  package func take(_ facts: inout Facts) {
    takeNetwork(&facts)
    takeObservations(&facts)
    takeActions(&facts)
    takeReturns(&facts)
    if seesPadding, let configuration, !configuration.masksPadding {
      facts.note(
        "version",
        "\(configuration.version) let an episode's first steps see the padding in front of it, and so it is here; d3rlpy 2.8 runs the "
          + "file otherwise: for that, --set sees_padding=false")
    }
  }

  // MARK: Network

  private func takeNetwork(_ facts: inout Facts) {
    guard let configuration else {
      let name = "\(isDiscrete ? "Discrete" : "")DecisionTransformerConfig"
      let (heads, activation) = isDiscrete ? ("8", "gelu") : ("1", "relu")
      facts.ask("n_head", "num_heads of \(name) (\(heads) there)", example: heads)
      facts.ask(
        "activation_function", "activation_type of \(name) (\(activation) there)",
        example: activation)
      return
    }
    let algorithm = D3Configuration.algorithm(isDiscrete: isDiscrete)
    guard configuration.algorithm == algorithm else {
      return reject(&facts, "type", configuration.algorithm, accepted: algorithm)
    }
    if let heads = configuration["num_heads"] { facts.take("n_head", heads, from: origin) }
    if case .string(let name)? = configuration["activation_type"] {
      facts.take(
        "activation_function", .string(name == "none" ? "linear" : name), from: origin)
    }
  }

  // MARK: Units

  private func takeObservations(_ facts: inout Facts) {
    if hasFrames { return takeFrames(&facts) }
    guard let configuration else {
      if facts.isGiven("state_std") {
        facts.note(
          "state_std",
          "states are divided by these numbers as they are; StandardObservationScaler divides by std + eps (0.001)"
        )
      }
      Statistics.ask(
        &facts,
        mean:
          "what is subtracted from each number of a state: of StandardObservationScaler its mean, of MinMaxObservationScaler (maximum + minimum) / 2",
        note:
          "of StandardObservationScaler std + eps (0.001), of MinMaxObservationScaler (maximum - minimum) / 2"
      )
      return
    }
    guard let scaler = configuration.factory("observation_scaler") else { return }
    switch scaler.type {
    case "standard":
      let epsilon = scaler.number("eps", orAbsent: 0.001)
      take(
        &facts, "observation_scaler", mean: scaler.numbers("mean"),
        deviation: epsilon.flatMap { epsilon in scaler.numbers("std")?.map { $0 + epsilon } })
    case "min_max":
      let range = range(scaler)
      take(
        &facts, "observation_scaler", mean: range?.map(\.middle),
        deviation: range?.map(\.halfWidth))
    default:
      reject(&facts, "observation_scaler", scaler.type, accepted: "standard, min_max, none")
    }
  }

  private func take(
    _ facts: inout Facts, _ key: String, mean: [Double]?, deviation: [Double]?
  ) {
    guard let mean, let deviation else {
      return reject(&facts, key, "no numbers", accepted: "a scaler that was fitted")
    }
    facts.take("state_mean", JSONValue(mean), from: origin)
    facts.take("state_std", JSONValue(deviation), from: origin)
  }

  /// A byte counts as byte / 255.
  private func takeFrames(_ facts: inout Facts) {
    guard let configuration else {
      return facts.note(
        "observation_scaler",
        "is in no file: a byte of a frame counts as byte / 255, as PixelObservationScaler has it")
    }
    let type = configuration.factory("observation_scaler")?.type ?? "none"
    if type != "pixel" {
      reject(&facts, "observation_scaler", type, accepted: "pixel, of observations that are frames")
    }
  }

  private func takeActions(_ facts: inout Facts) {
    if isDiscrete { return }
    guard let configuration else {
      facts.ask(
        "action_scale",
        "of MinMaxActionScaler (maximum - minimum) / 2, one number for each component; without a scaler null",
        example: "null", mayBeAbsent: true)
      facts.ask(
        "action_offset",
        "of MinMaxActionScaler (maximum + minimum) / 2; without a scaler null", example: "null",
        mayBeAbsent: true)
      return
    }
    guard let scaler = configuration.factory("action_scaler") else { return }
    guard scaler.type == "min_max", let range = range(scaler) else {
      return reject(&facts, "action_scaler", scaler.type, accepted: "min_max with numbers, none")
    }
    facts.take("action_scale", JSONValue(range.map(\.halfWidth)), from: origin)
    facts.take("action_offset", JSONValue(range.map(\.middle)), from: origin)
  }

  /// token = (return - offset) / scale.
  private func takeReturns(_ facts: inout Facts) {
    guard let configuration else {
      facts.ask(
        "return_scale",
        "what reward_scaler divides a return by, each over its multiplier: of MultiplyRewardScaler and ConstantShiftRewardScaler 1, of "
          + "StandardRewardScaler std + eps (0.001), of MinMaxRewardScaler maximum - minimum, of ReturnBasedRewardScaler return_max - "
          + "return_min; without a scaler null", example: "null", mayBeAbsent: true)
      facts.ask(
        "return_offset",
        "what it subtracts in front of that: of StandardRewardScaler its mean, of MinMaxRewardScaler its minimum, of "
          + "ConstantShiftRewardScaler -shift; of the others null", example: "null",
        mayBeAbsent: true)
      return
    }
    guard let scaler = configuration.factory("reward_scaler") else { return }
    guard let multiplier = scaler.number("multiplier", orAbsent: 1),
      let epsilon = scaler.number("eps", orAbsent: 0.001),
      let multipliesFirst = scaler.flag("multiply_first")
    else {
      return reject(
        &facts, "reward_scaler", "no numbers", accepted: "multiplier and eps as d3rlpy writes them")
    }
    let returns: (scale: Double?, offset: Double?) =
      switch scaler.type {
      case "multiply": (1 / multiplier, 0)
      case "standard":
        (
          scaler.number("std").map { ($0 + epsilon) / multiplier },
          scaler.number("mean")
        )
      case "min_max": (width(scaler, "minimum", "maximum", multiplier), scaler.number("minimum"))
      case "return": (width(scaler, "return_min", "return_max", multiplier), 0)
      case "shift":
        (
          1 / multiplier,
          scaler.number("shift").map {
            multipliesFirst ? -$0 / multiplier : -$0
          }
        )
      default: (nil, nil)
      }
    guard let scale = returns.scale, let offset = returns.offset, scale.isFinite, offset.isFinite
    else {
      return reject(
        &facts, "reward_scaler", scaler.type,
        accepted: "multiply, standard, min_max, return, shift with their numbers, none")
    }
    facts.take("return_scale", JSONValue(scale), from: origin)
    if offset != 0 { facts.take("return_offset", JSONValue(offset), from: origin) }
  }

  // MARK: Ranges

  private func range(
    _ scaler: D3Configuration.Factory
  ) -> [(middle: Double, halfWidth: Double)]? {
    guard let least = scaler.numbers("minimum"), let most = scaler.numbers("maximum"),
      least.count == most.count
    else { return nil }
    return zip(least, most).map { (middle: ($0 + $1) / 2, halfWidth: ($1 - $0) / 2) }
  }

  private func width(
    _ scaler: D3Configuration.Factory, _ least: String, _ most: String, _ multiplier: Double
  ) -> Double? {
    guard let least = scaler.number(least), let most = scaler.number(most) else { return nil }
    return (most - least) / multiplier
  }

  private func reject(_ facts: inout Facts, _ key: String, _ found: String, accepted: String) {
    facts.reject(key, "found \(found); accepted: \(accepted)")
  }
}
