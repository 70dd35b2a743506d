/// The static layout of the packed weights.
public struct PackedLayout: Equatable, Sendable, Codable {
  public let tensors: [PackedTensor]
  /// What the checkpoint has besides.
  public let unread: [UnreadTensor]

  /// Length in floats.
  public var floatCount: Int {
    tensors.last.map { $0.offset + $0.floatCount } ?? 0
  }

  public var byteCount: Int { floatCount * MemoryLayout<Float>.stride }

  /// The formats of matrices, in order of first use.
  public var formats: [WeightFormat] {
    tensors.reduce(into: []) { found, tensor in
      if !found.contains(tensor.format) { found.append(tensor.format) }
    }
  }

  /// Whether `content` is part of the layout.
  public func contains(_ content: PackedTensor.Content) -> Bool {
    tensors.contains { $0.content == content }
  }

  /// The entry of `content`, which must have been laid out.
  public func tensor(_ content: PackedTensor.Content) -> PackedTensor {
    guard let tensor = tensors.first(where: { $0.content == content }) else {
      preconditionFailure("\(content) is not part of the layout")
    }
    return tensor
  }
}
