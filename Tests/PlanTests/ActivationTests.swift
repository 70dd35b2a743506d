import DecisionTransformer
import DecisionTransformerCodegen
import Testing

/// Generated code calls the runtime's function for an activation.
@Suite("An activation")
struct ActivationTests {
  private static let functions: [String: @Sendable (Vector) -> Vector] = [
    "rectified": { VectorMath.rectified($0) }, "sigmoidLinear": { VectorMath.sigmoidLinear($0) },
    "gaussianErrorLinear": { VectorMath.gaussianErrorLinear($0) },
    "hyperbolicTangent": { VectorMath.hyperbolicTangent($0) },
    "gaussianErrorLinearTanh": { VectorMath.gaussianErrorLinearTanh($0) },
    "clippedGaussianErrorLinear": { VectorMath.clippedGaussianErrorLinear($0) },
    "gaussianErrorLinearSigmoid": { VectorMath.gaussianErrorLinearSigmoid($0) },
    "mish": { VectorMath.mish($0) }, "sigmoid": { VectorMath.sigmoid($0) },
    "leakyRectified": { VectorMath.leakyRectified($0) },
    "clippedRectified": { VectorMath.clippedRectified($0) },
    "squaredRectified": { VectorMath.squaredRectified($0) },
    "hardSigmoidLinear": { VectorMath.hardSigmoidLinear($0) },
    "laplace": { VectorMath.laplace($0) },
    "squareRootSoftplus": { VectorMath.squareRootSoftplus($0) },
    "identity": { VectorMath.identity($0) },
  ]

  @Test(
    "is computed by the function of the runtime that equals its reference",
    arguments: Activation.allCases)
  func function(activation: Activation) throws {
    for heads in [1, 2] {
      var config = ModelConfig()
      (config.stateDimension, config.actionDimension, config.maximumEpisodeLength) = (3, 2, 8)
      (config.hiddenSize, config.innerSize, config.layerCount, config.headCount) = (16, 8, 2, heads)
      config.activation = activation
      let model = RandomModel.model(config, GenerationOptions())
      let plan = Plan(model)
      let code = Compiler.sources(plan).map { String(decoding: $0.contents, as: UTF8.self) }
        .joined()
      // As the epilogue of a product, and where block 0 is carried, of its inner rows.
      let names = code.matches(of: #/VectorMath\.(\w+)\((?:sums|sum)\)/#).map { String($0.1) }
        .filter { activation == .tanh || $0 != "hyperbolicTangent" }
      #expect(names.count >= (plan.carriesTokens ? 2 : 1) && Set(names).count == 1)
      let name = try #require(names.first)
      let function = try #require(Self.functions[name])
      for step in -120...120 {
        let x = Float(step) / 8
        let expected = activation.reference(Double(x))
        #expect(
          abs(Double(function(Vector(repeating: x))[0]) - expected) <= 1e-6 * max(1, abs(expected)),
          "\(x)")
      }
    }
  }
}
