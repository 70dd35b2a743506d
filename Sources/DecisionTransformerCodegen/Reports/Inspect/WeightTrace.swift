import DecisionTransformer

/// Where numbers of a checkpoint go in the packed weights, and what lies at a place of these.
public struct WeightTrace {
  private let path: String
  private let model: Model
  private let plan: Plan
  private let checkpoint: Checkpoint?
  private let lines: CodeLines

  /// - Parameter folder: A model folder, with a checkpoint or without one.
  /// - Throws: What is wrong with it.
  public init(folder path: String) throws(InvalidInput) {
    let folder = ModelFolder(path: path)
    self.path = folder.path
    model = try folder.readModel().model
    plan = try Compiler.plan(model, folder: path)
    var remarks: [Diagnostic] = []
    checkpoint = try CheckpointReader.read(
      folder: path, config: model.config, remarks: &remarks)
    lines = CodeLines(plan)
  }

  // MARK: From the checkpoint

  /// Where a tensor goes, or of it one number: `h.1.mlp.c_fc.weight` or `h.1.mlp.c_fc.weight[3,5]`, with `encoder.` or
  /// without.
  ///
  /// - Throws: Where the model has no such tensor, or the tensor no such number.
  public func destinations(of text: String) throws(InvalidInput) -> String {
    let (name, shape, index) = try tensor(text)
    let readers = plan.weights.tensors.filter { $0.recipe.tensors.contains(name) }
    let title = index.map { "\(name)[\($0.map(String.init).joined(separator: ", "))]" } ?? "\(name)"
    var report = ["\(title), of \(shape.map(String.init).joined(separator: " x "))"]
    if readers.isEmpty {
      let reason = plan.weights.unread.first { $0.name == name }?.reason ?? "nothing needs it"
      report.append("  is not read: \(reason)")
    }
    var others: [String] = []
    for reader in readers {
      var numbers: [String] = []
      if let index, let checkpoint {
        numbers = self.numbers(of: reader, checkpoint, name, shape, index)
        guard !numbers.isEmpty else {
          others.append(reader.name)
          continue
        }
      }
      report += ["", place(of: reader)] + formula(of: reader) + numbers + readingLines(of: reader)
    }
    if !others.isEmpty { report += ["", "no part in \(others.joined(separator: ", "))"] }
    if index != nil, checkpoint == nil {
      report += [
        "", "which packed numbers depend on this one: the folder needs a checkpoint to tell",
      ]
    }
    return report.joined(separator: "\n")
  }

  private func tensor(
    _ text: String
  ) throws(InvalidInput) -> (name: TensorName, shape: [Int], index: [Int]?) {
    guard let match = try? /(.+?)(?:\[(.*)\])?/.wholeMatch(in: text) else {
      throw problem(text, "is no tensor's name")
    }
    let tensors = Checkpoint.requiredTensors(of: model.config)
    let written = String(match.1)
    let name = plan.network.tensors.first { $0.description == written || $0.shortName == written }
    guard let name, let tensor = tensors.first(where: { $0.name == name.description }) else {
      throw problem(
        written,
        "is no tensor of the model; accepted: \(NameList.text(tensors.map(\.name)))")
    }
    guard let inBrackets = match.2 else { return (name, tensor.shape, nil) }
    let index = inBrackets.split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0.filter { $0 != " " })
    }
    guard index.count == tensor.shape.count,
      zip(index, tensor.shape).allSatisfy({ index, size in index.map { 0..<size ~= $0 } ?? false })
    else {
      let ranges = tensor.shape.map { "0..<\($0)" }.joined(separator: ", ")
      throw problem(text, "is no number of \(name); accepted: [\(ranges)]")
    }
    return (name, tensor.shape, index.compactMap { $0 })
  }

  /// Which packed numbers change with one of the checkpoint's, found by changing it; nothing where none does.
  private func numbers(
    of reader: PackedTensor, _ checkpoint: Checkpoint, _ name: TensorName, _ shape: [Int],
    _ index: [Int]
  ) -> [String] {
    let place = zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
    let changed = Checkpoint { tensor in
      var values = checkpoint.values(tensor)
      if tensor == name.description { values[place] = values[place] * 2 + 1 }
      return values
    }
    let (before, after) = (Packer.words(of: reader, checkpoint), Packer.words(of: reader, changed))
    let places = before.indices.filter { before[$0].bitPattern != after[$0].bitPattern }
    guard let first = places.first, let last = places.last else { return [] }
    let count = places.count == 1 ? "1 number depends" : "\(places.count) numbers depend"
    let span = first == last ? "" : " to \(reader.offset + last)"
    return ["  \(count) on it, at offset \(reader.offset + first)\(span)"]
  }

  // MARK: From the packed weights

  /// What lies at an offset of the packed weights, in floats.
  ///
  /// - Throws: Where they are shorter.
  public func contents(at offset: Int) throws(InvalidInput) -> String {
    guard
      let tensor = plan.weights.tensors.first(where: {
        $0.offset..<$0.offset + $0.floatCount ~= offset
      })
    else {
      throw problem(
        "--offset \(offset)",
        "lies outside of the packed weights; accepted: 0 to \(plan.weights.floatCount - 1), in floats of 4 bytes"
      )
    }
    var report = ["offset \(offset): \(position(of: offset - tensor.offset, in: tensor))"]
    report += ["", place(of: tensor)] + formula(of: tensor)
    report.append("  made of \(tensor.sourceText)")
    return (report + readingLines(of: tensor)).joined(separator: "\n")
  }

  private func position(of place: Int, in tensor: PackedTensor) -> String {
    let arrangement = tensor.arrangement
    for row in 0..<arrangement.rowCount {
      for column in 0..<arrangement.columnCount
      where arrangement.place(row: row, column: column) == place {
        switch arrangement {
        case .rows: return "row \(row), column \(column) of \(tensor.name)"
        case .strips(let depth, _, let format):
          guard row > 0 else { return "bias of column \(column) of \(tensor.name)" }
          // The first row of those that share the word.
          let (first, last) = (row - 1, min(row - 1 + format.rowsPerWord, depth) - 1)
          let between = last == first + 1 ? "and" : "to"
          let rows = first == last ? "row \(first)" : "rows \(first) \(between) \(last)"
          return "\(rows), column \(column) of \(tensor.name)"
        }
      }
    }
    for column in 0..<arrangement.columnCount
    where arrangement.scalePlace(column: column) == place {
      return "scale of column \(column) of \(tensor.name)"
    }
    return "zero behind a row of \(tensor.name)"
  }

  // MARK: What both print

  private func place(of tensor: PackedTensor) -> String {
    "\(tensor.name): \(tensor.shapeText) \(tensor.arrangementText), offsets \(tensor.offset) to \(tensor.offset + tensor.floatCount - 1)"
  }

  private func formula(of tensor: PackedTensor) -> [String] {
    let recipe = tensor.recipe
    let name = if case .rows = tensor.arrangement { "rows   " } else { "weights" }
    var lines = ["  \(name) = \(recipe.weights)"]
    if let bias = recipe.bias { lines.append("  bias    = \(bias)") }
    var known: Set<String> = []
    for (name, formula) in recipe.weights.definitions + (recipe.bias?.definitions ?? [])
    where known.insert(name).inserted {
      let isPacked = plan.weights.tensors.contains { $0.name == name }
      lines.append("    \(name)\(isPacked ? ", as it is packed," : "") = \(formula)")
    }
    return lines
  }

  private func readingLines(of tensor: PackedTensor) -> [String] {
    let lines = lines.reading(tensor)
    return lines.isEmpty ? [] : ["  read by"] + lines.map { "    \($0)" }
  }

  private func problem(_ key: String, _ message: String) -> InvalidInput {
    InvalidInput([Diagnostic(path: path, key: key, message)])
  }
}
