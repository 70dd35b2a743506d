// A trunk is part of somebody's model: what lies around it, and the model whose trunk is all that can be read.

extension TensorMatch {
  /// What has no effect is told, unless it is what every Decision Transformer has there.
  package mutating func reportAroundTrunk(_ names: TensorNames) {
    guard let path = names.trunkPaths.first else { return }
    var (beside, outside): ([String], [String]) = ([], [])
    var isAnybodys = true
    for (index, tensor) in names.headers.enumerated() {
      switch names.trunkPlace(of: index) {
      case .inside: break
      case .beside: beside.append(tensor.name)
      case .outside:
        outside.append(tensor.name)
        isAnybodys = isAnybodys && TensorNames.isKnownAroundTrunk(names.names[index])
      }
    }
    if !outside.isEmpty, !isAnybodys {
      report(
        nil,
        "\(NameList.text(outside)): outside of the trunk (\(path)h), without effect", .note)
    }
    report(
      beside,
      "is in the trunk's module (\(path)h), but no tensor of \(TensorNaming.trunkAlone.model): it has no "
        + "effect here, and a trunk that uses it computes something else", .warning)
  }

  /// What is wrong with a file that has the trunk of a whole model and little else; nil for any other.
  package func loneTrunk(
    _ tensors: [TensorHeader], _ names: TensorNames, _ required: [RequiredTensor]
  ) -> String? {
    guard config.modelClass == .decisionTransformer else { return nil }
    let around = required.filter { !$0.isInTrunk }
    let missing = around.filter { names.tensors[$0.name] == nil }
    guard 2 * missing.count > around.count else { return nil }
    var trunkConfig = config
    trunkConfig.modelClass = .trunk
    let trunk = TensorNames(tensors, config: trunkConfig)
    let naming = trunk.naming
    let isComplete = naming.stored(RequiredTensor.all(of: trunkConfig)).allSatisfy {
      trunk.tensors[$0.name] != nil
    }
    guard isComplete, trunk.trunkPaths.count == 1 else { return nil }
    return "holds the blocks \(trunk.trunkPaths[0])h of a trunk, but \(missing.count) of the "
      + "\(around.count) tensors around it are missing: \(NameList.text(missing.map(\.name))); "
      + "accepted: a whole \(ModelClass.decisionTransformer.rawValue), or \"model_class\": "
      + "\"\(ModelClass.trunk.rawValue)\" in codegen.json, which takes the trunk alone"
  }
}
