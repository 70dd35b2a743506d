/// The function that makes probabilities of a routine's scores; the arithmetic is the runtime's `VectorMath.softmax`.
extension SupportRenderer {
  package func softmax(to writer: inout CodeWriter) {
    let stride = plan.shape.keyStride
    let isTrunk = plan.network.takesEmbeddings
    writer.function(
      "Probabilities from scores, in place: row r of each head sees keys \(isTrunk ? "" : "from firstKey ")to lastKey + r * step."
    )
    let parameters =
      (isTrunk ? ", mask: Floats" : "") + ", heads: Int = 1, rows: Int, lastKey: Int, step: Int = 1"
      + (isTrunk ? "" : ", firstKey: Int = 0")
    writer.scope("static func softmax(_ scores: Floats\(parameters))") { writer in
      writer.write("var place = scores, head = 0")
      writer.scope("while head < heads") { writer in
        writer.write("var row = 0, last = lastKey")
        writer.scope("while row < rows") { writer in
          writer.write(
            "VectorMath.softmax(place, count: \(stride), \(isTrunk ? "" : "firstKey: firstKey, ")lastKey: last\(isTrunk ? ", mask: mask" : ""))",
            "place += \(stride)", "last += step", "row += 1")
        }
        writer.write("head += 1")
      }
    }
  }
}
