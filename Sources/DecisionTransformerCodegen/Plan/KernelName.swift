extension Plan {
  /// A kernel's name in generated code. Rows that are the window's past or all of its slots are called so, so that
  /// another window leaves the phases as they are.
  public func name(of kernel: Kernel) -> String {
    switch kernel {
    case .linear(let rows, let depth, let columns, let epilogue, let format, let strides):
      "linear_\(rowPrefix(rows))\(depth)x\(columns)\(format.kernelSuffix)\(epilogue.suffix)"
        + strides.suffix(depth: depth, columns: columns)
    case .scores(let rows, let heads, let depth, _, _, let causal):
      "scores_\(rowPrefix(rows))\(heads)x\(depth)\(causal ? "_causal" : "")"
    case .rowScores(let rows, let depth, _, _, _, _):
      "rowScores_\(rowPrefix(rows))\(depth)"
    case .mix(let rows, let heads, _, let columns, _, _, _, let causal, let addsResidual):
      "mix_\(rowPrefix(rows))\(heads)x\(columns)\(causal ? "_causal" : "")\(addsResidual ? "_add" : "")"
    case .convolve(let shape, let epilogue):
      "convolve_\(shape.input.channels)x\(shape.input.rows)x\(shape.input.columns)_\(shape.filters)x\(shape.size)x\(shape.size)by\(shape.stride)\(epilogue.suffix)"
    case .storeKeys(let heads, let depth, _, _):
      "storeKeys_\(heads)x\(depth)"
    }
  }

  private func rowPrefix(_ rows: Int) -> String {
    switch rowUnit(of: rows) {
    case .past: "past_"
    case .slots: "slots_"
    case nil: "\(rows)x"
    }
  }

  /// What a number of rows stands for.
  package enum RowUnit {
    /// The past tokens of the window, of all agents.
    case past
    /// Every slot of the window.
    case slots
  }

  package func rowUnit(of rows: Int) -> RowUnit? {
    if shape.tokenCapacity != nil || rows <= 2 * shape.groupSize { return nil }
    if rows == shape.groupSize * shape.pastTokenCount { return .past }
    return rows == shape.slotCount && !forward.isEmpty ? .slots : nil
  }

  /// A number of rows as the phases print it.
  package func rowText(_ rows: Int) -> String {
    switch rowUnit(of: rows) {
    case .past: shape.groupSize == 1 ? "pastTokens" : "\(shape.groupSize) * pastTokens"
    case .slots: "slots"
    case nil: "\(rows)"
    }
  }
}

extension WeightFormat {
  /// What a kernel of the format has in its name.
  package var kernelSuffix: String { self == .float32 ? "" : "_\(name)" }
}
