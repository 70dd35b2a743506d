/// Which numbers a key accepts, and how a message says so.
package struct NumberRule: Sendable {
  package let accepted: String
  package let admits: @Sendable (Double) -> Bool
}

extension NumberRule {
  package static let number = NumberRule(accepted: "a number") { _ in true }

  package static let probability = NumberRule(accepted: "a number from 0 to 1") {
    (0...1).contains($0)
  }

  /// The generated code computes in float32, so a number has to survive the conversion.
  package static let float32 = NumberRule(accepted: "a number that float32 can hold") {
    Float($0).isFinite
  }

  /// Something is divided by it or its root: float32 must hold it in full precision.
  package static let positive = NumberRule(
    accepted: "a number above 0 that float32 can hold (1.2e-38 to 3.4e38)"
  ) { $0 > 0 && Float($0).isNormal }

  /// A factor and, the other way round, a divisor.
  package static let scale = NumberRule(
    accepted: "a number other than 0 that float32 can hold (1.2e-38 to 3.4e38, or negative)"
  ) { Float($0).isNormal }
}
