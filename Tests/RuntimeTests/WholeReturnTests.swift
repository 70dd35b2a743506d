import DecisionTransformer
import Testing

@Suite struct WholeReturnTests {
  @Test func isWhatACastToAnIntegerLeaves() {
    var random = SystemRandomNumberGenerator()
    for exponent in -60...70 {
      for _ in 0..<200 {
        let value =
          Double.random(in: 1..<2, using: &random)
          * Double(sign: .plus, exponent: exponent, significand: 1)
        for value in [value, -value] {
          #expect(WholeReturn.towardZero(value) == value.rounded(.towardZero), "\(value)")
        }
      }
    }
  }

  @Test(arguments: [
    0, 0.999_999_999, 1, 2.7, 4_503_599_627_370_495.5, 0x1p52, 0x1p53, 1e300, .infinity,
  ])
  func ofEdges(value: Double) {
    for value in [value, -value] {
      #expect(WholeReturn.towardZero(value) == value.rounded(.towardZero))
    }
    #expect(WholeReturn.towardZero(.nan).isNaN)
    #expect(WholeReturn.towardZero(.leastNonzeroMagnitude) == 0)
  }
}
