extension VectorMath {
  /// Probabilities from scores, in place: those of keys before `firstKey` and behind `lastKey` are zero, the others are
  /// exp(score) over the sum of these.
  ///
  /// - Parameters:
  ///   - scores: The row.
  ///   - count: How many scores, a multiple of 16.
  ///   - firstKey: The first one that counts. Where it lies behind `lastKey`, the row is of no use, but finite.
  ///   - lastKey: The last one that counts.
  ///   - mask: Added to the scores. A row all of whose scores it makes `hiddenScore` becomes zero.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func softmax(
    _ scores: Floats, count: Int, firstKey: Int = 0, lastKey: Int,
    mask: Floats? = nil
  ) {
    let hidden = Vector(repeating: hiddenScore)
    let first = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: firstKey))
    let last = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: lastKey))
    var top = hidden, total = Vector(repeating: 0), index = 0
    while index < count {
      let key = lanes &+ Int32(truncatingIfNeeded: index)
      let isHidden = (key .> last) .| (key .< first)
      var score = Vector(at: scores + index)
      if let mask { score += Vector(at: mask + index) }
      score = choose(score, or: hidden, where: isHidden)
      top = maximum(top, score)
      score.store(at: scores + index)
      index += 16
    }
    top = Vector(repeating: maximum(of: top))
    index = 0
    while index < count {
      let power = exponential(Vector(at: scores + index) - top)
      total += power
      power.store(at: scores + index)
      index += 16
    }
    var factor = Vector(repeating: 1 / sum(of: total))
    if mask != nil {
      let seesNothing = top .< Vector(repeating: hiddenScore / 2)
      factor = choose(factor, or: Vector(repeating: 0), where: seesNothing)
    }
    index = 0
    while index < count {
      (Vector(at: scores + index) * factor).store(at: scores + index)
      index += 16
    }
  }
}
