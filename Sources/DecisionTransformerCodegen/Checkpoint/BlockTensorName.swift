/// A name of the form `encoder.h.<layer>.<rest>`.
package struct BlockTensorName {
  package var layer: Int
  package var rest: Substring

  package init?(_ name: String) {
    let start = "encoder.h."
    guard name.hasPrefix(start) else { return nil }
    let parts = name.dropFirst(start.count).split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let layer = Int(parts[0]), "\(layer)" == parts[0], layer >= 0 else {
      return nil
    }
    self.layer = layer
    rest = parts[1]
  }

  package var isCrossAttention: Bool {
    rest.hasPrefix("crossattention.") || rest.hasPrefix("ln_cross_attn.")
  }
}
