// The activations that products end in, by their names in generated code.

extension Plan {
  /// What products end in: the blocks' activation, then all others in order of first use.
  package var activations: [Activation] {
    kernels.reduce(into: [network.blocks[0].activation]) { found, kernel in
      guard case .activation(let activation)? = kernel.epilogue, !found.contains(activation)
      else { return }
      found.append(activation)
    }
  }

  /// What products end in that are added to a part of their sum.
  package var activationsOfSums: [Activation] {
    kernels.compactMap {
      if case .addActivated(let activation)? = $0.epilogue { activation } else { nil }
    }
  }

  /// The name of an epilogue.
  package func finishName(of epilogue: Kernel.Epilogue) -> String {
    switch epilogue {
    case .store, .storeUnbiased: "Store"
    case .activation(let activation): finishName(of: activation)
    case .add: "Add"
    case .addActivated(let activation): "Add\(finishName(of: activation))"
    }
  }

  /// The epilogue that applies an activation.
  package func finishName(of activation: Activation) -> String {
    if activation == network.blocks[0].activation { return "Activate" }
    let words = activation.rawValue.split(separator: "_")
    return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
