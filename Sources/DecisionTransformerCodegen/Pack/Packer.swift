import DecisionTransformer

/// Writes a checkpoint's numbers into the plan's layout.
public enum Packer {
  /// The packed weights' payload in 32-bit words, exactly as the plan lays it out.
  ///
  /// Throws where folding leaves the range of float32, naming the tensors.
  public static func payload(
    _ plan: Plan, checkpoint: Checkpoint, path: String
  ) throws(InvalidInput) -> [Float] {
    var payload = [Float](repeating: 0, count: plan.weights.floatCount)
    try payload.withUnsafeMutableBufferPointer { (words) throws(InvalidInput) in
      try write(
        plan, checkpoint: checkpoint, path: path,
        to: UnsafeMutableRawBufferPointer(words))
    }
    return payload
  }

  /// Writes the payload to `words`, which are `plan.weights.byteCount` bytes of zero.
  ///
  /// Holds one tensor at a time besides.
  package static func write(
    _ plan: Plan, checkpoint: Checkpoint, path: String,
    to words: UnsafeMutableRawBufferPointer
  ) throws(InvalidInput) {
    precondition(words.count == plan.weights.byteCount)
    let evaluator = RecipeEvaluator(checkpoint)
    var problems: [Diagnostic] = []
    for tensor in plan.weights.tensors {
      var packed = PackedWords(words)
      packed.write(tensor, evaluator, at: tensor.offset)
      if !packed.isFinite {
        problems.append(
          Diagnostic(
            path: path, key: tensor.sourceText,
            "folded into \(tensor.name) it leaves the range of float32; accepted: smaller values"))
      }
    }
    guard problems.isEmpty else { throw InvalidInput(problems) }
  }

  /// The words of one tensor.
  package static func words(of tensor: PackedTensor, _ checkpoint: Checkpoint) -> [Float] {
    var words = [Float](repeating: 0, count: tensor.floatCount)
    words.withUnsafeMutableBufferPointer { words in
      var packed = PackedWords(UnsafeMutableRawBufferPointer(words))
      packed.write(tensor, RecipeEvaluator(checkpoint), at: 0)
    }
    return words
  }
}

/// The words of a payload, and whether all numbers that were narrowed for them are finite.
private struct PackedWords {
  package let words: UnsafeMutableRawBufferPointer
  package private(set) var isFinite = true

  package init(_ words: UnsafeMutableRawBufferPointer) {
    self.words = words
  }

  /// The word at `index`.
  package subscript(index: Int) -> Float {
    get { words.loadUnaligned(fromByteOffset: index * MemoryLayout<Float>.size, as: Float.self) }
    nonmutating set {
      words.storeBytes(of: newValue, toByteOffset: index * MemoryLayout<Float>.size, as: Float.self)
    }
  }

  package mutating func narrowed(_ value: Double) -> Float {
    let narrow = Float(value)
    isFinite = isFinite && narrow.isFinite
    return narrow
  }

  /// Writes what the tensor's recipe gives, as the tensor is arranged.
  package mutating func write(_ tensor: PackedTensor, _ evaluator: RecipeEvaluator, at offset: Int)
  {
    switch tensor.arrangement {
    case .strips(_, _, let format):
      write(evaluator.map(tensor.recipe), tensor.arrangement, format, at: offset)
    case .rows(_, let columns):
      for (index, value) in evaluator.rows(tensor.recipe).enumerated() {
        self[offset + index / columns * Shape.stride(columns) + index % columns] = narrowed(value)
      }
    }
  }

  /// Writes a map as strips: biases, scales, then the words of as many rows as share one.
  private mutating func write(
    _ map: AffineMap, _ arrangement: PackedTensor.Arrangement, _ format: WeightFormat,
    at offset: Int
  ) {
    let depth = map.weights.rowCount
    var numbers = [Float](repeating: 0, count: depth)
    for column in 0..<map.weights.columnCount {
      self[offset + arrangement.place(row: 0, column: column)] = narrowed(map.bias[column])
      for row in 0..<depth { numbers[row] = narrowed(map.weights[row, column]) }
      let scale = format.scale(of: numbers)
      if let place = arrangement.scalePlace(column: column) { self[offset + place] = scale }
      for row in stride(from: 0, to: depth, by: format.rowsPerWord) {
        let word = format.encode(
          numbers[row..<min(row + format.rowsPerWord, depth)], scale: scale, depth: depth)
        self[offset + arrangement.place(row: row + 1, column: column)] = Float(bitPattern: word)
      }
    }
  }
}
