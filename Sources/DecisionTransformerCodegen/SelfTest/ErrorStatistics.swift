/// How far numbers are from what is expected of them.
package struct ErrorStatistics: Equatable, Sendable {
  package private(set) var count = 0
  package private(set) var sum = 0.0
  /// The largest absolute error, and its place in the order in which numbers were added.
  package private(set) var largest = 0.0
  package private(set) var worstIndex = 0
  /// The largest magnitude of an expected number.
  package private(set) var magnitude = 0.0

  package init() {}

  package var mean: Double { sum / Double(max(1, count)) }

  package mutating func add(_ values: [Double], expected: [Double]) {
    for (value, expected) in zip(values, expected) {
      let difference = abs(value - expected)
      let error = difference.isNaN ? .infinity : difference
      if error > largest { (largest, worstIndex) = (error, count) }
      sum += error
      magnitude = max(magnitude, abs(expected))
      count += 1
    }
  }

  /// What float32 may be off on another machine.
  ///
  /// `largest` is the error that the same operations have in float32, over whole rows of the telling steps and the
  /// actions of all steps. Another machine rounds differently (fused multiply-adds, other sums of a norm, exp and tanh to
  /// 1.6 units in the last place instead of half of one), so its errors are other draws from about the same
  /// distribution: the largest of hundreds seldom doubles. Eight times leaves room for that. Where all numbers
  /// happen to round well, 2⁻²¹ of the largest magnitude, four units in its last place, is granted. A power of two, so that the libraries'
  /// last digits do not show: the same bytes on every machine.
  ///
  /// Where rows are quantized, `quantization` is what that alone changes: a number that lies between two integers goes
  /// to the one on one machine and to the other on another, and what follows from it is another draw of that error, at
  /// most. Twice as much is granted, and no more: steps of integers are no error that grows eightfold.
  package func tolerance(quantization: Double = 0) -> Double {
    let bound = max(
      (quantization > 0 ? 2 : 8) * largest, 2 * quantization, 0x1p-21 * magnitude,
      Double(Float.leastNormalMagnitude))
    let power = Double(sign: .plus, exponent: bound.exponent, significand: 1)
    return bound == power ? power : 2 * power
  }
}
