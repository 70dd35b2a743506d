import Foundation

/// An episode and windows that Hugging Face's model was given, with its answers, by parity.py.
struct Golden: Decodable, Sendable {
  /// A tensor that the model computed in double precision, row by row.
  struct Answer: Decodable, Sendable {
    var values: [Double]
    /// The size of the model's units in `values`, one for each element of a row.
    var units: [Double]
    /// How far PyTorch's own float32 answers are off, in the model's units.
    var float32Error: Double

    /// The largest difference, in the model's units, that counts as the same function.
    var tolerance: Double { max(2e-5, 3 * float32Error) }

    /// The largest difference in the model's units; infinite where numbers are missing or not
    /// finite.
    func difference(from numbers: some Collection<Float>) -> Double {
      guard numbers.count == values.count else { return .infinity }
      var largest = 0.0
      for (index, (number, value)) in zip(numbers, values).enumerated() {
        let difference = abs(Double(number) - value) / units[index % units.count]
        guard difference.isFinite else { return .infinity }
        largest = max(largest, difference)
      }
      return largest
    }
  }

  /// The input of one `forward`: T steps, flat.
  struct Window: Decodable, Sendable {
    var states: [Float]
    var actions: [Float]
    var returnsToGo: [Float]
    var timesteps: [Int]
    var attentionMask: [UInt8]
    /// Those of the outputs that codegen.json asks for.
    var answers: [String: Answer]
  }

  struct Retarget: Decodable, Sendable {
    /// From which on the new target holds.
    var step: Int
    var targetReturn: Float
  }

  /// T rows, raw.
  var states: [[Float]]
  /// `rewards[t]` follows step t.
  var rewards: [Float]
  /// T rows, environment units, where they are not the predicted actions.
  var executed: [[Float]]?
  var targetReturn: Float
  var retarget: Retarget?
  /// Environment units, T rows.
  var actions: Answer
  /// After each step, environment units, T rows; where codegen.json asks for them.
  var nextStates: Answer?
  var nextReturns: Answer?
  var windows: [Window]?

  init(path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    self = try JSONDecoder().decode(Golden.self, from: data)
  }
}
