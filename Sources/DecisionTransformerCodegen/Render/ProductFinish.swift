// The activations that products end in, by their names in generated code.

extension Plan {
  /// What products end in: the blocks' activation, then all others in order of first use.
  package var activations: [Activation] {
    kernels.reduce(into: [network.blocks[0].activation]) { found, kernel in
      guard case .linear(_, _, _, .activation(let activation), _, _) = kernel,
        !found.contains(activation)
      else { return }
      found.append(activation)
    }
  }

  /// The epilogue that applies an activation.
  package func finishName(of activation: Activation) -> String {
    if activation == network.blocks[0].activation { return "Activate" }
    let words = activation.rawValue.split(separator: "_")
    return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
