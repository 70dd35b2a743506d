/// What a model of numbered actions does with its logits: the functions that generated code calls. Each executes the same
/// instructions whatever the numbers are.
public enum ActionChoice {
  /// The number of the largest logit, of equal ones the first.
  ///
  /// - Parameters:
  ///   - logits: Finite numbers.
  ///   - count: How many, at least one.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func largest(of logits: Floats, count: Int) -> Int {
    var top = logits[0]
    var number: Int32 = 0
    var index: Int32 = 1
    while index < Int32(truncatingIfNeeded: count) {
      // By the sign of a difference: not every processor chooses without a branch. Plus 0: -0 - 0 is -0, and they are equal.
      let logit = logits[Int(index)]
      let isLarger = Int32(bitPattern: (top - logit + 0).bitPattern) &>> 31
      number ^= (number ^ index) & isLarger
      top = VectorMath.larger(top, logit)
      index &+= 1
    }
    return Int(number)
  }

  /// The number of an action drawn from softmax(logits / temperature): how many of the cumulative probabilities are at most
  /// `uniform`, as numpy's `Generator.choice` and d3rlpy have it.
  ///
  /// - Parameters:
  ///   - logits: Finite numbers, in memory that holds a multiple of 16.
  ///   - count: How many, at least one.
  ///   - uniform: At least 0, below 1.
  ///   - temperature: Above 0. The smaller, the more often the largest logit is drawn.
  ///   - powers: As much memory as `logits`, overwritten.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func drawn(
    from logits: Floats, count: Int, uniform: Float, temperature: Float, powers: Floats
  ) -> Int {
    let top = Vector(repeating: logits[largest(of: logits, count: count)])
    let temperature = Vector(repeating: temperature)
    var index = 0
    while index < count {
      VectorMath.exponential((Vector(at: logits + index) - top) / temperature)
        .store(at: powers + index)
      index += 16
    }
    var total = 0.0
    index = 0
    while index < count {
      total += Double(powers[index])
      index += 1
    }
    // The same sums once more, so that the last one is the total.
    let threshold = total * Double(uniform)
    var cumulative = 0.0, number = 0
    index = 0
    while index < count {
      cumulative += Double(powers[index])
      // At most as large: the difference has no sign.
      number &+= (threshold - cumulative).bitPattern &>> 63 == 0 ? 1 : 0
      index += 1
    }
    return number
  }

  /// Whether `number` is at least 0 and below 1.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func isUniform(_ number: Float) -> Bool {
    // Bits are in the order of numbers from 0 on; all others have larger ones. (-0 becomes 0.)
    (number + 0).bitPattern < Float(1).bitPattern
  }

  /// Makes `row` the token's input of an action: 1 at its number, 0 elsewhere.
  ///
  /// - Parameters:
  ///   - number: From 0 to `count` - 1.
  ///   - row: Room for `count` numbers.
  ///   - count: Actions of the model.
  @_noAllocation @_noLocks @inlinable @inline(__always)
  public static func mark(_ number: Int, in row: Floats, count: Int) {
    let number = UInt32(truncatingIfNeeded: number)
    var index: UInt32 = 0
    while index < UInt32(truncatingIfNeeded: count) {
      // By arithmetic: compilers make branches of few comparisons. The upper bit of what differs from zero is set.
      let difference = index ^ number
      let isAnother = (difference | (0 &- difference)) &>> 31
      row[Int(index)] = Float(bitPattern: (1 &- isAnother) &* Float(1).bitPattern)
      index &+= 1
    }
  }
}
