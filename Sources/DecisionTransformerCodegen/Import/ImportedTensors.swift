/// Tensors of a file under Hugging Face's names, as they are collected.
package struct ImportedTensors {
  package struct Tensor {
    package var name: String
    package var shape: [Int]
    package var values: [Float]
  }

  package private(set) var tensors: [Tensor] = []
  private let stored: [String: StoredTensor]
  /// Tensors with values that are not finite, under the file's names.
  package private(set) var damaged: [Diagnostic] = []
  /// Names that were taken, or need not be.
  private var seen: Set<String> = []

  package init(_ stored: [StoredTensor]) {
    self.stored = Dictionary(stored.map { ($0.name, $0) }) { first, _ in first }
  }

  package var names: [String] { stored.keys.sorted() }

  package func shape(of name: String) -> [Int]? { stored[name]?.header.shape }

  /// Adds the file's tensor under another name.
  ///
  /// - Parameter transform: What becomes of shape and values.
  package mutating func take(
    _ name: String, as other: String, shape expected: [Int], _ facts: inout Facts,
    _ transform: ([Int], [Float]) -> ([Int], [Float]) = { ($0, $1) }
  ) {
    take([name], as: other, shape: expected, &facts, transform)
  }

  /// Adds several of the file's tensors, all of one shape, as one: the first axis of each behind that of the one before.
  package mutating func take(
    _ names: [String], as other: String, shape expected: [Int], _ facts: inout Facts,
    _ transform: ([Int], [Float]) -> ([Int], [Float]) = { ($0, $1) }
  ) {
    var stacked: [Float] = []
    for name in names {
      guard let values = values(of: name, shape: expected, &facts) else { continue }
      stacked += values
    }
    // What is missing has been said.
    guard stacked.count == names.count * expected.reduce(1, *) else { return }
    let shape = [names.count * expected[0]] + expected.dropFirst()
    let (newShape, values) = transform(shape, stacked)
    guard values.allSatisfy(\.isFinite) else {
      return facts.reject(
        NameList.text(names), "has values that are too large for float32 as those of \(other)")
    }
    tensors.append(Tensor(name: other, shape: newShape, values: values))
  }

  private mutating func values(
    of name: String, shape expected: [Int], _ facts: inout Facts
  ) -> [Float]? {
    seen.insert(name)
    guard let tensor = stored[name] else {
      facts.reject(name, "is missing; accepted: \(expected)")
      return nil
    }
    guard tensor.header.shape == expected, tensor.header.dataType.isReadable else {
      facts.reject(
        name,
        "has shape \(tensor.header.shape) and type \(tensor.header.dataType.rawValue); accepted: "
          + "\(expected) in F32, F16, BF16 or F64")
      return nil
    }
    let values = tensor.values()
    guard let damage = ValueCheck.damage(tensor, values) else { return values }
    damaged.append(damage)
    return nil
  }

  /// Adds the file's tensors as one of Hugging Face's, of `shape`; `isLinear` where nn.Linear holds what is a Conv1D there.
  package mutating func take(
    _ own: (names: [String], isLinear: Bool), as other: String, shape: [Int], _ facts: inout Facts
  ) {
    var expected = own.isLinear ? Array(shape.reversed()) : shape
    expected[0] /= own.names.count
    if own.isLinear {
      take(own.names, as: other, shape: expected, &facts, Self.transposed)
    } else {
      take(own.names, as: other, shape: expected, &facts)
    }
  }

  /// The file's tensor, for what is made of it; nil where it is not there or has another shape, which has been said then.
  package mutating func numbers(
    _ name: String, _ shape: [Int], _ facts: inout Facts
  ) -> [Double]? {
    values(of: name, shape: shape, &facts).map { $0.map(Double.init) }
  }

  /// Adds what was made of tensors, rounded.
  package mutating func add(_ name: String, _ shape: [Int], _ values: [Double]) {
    tensors.append(Tensor(name: name, shape: shape, values: values.map { Float($0) }))
  }

  /// Adds zeros: the family has no such tensor, or never reads it.
  package mutating func addZeros(_ name: String, _ shape: [Int]) {
    tensors.append(
      Tensor(name: name, shape: shape, values: Array(repeating: 0, count: shape.reduce(1, *))))
  }

  /// The number of a name of the form `<start><layer>.<parameter>`; nil of other names.
  package static func layer(of name: String, behind start: String) -> Int? {
    guard name.hasPrefix(start) else { return nil }
    return name.dropFirst(start.count).split(separator: ".").first.flatMap { Int($0) }
  }

  /// Says that the family's code never reads a tensor.
  package mutating func ignore(_ name: String) { seen.insert(name) }

  /// What is left belongs to somebody's own model, which computes something else.
  package func rejectOthers(of family: ImportFamily, _ facts: inout Facts) {
    let others = names.filter { !seen.contains($0) }
    guard !others.isEmpty else { return }
    facts.reject(
      NameList.text(others), "not a tensor of \(family.name): the model computes something else")
  }

  // MARK: Sizes

  /// Tensors of a family that tell a model's sizes.
  package struct SizeNames {
    /// `[hidden, state]`, or the first layer of several; `[hidden, action]`.
    package var state, action: String
    /// Whether it is a table, `[action, hidden]`.
    package var actionIsTable: Bool
    /// The MLP's first matrix, and which axis of it is the inner size.
    package var inner: (name: String, axis: Int)
    /// `[timesteps, hidden]`.
    package var timesteps: String
    /// Of a layer.
    package var norm: (Int) -> String

    package init(
      state: String, action: String, actionIsTable: Bool = false, inner: (String, axis: Int),
      timesteps: String, norm: @escaping (Int) -> String
    ) {
      self.actionIsTable = actionIsTable
      (self.state, self.action, self.timesteps) = (state, action, timesteps)
      (self.inner, self.norm) = ((inner.0, inner.axis), norm)
    }
  }

  /// The sizes; nil where one of the tensors is missing or has another number of axes.
  package func sizes(_ names: SizeNames) -> ModelConfig? {
    guard let state = matrix(names.state), var action = matrix(names.action),
      let inner = matrix(names.inner.name), let timesteps = matrix(names.timesteps)
    else { return nil }
    if names.actionIsTable { action.reverse() }
    var config = ModelConfig()
    (config.hiddenSize, config.stateDimension) = (action[0], state[1])
    (config.actionDimension, config.innerSize) = (action[1], inner[names.inner.axis])
    config.maximumEpisodeLength = timesteps[0]
    config.layerCount = 0
    while shape(of: names.norm(config.layerCount)) != nil { config.layerCount += 1 }
    return config
  }

  /// The control steps that a causal mask is for: it has a row for each token. nil where it has not; `facts` says so.
  package func window(ofMask name: String, _ facts: inout Facts) -> Int? {
    guard let shape = shape(of: name), shape.count >= 2, let rows = shape.last,
      shape[shape.count - 2] == rows, rows > 0, rows % 3 == 0
    else {
      facts.reject(name, "is missing or has another shape; accepted: three rows for each step")
      return nil
    }
    return rows / 3
  }

  private func matrix(_ name: String) -> [Int]? {
    shape(of: name).flatMap { $0.count == 2 ? $0 : nil }
  }

  /// The matrix `[rows, columns]` the other way round: nn.Linear holds `[out, in]`, GPT-2's Conv1D `[in, out]`.
  package static func transposed(_ shape: [Int], _ values: [Float]) -> ([Int], [Float]) {
    let (rows, columns) = (shape[0], shape[1])
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for column in 0..<columns {
      for row in 0..<rows { result.append(values[row * columns + column]) }
    }
    return ([columns, rows], result)
  }
}
