import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

/// The activation functions against the values that Hugging Face's `ACT2FN` gives in double precision.
@Suite("The reference's activation functions")
struct ActivationTests {
  private static let golden = try! SafetensorsFile(
    path: TestData.goldens.appending(path: "Activations/ACT2FN.safetensors").path)

  @Test("equal Hugging Face's, under every accepted name", arguments: Activation.acceptedNames)
  func values(name: String) throws {
    let activation = try #require(Activation(huggingFaceName: name))
    let x = Self.golden.values(of: "x").map(Double.init)
    let expected = Self.golden.doubles(of: name)
    #expect(x.count == expected.count && x.count > 100)
    for (x, expected) in zip(x, expected) {
      // PyTorch's softplus is x above 20, where the two differ by 2e-9.
      let tolerance = activation == .sqrtsoftplus && x > 20 ? 1e-9 : 1e-14
      #expect(
        abs(activation.reference(x) - expected) <= tolerance * max(1, abs(x)), "\(name)(\(x))")
    }
  }

  @Test("are all that Hugging Face has without learned parameters")
  func names() {
    #expect(Set(Self.golden.tensors.keys) == Set(Activation.acceptedNames + ["x"]))
  }

  @Test("are different functions, but for one that differs in the eleventh digit")
  func differences() {
    let x = Self.golden.values(of: "x").map(Double.init)
    for (index, one) in Activation.allCases.enumerated() {
      for other in Activation.allCases[..<index] {
        let difference = x.map { abs(one.reference($0) - other.reference($0)) }.max()!
        #expect(
          difference > 1e-4 || (one == .geluFast && other == .geluNew && difference > 0),
          "\(one), \(other)")
      }
    }
  }
}
