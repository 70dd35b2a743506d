/// A tensor of the checkpoint that no packed tensor is made of, and why.
public struct UnreadTensor: Equatable, Sendable, Codable {
  public var name: TensorName
  public var reason: String

  /// Those of a network of which `packed` are packed.
  package static func all(of network: Network, packed: [PackedTensor]) -> [UnreadTensor] {
    let read = packed.reduce(into: Set<TensorName>()) { $0.formUnion($1.recipe.tensors) }
    return network.tensors.filter { !read.contains($0) }.map {
      UnreadTensor(name: $0, reason: "nothing that codegen.json asks for needs it")
    }
  }
}
