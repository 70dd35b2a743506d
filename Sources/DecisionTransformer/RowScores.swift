public import CDecisionTransformer

/// Scores of a few queries against keys that lie in rows, for one or two queries: weighted sums read the same rows
/// next. Many queries are faster against panels.
extension VectorMath {
  /// scores[row, key] = q[row] · k[key]
  ///
  /// - Parameters:
  ///   - queries: The first query; rows of `depth` numbers.
  ///   - queryStride: Floats from a query to the next, a multiple of 16.
  ///   - rows: How many queries, 1 or 2.
  ///   - keys: The first key; rows of `depth` numbers.
  ///   - rowStride: Floats from a key to the next, a multiple of 16.
  ///   - count: How many keys, at least 4.
  ///   - depth: Numbers of a row, a multiple of 16.
  ///   - scores: Where the first score goes; no more than `count` of each row are stored.
  ///   - scoreStride: Floats from a row of scores to the next.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func scores(
    _ queries: Floats, stride queryStride: Int, rows: Int,
    _ keys: Floats, stride rowStride: Int, count: Int, depth: Int,
    _ scores: Floats, stride scoreStride: Int
  ) {
    if level >= 2 && rows == 2 {
      scoresOfTwo(
        queries, queries + queryStride, keys, rowStride, count, depth, scores, scores + scoreStride)
    } else {
      var row = 0
      while row < rows {
        let (query, scores) = (queries + row * queryStride, scores + row * scoreStride)
        if level >= 1 {
          scoresOfOne(query, keys, rowStride, count, depth, scores)
        } else if dt_has_few_registers() != 0 {
          scoresByQuarters(query, keys, rowStride, count, depth, scores)
        } else {
          scoresByTwo(query, keys, rowStride, count, depth, scores)
        }
        row += 1
      }
    }
  }

  // Each holds as many sums as the level has registers for. The last group of keys ends with the last key, and may
  // repeat some of the group before.

  /// Two queries by four keys.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func scoresOfTwo(
    _ p: Floats, _ q: Floats, _ keys: Floats,
    _ stride: Int, _ count: Int, _ depth: Int,
    _ pScores: Floats, _ qScores: Floats
  ) {
    var group = 0
    while group < count {
      let key = min(group, count - 4), k = keys + key * stride
      var p0 = Vector(), p1 = p0, p2 = p0, p3 = p0, q0 = p0, q1 = p0, q2 = p0, q3 = p0
      var index = 0
      while index < depth {
        let pPart = Vector(at: p + index), qPart = Vector(at: q + index)
        let k0 = Vector(at: k + index), k1 = Vector(at: k + stride + index)
        let k2 = Vector(at: k + 2 * stride + index), k3 = Vector(at: k + 3 * stride + index)
        p0 = multiplyAdd(pPart, k0, p0)
        q0 = multiplyAdd(qPart, k0, q0)
        p1 = multiplyAdd(pPart, k1, p1)
        q1 = multiplyAdd(qPart, k1, q1)
        p2 = multiplyAdd(pPart, k2, p2)
        q2 = multiplyAdd(qPart, k2, q2)
        p3 = multiplyAdd(pPart, k3, p3)
        q3 = multiplyAdd(qPart, k3, q3)
        index += 16
      }
      store(dt_sums_of_four(p0, p1, p2, p3), at: pScores + key)
      store(dt_sums_of_four(q0, q1, q2, q3), at: qScores + key)
      group += 4
    }
  }

  /// One query by four keys.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func scoresOfOne(
    _ q: Floats, _ keys: Floats, _ stride: Int, _ count: Int,
    _ depth: Int, _ scores: Floats
  ) {
    var group = 0
    while group < count {
      let key = min(group, count - 4), k = keys + key * stride
      var q0 = Vector(), q1 = q0, q2 = q0, q3 = q0, index = 0
      while index < depth {
        let part = Vector(at: q + index)
        q0 = multiplyAdd(part, Vector(at: k + index), q0)
        q1 = multiplyAdd(part, Vector(at: k + stride + index), q1)
        q2 = multiplyAdd(part, Vector(at: k + 2 * stride + index), q2)
        q3 = multiplyAdd(part, Vector(at: k + 3 * stride + index), q3)
        index += 16
      }
      store(dt_sums_of_four(q0, q1, q2, q3), at: scores + key)
      group += 4
    }
  }

  /// One query by two keys.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func scoresByTwo(
    _ q: Floats, _ keys: Floats, _ stride: Int, _ count: Int,
    _ depth: Int, _ scores: Floats
  ) {
    var group = 0
    while group < count {
      let key = min(group, count - 2), k = keys + key * stride
      var q0 = Vector(), q1 = q0, index = 0
      while index < depth {
        let part = Vector(at: q + index)
        q0 = multiplyAdd(part, Vector(at: k + index), q0)
        q1 = multiplyAdd(part, Vector(at: k + stride + index), q1)
        index += 16
      }
      (scores[key], scores[key + 1]) = (sum(of: q0), sum(of: q1))
      group += 2
    }
  }

  /// One query by four keys, four numbers of each at a time.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func scoresByQuarters(
    _ q: Floats, _ keys: Floats, _ stride: Int, _ count: Int,
    _ depth: Int, _ scores: Floats
  ) {
    var group = 0
    while group < count {
      let key = min(group, count - 4), k = keys + key * stride
      var q0 = SIMD4<Float>(), q1 = q0, q2 = q0, q3 = q0, index = 0
      while index < depth {
        let part = quarter(at: q + index)
        q0 = dt_multiply_add4(part, quarter(at: k + index), q0)
        q1 = dt_multiply_add4(part, quarter(at: k + stride + index), q1)
        q2 = dt_multiply_add4(part, quarter(at: k + 2 * stride + index), q2)
        q3 = dt_multiply_add4(part, quarter(at: k + 3 * stride + index), q3)
        index += 4
      }
      scores[key] = sum(of: q0)
      scores[key + 1] = sum(of: q1)
      scores[key + 2] = sum(of: q2)
      scores[key + 3] = sum(of: q3)
      group += 4
    }
  }

  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func sum(of x: SIMD4<Float>) -> Float {
    let two = x.lowHalf + x.highHalf
    return two[0] + two[1]
  }

  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func quarter(at place: Floats) -> SIMD4<Float> {
    unsafe UnsafeRawPointer(place.base).load(as: SIMD4<Float>.self)
  }

  @_noAllocation @_noLocks @inlinable @inline(__always)
  static func store(_ sums: SIMD4<Float>, at place: Floats) {
    unsafe UnsafeMutableRawPointer(place.base).storeBytes(of: sums, as: SIMD4<Float>.self)
  }
}
