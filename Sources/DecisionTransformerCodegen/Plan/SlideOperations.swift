/// What a step that begins moves.
extension OperationBuilder {
  /// Moves what survives a slide, and is needed behind it: keys and values; of a block whose output is computed anew, its
  /// tokens and queries, too.
  package func slide() -> [Operation] {
    var buffers: [ControllerBuffer.Name] = network.hasMovingPositions ? [.embedded] : []
    for layer in shape.layers where isKept(layer) {
      if network.asksAgain(inBlock: layer) { buffers += [input(of: layer), queryBuffer(layer)] }
      if forms[layer] == .carried { buffers.append(.carried) }
      buffers +=
        forms[layer] == .standard
        ? [.key(layer: layer), .value(layer: layer)] : [attended(layer)]
    }
    // Rows that enter a block may be what its queries read, too.
    return buffers.indices.filter { !buffers[..<$0].contains(buffers[$0]) }.map { buffers[$0] }.map
    {
      Operation(kind: .slide(Operand($0)), comment: "", multiplyAdds: 0, weightBytes: 0)
    }
  }

  package func isKept(_ layer: Int) -> Bool { network.survivesSlide(enteringBlock: layer) }
}
