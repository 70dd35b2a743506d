/// A tensor of the checkpoint that no packed tensor is made of, and why.
public struct UnreadTensor: Equatable, Sendable, Codable {
  public var name: String
  public var reason: String

  /// Those of a model whose packed tensors are `tensors`.
  static func all(of model: Model, tensors: [PackedTensor]) -> [UnreadTensor] {
    let read = tensors.reduce(into: Set<String>()) { $0.formUnion($1.recipe.tensors) }
    return RequiredTensor.all(of: model.config).map(\.name).filter { !read.contains($0) }.map {
      UnreadTensor(name: $0, reason: "no output that codegen.json asks for needs it")
    }
  }
}
