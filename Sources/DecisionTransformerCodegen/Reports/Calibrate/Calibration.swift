import DecisionTransformer
import Foundation

/// A precision of each matrix with which actions stay as near to the checkpoint's as `max_action_error` asks for, and little work
/// is left by the plan's own estimate. A search, matrix by matrix, and no proof that nothing is faster.
///
/// Errors are measured, not estimated: packed numbers, and rows quantized as generated code quantizes them, in double precision
/// against the checkpoint, over the recorded episode or a synthetic one. What a matrix costs alone decides which is the next
/// to get more bits; whether the bound holds, a run with all of them together.
public struct Calibration: Sendable {
  /// What was measured of one matrix.
  public struct Matrix: Sendable {
    public var name: String
    public var precision: WeightPrecision
    /// The largest change of an action if this matrix alone is rounded, by precision.
    public var errors: [WeightPrecision: Double]

    package func error(_ precision: WeightPrecision) -> Double { errors[precision] ?? 0 }
  }

  public var bound: Double
  /// Whether actions are numbers, and what is measured are logits.
  public var isOfLogits: Bool
  public var source: String
  public var stepCount: Int
  /// `precision`: of all matrices but those of `matrixPrecisions`.
  public var precision: WeightPrecision
  public var matrices: [Matrix]
  /// With the choice, environment units.
  public var largestError: Double
  public var meanError: Double
  /// Of all precisions alike: the largest change, and the estimated work in parts of float32's.
  public var uniform: [(precision: WeightPrecision, largestError: Double, work: Double)]
  public var work: Double

  /// `matrix_precisions`
  public var matrixPrecisions: [String: WeightPrecision] {
    Dictionary(
      uniqueKeysWithValues: matrices.filter { $0.precision != precision }.map {
        ($0.name, $0.precision)
      })
  }

  /// - Parameter progress: told the part of the measurements that is done.
  package init(
    _ model: Model, _ checkpoint: Checkpoint, bound: Double, recorded: CalibrationEpisode?,
    path: String, progress: (Double) -> Void
  ) throws(InvalidInput) {
    let meter = ActionErrorMeter(model, checkpoint, recorded: recorded, path: path)
    (self.bound, source, stepCount) = (bound, meter.source, meter.stepCount)
    isOfLogits = model.options.actions == .discrete
    let names = meter.plan(.int8).matrices.map(\.name)
    let roundings = WeightPrecision.allCases.filter { $0 != .float32 }
    let count = Double(roundings.count * names.count + WeightPrecision.allCases.count)
    var done = 0.0
    func measure(
      _ precision: WeightPrecision, _ others: [String: WeightPrecision] = [:]
    ) throws(InvalidInput) -> ErrorStatistics {
      defer {
        done += 1
        progress(min(1, done / count))
      }
      return try meter.error(precision, others)
    }

    // Alone, in the plan that integers get.
    let exact = Dictionary(uniqueKeysWithValues: names.map { ($0, WeightPrecision.float32) })
    matrices = []
    for name in names {
      func alone(_ precision: WeightPrecision) throws(InvalidInput) -> Double {
        var others = exact
        others[name] = precision
        return try measure(.int8, others).largest
      }
      var errors: [WeightPrecision: Double] = [:]
      for precision in roundings { errors[precision] = try alone(precision) }
      matrices.append(Matrix(name: name, precision: .int8, errors: errors))
    }
    let floatWork = Double(meter.plan(.float32).estimatedWork)
    uniform = []
    for precision in WeightPrecision.allCases {
      uniform.append(
        (
          precision, try measure(precision).largest,
          Double(meter.plan(precision).estimatedWork) / floatWork
        ))
    }
    guard let float = uniform.first(where: { $0.precision == .float32 }),
      float.largestError <= bound
    else {
      throw InvalidInput([
        Diagnostic(
          path: path, key: "max_action_error",
          "found \(bound), here or as --max-action-error; accepted: at least \(Self.above(uniform[0].largestError)), since float32 is off by nearly as much"
        )
      ])
    }

    // More bits, matrix by matrix, until the bound holds.
    (precision, work) = (.int8, 0)
    var choice = names.map { ($0, WeightPrecision.int8) }
    var found = try meter.error(.int8)
    while found.largest > bound, choice.contains(where: { $0.1 != .float32 }) {
      let next = Self.next(choice, matrices, meter)
      choice[next.index].1 = next.precision
      found = try measure(.int8, Dictionary(uniqueKeysWithValues: choice))
    }
    (largestError, meanError) = (found.largest, found.mean)
    for index in matrices.indices { matrices[index].precision = choice[index].1 }
    work =
      Double(meter.plan(.int8, Dictionary(uniqueKeysWithValues: choice)).estimatedWork) / floatWork
    // One precision for all may be as good, and faster: its plan may have other forms.
    for other in uniform where other.largestError <= bound && other.work <= work {
      let error = try meter.error(other.precision)
      (precision, work) = (other.precision, other.work)
      (largestError, meanError) = (error.largest, error.mean)
      for index in matrices.indices { matrices[index].precision = other.precision }
    }
    try refine(meter, floatWork: floatWork)
  }

  /// A short number that is no smaller.
  private static func above(_ number: Double) -> String {
    NumberText.scientific(number * 1.1)
  }

  /// Fewer bits for single matrices where the bound still holds, those first that save most work.
  private mutating func refine(
    _ meter: ActionErrorMeter, floatWork: Double
  ) throws(InvalidInput) {
    func work(_ others: [String: WeightPrecision]) -> Double {
      Double(meter.plan(precision, others).estimatedWork) / floatWork
    }
    // Forms, and so names, follow from the precision of all.
    let names = Set(meter.plan(precision).matrices.map(\.name))
    guard matrices.allSatisfy({ names.contains($0.name) }) else { return }
    for (index, matrix) in matrices.enumerated().sorted(by: {
      $0.element.error(.int8) < $1.element.error(.int8)
    }) {
      // From the largest error on, as long as there is less of it to take.
      let fewer = WeightPrecision.allCases.filter {
        matrix.error($0) > matrix.error(matrix.precision)
      }.sorted { matrix.error($0) > matrix.error($1) }
      for other in fewer {
        var others = Dictionary(uniqueKeysWithValues: matrices.map { ($0.name, $0.precision) })
        others[matrix.name] = other
        let less = work(others)
        guard less < self.work else { continue }
        let found = try meter.error(precision, others)
        guard found.largest <= bound else { continue }
        matrices[index].precision = other
        (self.work, largestError, meanError) = (less, found.largest, found.mean)
        break
      }
    }
  }

  /// The matrix that takes away most of the squared error for the work that it adds, and its new precision.
  private static func next(
    _ choice: [(String, WeightPrecision)], _ matrices: [Matrix], _ meter: ActionErrorMeter
  ) -> (index: Int, precision: WeightPrecision) {
    let now = meter.plan(.int8, Dictionary(uniqueKeysWithValues: choice)).estimatedWork
    var best = (index: 0, precision: WeightPrecision.float32, gain: -1.0)
    for (index, (_, precision)) in choice.enumerated() where precision != .float32 {
      func square(_ precision: WeightPrecision) -> Double {
        let error = matrices[index].error(precision)
        return error * error
      }
      for other in WeightPrecision.allCases
      where square(other) < square(precision) || other == .float32 {
        var changed = choice
        changed[index].1 = other
        let work =
          meter.plan(.int8, Dictionary(uniqueKeysWithValues: changed)).estimatedWork - now
        let gain = (square(precision) - square(other)) / Double(max(1, work))
        if gain > best.gain { best = (index, other, gain) }
      }
    }
    return (best.index, best.precision)
  }
}
