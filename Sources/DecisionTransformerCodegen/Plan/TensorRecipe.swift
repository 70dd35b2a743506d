/// How a packed tensor is made: the numbers of its rows, and of a map the biases above them.
public struct TensorRecipe: Equatable, Sendable, Codable {
  public var weights: Recipe
  /// nil where they are zeros, and of tensors in rows.
  public var bias: Recipe?

  package init(_ weights: Recipe, bias: Recipe? = nil) {
    (self.weights, self.bias) = (weights, bias)
  }

  /// Everything that it reads, in order of first use.
  public var sources: [Recipe.Source] {
    var seen: Set<Recipe.Source> = []
    return (weights.sources + (bias?.sources ?? [])).filter { seen.insert($0).inserted }
  }

  /// Names of the checkpoint's tensors that it reads.
  public var tensors: Set<String> { Set(sources.filter(\.isTensor).map(\.name)) }

  /// The sources as tables print them: modules of which weight and bias are read by their name, parts in brackets, and a
  /// block's name once where its modules follow each other.
  public var sourceText: [String] {
    var modules: [String] = []
    // No parts where something is read whole.
    var read: [String: (kinds: [String], parts: [String]?)] = [:]
    for source in sources {
      let pieces = source.isTensor ? source.name.split(separator: ".") : []
      let module = source.isTensor ? pieces.dropLast().joined(separator: ".") : source.name
      if read[module] == nil {
        modules.append(module)
        read[module] = ([], [])
      }
      if let kind = pieces.last.map(String.init), !read[module]!.kinds.contains(kind) {
        read[module]!.kinds.append(kind)
      }
      guard let part = source.part else {
        read[module]!.parts = nil
        continue
      }
      if read[module]!.parts?.contains(part) == false { read[module]!.parts?.append(part) }
    }
    var block: Substring?
    return modules.map { module in
      let (kinds, parts) = read[module]!
      var name = Recipe.shortName(module) + (kinds.count == 1 ? ".\(kinds[0])" : "")
      let before = block
      block = name.firstMatch(of: /^h\.\d+\./)?.0
      if let block, block == before { name.removeFirst(block.count) }
      return parts.map { "\(name)[\($0.joined(separator: ", "))]" } ?? name
    }
  }
}

// MARK: - Maps

extension TensorRecipe {
  /// y = x·weights + bias of a normalised row n, which equals this map of n∘gain + shift.
  package func afterNorm(_ norm: String, size: Int) -> TensorRecipe {
    let gain = Recipe.tensor("\(norm).weight", rows: 1, columns: size)
    let shift = Recipe.tensor("\(norm).bias", rows: 1, columns: size)
    return TensorRecipe(.scaledRows(weights, by: gain), bias: adding(.product(shift, weights)))
  }

  package func columns(_ range: Range<Int>, named name: String) -> TensorRecipe {
    TensorRecipe(
      .columns(weights, range, named: name), bias: bias.map { .columns($0, range, named: name) })
  }

  package func scaled(by factor: Double, named name: String) -> TensorRecipe {
    guard factor != 1 else { return self }
    return TensorRecipe(
      .scaled(weights, by: factor, named: name),
      bias: bias.map { .scaled($0, by: factor, named: name) })
  }

  /// The columns of each head moved apart.
  package func spread(size: Int, stride: Int) -> TensorRecipe {
    guard size != stride else { return self }
    return TensorRecipe(
      .spreadColumns(weights, size: size, stride: stride),
      bias: bias.map { .spreadColumns($0, size: size, stride: stride) })
  }

  /// The bias with something added.
  package func adding(_ other: Recipe) -> Recipe { bias.map { .sum($0, other) } ?? other }
}
