// swift-tools-version: 6.2

import PackageDescription

// Everything the build-tool plugin runs is optimised in debug builds too: packing a model in an
// unoptimised tool would take tens of seconds instead of a fraction of one.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"])]

let package = Package(
  name: "decision-transformer",
  products: [
    .library(name: "DecisionTransformer", targets: ["DecisionTransformer"]),
    .plugin(name: "DecisionTransformerPlugin", targets: ["DecisionTransformerPlugin"]),
    .plugin(name: "GenerateDecisionTransformer", targets: ["GenerateDecisionTransformer"]),
    .executable(name: "dtgen", targets: ["dtgen"]),
    .executable(name: "hopper", targets: ["hopper"]),
    .executable(name: "dtbench", targets: ["dtbench"]),
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

    // MARK: Plugins
    .plugin(
      name: "DecisionTransformerPlugin", capability: .buildTool(), dependencies: ["dtgen"]),
    .plugin(
      name: "GenerateDecisionTransformer",
      capability: .command(
        intent: .custom(
          verb: "generate-decision-transformer",
          description: "Write the generated code of <Name>.dtmodel folders into the source tree."),
        permissions: [
          .writeToPackageDirectory(reason: "It writes the generated code into Generated/.")
        ]),
      dependencies: ["dtgen"]),

    // MARK: Programs
    .target(name: "CAllocationHook"),
    .executableTarget(
      name: "hopper", dependencies: ["DecisionTransformer", "CAllocationHook"],
      resources: [.copy("Resources/episode.safetensors")],
      plugins: ["DecisionTransformerPlugin"]),
    // Its Hopper.dtmodel is a symbolic link to hopper's.
    .executableTarget(
      name: "dtbench", dependencies: ["DecisionTransformer"],
      plugins: ["DecisionTransformerPlugin"]),

    // MARK: Tests
    .testTarget(name: "ToolTests", dependencies: ["DecisionTransformerCodegen", "dtgen"]),
    .testTarget(name: "AllocationHookTests", dependencies: ["CAllocationHook"]),
    .testTarget(name: "ModelTests", dependencies: ["DecisionTransformerCodegen"]),
    .testTarget(
      name: "RuntimeTests", dependencies: ["DecisionTransformer", "CDecisionTransformer"]),
    .testTarget(name: "EmbeddedTests"),
    .testTarget(name: "ReferenceTests", dependencies: ["DecisionTransformerCodegen"]),
    .testTarget(name: "CheckpointTests", dependencies: ["DecisionTransformerCodegen"]),
  ],
  swiftLanguageModes: [.v6]
)
