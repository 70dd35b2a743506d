// swift-tools-version: 6.2

import PackageDescription

// Everything the build-tool plugin runs is optimised in debug builds too: packing a model in an
// unoptimised tool would take tens of seconds instead of a fraction of one.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"])]

let package = Package(
  name: "decision-transformer",
  products: [
    .library(name: "DecisionTransformer", targets: ["DecisionTransformer"]),
    .executable(name: "dtgen", targets: ["dtgen"]),
  ],
  targets: [
    // MARK: Runtime: what a generated model links.
    .target(name: "CDecisionTransformer"),
    .target(name: "DecisionTransformer", dependencies: ["CDecisionTransformer"]),

    // MARK: Generator
    .target(
      name: "DecisionTransformerCodegen", dependencies: ["DecisionTransformer"],
      swiftSettings: optimized),
    .executableTarget(
      name: "dtgen", dependencies: ["DecisionTransformerCodegen"], swiftSettings: optimized),

    // MARK: Tests
    .testTarget(name: "ModelTests", dependencies: ["DecisionTransformerCodegen"]),
    .testTarget(name: "RuntimeTests", dependencies: ["DecisionTransformer"]),
    .testTarget(name: "ReferenceTests", dependencies: ["DecisionTransformerCodegen"]),
    .testTarget(name: "CheckpointTests", dependencies: ["DecisionTransformerCodegen"]),
  ],
  swiftLanguageModes: [.v6]
)
