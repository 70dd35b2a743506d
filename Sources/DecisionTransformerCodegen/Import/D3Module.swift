/// A module of an encoder of d3rlpy's, known by its tensors.
package enum D3Module {
  case linear(String)
  case convolution(String)
  case batchNorm(String)
  case layerNorm(String)
  /// SimBa's: the module of its inner ones, a layer norm, a linear map, (relu), a linear map.
  case block(String)

  /// In order; nil where a tensor is of no such module: `others` then has its name.
  ///
  /// - Parameter prefix: What stands in front of the modules' numbers, which count activations and dropout, too.
  package static func all(
    of prefix: String, in tensors: ImportedTensors, others: inout [String]
  ) -> [D3Module] {
    var parts: [Int: Set<String>] = [:]
    for name in tensors.names where name.hasPrefix(prefix) {
      let words = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
      guard words.count == 2, let number = Int(words[0]) else {
        others.append(name)
        continue
      }
      parts[number, default: []].insert(String(words[1]))
    }
    return parts.sorted { $0.key < $1.key }.compactMap { number, parts in
      let name = "\(prefix)\(number)"
      let axes = tensors.shape(of: name + ".weight")?.count
      switch (parts, axes) {
      case (["weight", "bias"], 1): return .layerNorm(name)
      case (["weight", "bias"], 2): return .linear(name)
      case (["weight", "bias"], 4): return .convolution(name)
      case (["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], 1):
        return .batchNorm(name)
      case (blockParts, _): return .block(name)
      default:
        others += parts.sorted().map { "\(name).\($0)" }
        return nil
      }
    }
  }

  private static let blockParts = Set(
    [0, 1, 3].flatMap { ["_layers.\($0).weight", "_layers.\($0).bias"] })
}

extension ImportedTensors {
  /// Factors and terms that a batch norm is when it runs: (x - running_mean) / √(running_var + 1e-5) · weight + bias.
  package mutating func batchNorm(
    _ name: String, count: Int, _ facts: inout Facts
  ) -> (factors: [Double], terms: [Double])? {
    ignore(name + ".num_batches_tracked")
    guard let gain = numbers(name + ".weight", [count], &facts),
      let shift = numbers(name + ".bias", [count], &facts),
      let mean = numbers(name + ".running_mean", [count], &facts),
      let variance = numbers(name + ".running_var", [count], &facts)
    else { return nil }
    guard variance.allSatisfy({ $0 >= 0 }) else {
      facts.reject(name + ".running_var", "has numbers below zero; accepted: variances")
      return nil
    }
    let factors = zip(gain, variance).map { $0 / ($1 + 1e-5).squareRoot() }
    return (factors, zip(shift, zip(mean, factors)).map { $0 - $1.0 * $1.1 })
  }

  /// Adds a linear map of `name` to an encoder.
  package mutating func linear(
    _ name: String, inputs: Int? = nil, to encoder: inout EncoderComposer, _ facts: inout Facts
  ) -> Bool {
    guard let shape = shape(of: name + ".weight"), shape.count == 2 else { return false }
    guard !shape.contains(0) else {
      facts.reject(name + ".weight", "has shape \(shape); accepted: at least one row and column")
      return false
    }
    guard
      let weights = numbers(
        name + ".weight", [shape[0], inputs ?? shape[1]], &facts),
      let biases = numbers(name + ".bias", [shape[0]], &facts)
    else { return false }
    encoder.map(weights, biases)
    return true
  }

  /// Adds a layer norm to an encoder.
  package mutating func layerNorm(
    _ name: String, to encoder: inout EncoderComposer, _ facts: inout Facts
  ) -> Bool {
    guard let gain = numbers(name + ".weight", [encoder.count], &facts),
      let shift = numbers(name + ".bias", [encoder.count], &facts)
    else { return false }
    encoder.normalize()
    encoder.scale(gain, shift)
    return true
  }
}
