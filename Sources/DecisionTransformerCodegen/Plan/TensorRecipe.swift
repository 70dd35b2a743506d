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

  /// The checkpoint's tensors that it reads.
  public var tensors: Set<TensorName> {
    Set(sources.compactMap { if case .tensor(let name) = $0.origin { name } else { nil } })
  }

  /// The sources as tables print them: modules of which weight and bias are read by their name, parts in brackets, and a
  /// block's name once where its modules follow each other.
  public var sourceText: [String] { sourceText(blockName: String.init) }

  /// The same, with blocks under these names.
  package func sourceText(blockName: (Int) -> String) -> [String] {
    var read: [SourceLine] = []
    for source in sources {
      let (owner, parameter) = SourceLine.owner(of: source.origin)
      let index = read.firstIndex { $0.owner == owner } ?? read.endIndex
      if index == read.endIndex { read.append(SourceLine(owner: owner)) }
      read[index].add(parameter, part: source.part)
    }
    var before: ModuleName.Place?
    return read.map { line in
      defer { before = line.place }
      return line.text(isInSameBlock: line.place == before, blockName: blockName)
    }
  }
}

/// What a recipe reads of one module, or of one option.
private struct SourceLine {
  enum Owner: Hashable {
    case module(ModuleName)
    case option(String)
  }

  var owner: Owner
  var parameters: [String] = []
  /// nil where something is read whole.
  var parts: [String]? = []

  init(owner: Owner) { self.owner = owner }

  static func owner(of origin: Recipe.Source.Origin) -> (Owner, parameter: String?) {
    switch origin {
    case .tensor(let name): (.module(name.module), name.parameter)
    case .option(let key): (.option(key), nil)
    }
  }

  var place: ModuleName.Place? {
    if case .module(let module) = owner { module.place } else { nil }
  }

  mutating func add(_ parameter: String?, part: String?) {
    if let parameter, !parameters.contains(parameter) { parameters.append(parameter) }
    guard let part else {
      parts = nil
      return
    }
    if parts?.contains(part) == false { parts?.append(part) }
  }

  func text(isInSameBlock: Bool, blockName: (Int) -> String) -> String {
    let name =
      switch owner {
      case .option(let key): key
      case .module(let module):
        if case .block(let index) = module.place, !isInSameBlock {
          "h.\(blockName(index)).\(module.name)"
        } else {
          module.name
        }
      }
    let read = name + (parameters.count == 1 ? ".\(parameters[0])" : "")
    return parts.map { "\(read)[\($0.joined(separator: ", "))]" } ?? read
  }
}

// MARK: - Maps

extension TensorRecipe {
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
