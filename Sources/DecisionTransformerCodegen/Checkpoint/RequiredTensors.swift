extension Checkpoint {
  /// Name and shape of every tensor the model reads, in Hugging Face's order.
  public static func requiredTensors(of config: ModelConfig) -> [(name: String, shape: [Int])] {
    RequiredTensor.all(of: config).map { ($0.name, $0.shape(in: config)) }
  }
}
