/// Whether what a configuration says of its encoder is what the tensors are of. d3rlpy makes the modules by these keys and
/// refuses tensors that are of others.
package struct D3EncoderCheck {
  private let factory: D3Configuration.Factory?
  private let modules: [D3Module]
  private let framesHaveNorms: Bool

  package init(
    _ factory: D3Configuration.Factory?, _ modules: [D3Module], _ framesHaveNorms: Bool
  ) {
    (self.factory, self.modules, self.framesHaveNorms) = (factory, modules, framesHaveNorms)
  }

  package func run(_ tensors: ImportedTensors, _ facts: inout Facts) {
    guard let factory else { return }
    var (sizes, blocks, batchNorms, layerNorms): ([Int], Int, Int, Int) = ([], 0, 0, 0)
    for module in modules {
      switch module {
      case .linear(let name): sizes.append(tensors.shape(of: name + ".weight")?[0] ?? 0)
      case .block: blocks += 1
      case .batchNorm: batchNorms += 1
      case .layerNorm: layerNorms += 1
      case .convolution: break
      }
    }
    func expect(_ key: String, _ value: JSONValue) {
      guard let found = factory.parameters[key], found != value else { return }
      facts.reject(
        "encoder_factory.\(key)",
        "is \(found.shortText) in the configuration, and \(value.shortText) in the tensors: they are of different models; "
          + "accepted: the file that was saved with them")
    }
    if factory.type == "simba" {
      expect("n_blocks", .integer(blocks))
      expect("feature_size", .integer(sizes[0]))
      return
    }
    guard case .string? = factory.parameters["activation"] else {
      let found = factory.parameters["activation"]?.shortText ?? "absent"
      return facts.reject(
        "encoder_factory.activation",
        "is \(found) in the configuration; accepted: a name, which d3rlpy always writes")
    }
    expect("use_batch_norm", .bool(batchNorms > 0 || framesHaveNorms))
    expect("use_layer_norm", .bool(layerNorms > 0))
    if factory.type == "vector" { expect("hidden_units", .array(sizes.map { .integer($0) })) }
    if factory.type == "pixel" { expect("feature_size", .integer(sizes[0])) }
  }
}
