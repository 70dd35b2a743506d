/// How far actions are from those of a recorded episode, step by step: where a difference begins, and whether it grows.
public struct StepErrors: Encodable, Equatable, Sendable {
  /// Consecutive steps, taken together so that a long episode is a short table.
  package struct Group: Equatable, Sendable {
    package var steps: Range<Int>
    /// The largest error of these steps.
    package var reference, packed: Double
    /// Where that of the packed weights is largest.
    package var worstStep: Int

    /// `12`, or `50–99`
    package var title: String {
      steps.count == 1
        ? "\(steps.lowerBound)" : "\(steps.lowerBound)–\(steps.upperBound - 1)"
    }
  }

  /// The golden file's tensor: `environment_actions` if it is there, else `actions`.
  public var tensor: String
  /// The largest error of a component at each step: of the checkpoint, and of the packed weights.
  public var reference: [Double]
  public var packed: [Double]
  /// What counts as equal.
  public var tolerance: Double
  /// Whether the packed weights are held to it. Rounded ones are another function on purpose.
  public var judgesPacked: Bool
  /// The first step whose error is above it; nil where none is.
  public var firstBeyond: Int?

  package init(
    tensor: String, reference: [Double], packed: [Double], tolerance: Double, judgesPacked: Bool
  ) {
    (self.tensor, self.reference, self.packed) = (tensor, reference, packed)
    (self.tolerance, self.judgesPacked) = (tolerance, judgesPacked)
    firstBeyond = reference.indices.first {
      reference[$0] > tolerance || (judgesPacked && packed[$0] > tolerance)
    }
  }

  /// Errors of each step, from all numbers of a tensor whose rows are steps.
  package static func largest(
    _ values: [Double], expected: [Double], stepCount: Int
  ) -> [Double] {
    let width = values.count / stepCount
    return (0..<stepCount).map { step in
      var error = ErrorStatistics()
      let row = step * width..<(step + 1) * width
      error.add(Array(values[row]), expected: Array(expected[row]))
      return error.largest
    }
  }

  /// Groups of 1, 2, 5, 10, ... steps, so that there are at most this many.
  package func groups(atMost count: Int = 20) -> [Group] {
    var sizes = sequence(first: 1) { $0 * 10 }.lazy.flatMap { [$0, 2 * $0, 5 * $0] }.makeIterator()
    var size = sizes.next()!
    while size * count < packed.count { size = sizes.next()! }
    return stride(from: 0, to: packed.count, by: size).map { start in
      let steps = start..<min(start + size, packed.count)
      let worst = steps.max { packed[$0] < packed[$1] }!
      return Group(
        steps: steps, reference: reference[steps].max()!, packed: packed[worst], worstStep: worst)
    }
  }
}

extension StepErrors {
  /// A table for people, and where a difference begins.
  package var text: String {
    func digits(_ value: Double) -> String { NumberText.scientific(value) }
    let table = Table(
      title: "\(tensor) by step, largest error",
      rows: [["steps", "reference", "packed", "worst step"]]
        + groups().map { [$0.title, digits($0.reference), digits($0.packed), "\($0.worstStep)"] },
      rightAligned: [0, 1, 2, 3])
    return table.text + beginning
  }

  /// Where a difference begins.
  package var beginning: String {
    let bound =
      "the tolerance of \(NumberText.scientific(tolerance))"
      + (judgesPacked ? "" : ", without the rounding of weights")
    return firstBeyond.map { "the first step beyond \(bound) is \($0)" }
      ?? "every step is within \(bound)"
  }
}
