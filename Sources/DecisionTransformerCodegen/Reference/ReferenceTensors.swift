/// The checkpoint's tensors as the layers that hold them.
package struct ReferenceTensors {
  private let checkpoint: Checkpoint
  private let shapes: [String: [Int]]

  package init(config: ModelConfig, checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    shapes = Dictionary(
      uniqueKeysWithValues: Checkpoint.requiredTensors(of: config).map { ($0.name, $0.shape) })
  }

  package func vector(_ name: String) -> [Double] {
    checkpoint.values(name).map(Double.init)
  }

  package func matrix(_ name: String) -> Matrix {
    let shape = shapes[name]!
    return Matrix(rowCount: shape[0], columnCount: shape[1], values: vector(name))
  }

  /// PyTorch's `nn.Linear`, which stores [out, in].
  package func linear(_ name: String) -> Linear {
    Linear(weight: matrix("\(name).weight").transposed, bias: vector("\(name).bias"))
  }

  /// Hugging Face's `Conv1D`, which stores [in, out].
  package func conv1D(_ name: String) -> Linear {
    Linear(weight: matrix("\(name).weight"), bias: vector("\(name).bias"))
  }

  package func layerNorm(_ name: String, epsilon: Double) -> LayerNorm {
    LayerNorm(gain: vector("\(name).weight"), shift: vector("\(name).bias"), epsilon: epsilon)
  }
}
