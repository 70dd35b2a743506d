// swift-tools-version: 6.2

import PackageDescription

// What the build-tool plugin runs and goes through a model's numbers is optimised in debug builds too: packing a model
// in an unoptimised tool would take tens of seconds instead of a fraction of one.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"])]
// What handles texts is optimised in no build: a user's first build compiles it, in a release build twice, and it would
// take a third longer, for a second that each generation gains.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]
// The same of the plan, but for debug builds: tests walk through all of it.
let walked: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))] + plain

extension Target {
  /// A stage of the generator. (Their modules have a prefix, so that they meet no other package's.)
  static func stage(
    _ name: String, on stages: [String], settings: [SwiftSetting] = optimized
  ) -> Target {
    .target(
      name: "DTGen\(name)",
      dependencies: (["DecisionTransformer"] + stages).map { .init(stringLiteral: $0) },
      path: "Sources/DecisionTransformerCodegen/\(name)", swiftSettings: settings)
  }
}

let package = Package(
  name: "decision-transformer",
  products: [
    .library(name: "DecisionTransformer", targets: ["DecisionTransformer"]),
    .plugin(name: "DecisionTransformerPlugin", targets: ["DecisionTransformerPlugin"]),
    .plugin(name: "GenerateDecisionTransformer", targets: ["GenerateDecisionTransformer"]),
    .executable(name: "dtgen", targets: ["dtgen"]),
    .executable(name: "hopper", targets: ["hopper"]),
    .executable(name: "dtbench", targets: ["dtbench"]),
    .executable(name: "pendulum", targets: ["pendulum"]),
    .executable(name: "cartpole", targets: ["cartpole"]),
  ],
  targets: [
    // MARK: Runtime: what a generated model links.
    .target(name: "CDecisionTransformer"),
    .target(name: "DecisionTransformer", dependencies: ["CDecisionTransformer"]),

    // MARK: Generator: each stage a folder and a module, so that the compiler holds their order
    .stage("Basics", on: []),
    .stage("Network", on: ["DTGenBasics"], settings: walked),
    .stage("Plan", on: ["DTGenNetwork"], settings: walked),
    .stage("Pack", on: ["DTGenPlan"]),
    .stage("Machine", on: ["DTGenPack"]),
    .stage("Render", on: ["DTGenPlan"], settings: plain),
    .stage("Manifest", on: ["DTGenPlan"], settings: plain),
    .stage("Model", on: ["DTGenNetwork"], settings: plain),
    .stage("Checkpoint", on: ["DTGenModel"]),
    .stage("Reference", on: ["DTGenCheckpoint"]),
    .stage("SelfTest", on: ["DTGenMachine", "DTGenReference"]),
    .stage("Output", on: ["DTGenBasics"], settings: plain),
    .target(
      name: "DecisionTransformerCodegen",
      dependencies: [
        "DecisionTransformer", "DTGenCheckpoint", "DTGenManifest", "DTGenOutput", "DTGenRender",
        "DTGenSelfTest",
      ],
      path: "Sources/DecisionTransformerCodegen/Pipeline", swiftSettings: optimized),
    .stage("Reports", on: ["DecisionTransformerCodegen"]),
    .stage("Import", on: ["DecisionTransformerCodegen"]),
    .target(
      name: "DTGenCommands", dependencies: ["DecisionTransformerCodegen"], swiftSettings: plain),
    .executableTarget(
      name: "dtgen", dependencies: ["DTGenCommands", "DTGenImport", "DTGenReports"],
      swiftSettings: plain),
    // The plugin's tool: what a user's first build compiles.
    .executableTarget(
      name: "dtgen-build", dependencies: ["DTGenCommands"], swiftSettings: plain),

    // MARK: Plugins
    .plugin(
      name: "DecisionTransformerPlugin", capability: .buildTool(), dependencies: ["dtgen-build"]),
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
    // What they share: options, a clock, latencies, drawing; and random numbers, with the tests.
    .target(name: "Programs"),
    .executableTarget(
      name: "hopper", dependencies: ["DecisionTransformer", "CAllocationHook", "Programs"],
      resources: [.copy("Resources/episode.safetensors")],
      plugins: ["DecisionTransformerPlugin"]),
    // The checkpoints of its models are symbolic links to hopper's.
    .executableTarget(
      name: "dtbench", dependencies: ["DecisionTransformer", "Programs"],
      plugins: ["DecisionTransformerPlugin"]),
    .executableTarget(
      name: "pendulum", dependencies: ["DecisionTransformer", "Programs"],
      plugins: ["DecisionTransformerPlugin"]),
    .executableTarget(
      name: "cartpole", dependencies: ["DecisionTransformer", "Programs"],
      plugins: ["DecisionTransformerPlugin"]),

    // MARK: Checked-in output: what the generator makes of the trained models, for review
    .target(
      name: "HopperModel", dependencies: ["DecisionTransformer"], path: "Generated/HopperModel"),
    .target(
      name: "PendulumModel", dependencies: ["DecisionTransformer"], path: "Generated/PendulumModel"),
    .target(
      name: "HalfCheetahModel", dependencies: ["DecisionTransformer"],
      path: "Generated/HalfCheetahModel"),

    // MARK: Tests, Tests/README.md lists them
    // Where the files are that tests read, and folders to write into.
    .target(name: "TestFolders", path: "Tests/Support/TestFolders"),
    .target(
      name: "RecordedEpisodes",
      dependencies: [
        "DTGenImport", "DecisionTransformer", "DecisionTransformerCodegen", "Programs",
        "TestFolders",
      ],
      path: "Tests/Support/RecordedEpisodes"),
    // Weight formats and targets that no option names, as values: what adding one takes.
    .target(
      name: "AddedValues", dependencies: ["DecisionTransformerCodegen"],
      path: "Tests/Support/AddedValues"),
    // The toolchain's compiler, for tests of what other targets and flags make of the runtime and of generated code.
    .target(name: "Toolchain", dependencies: ["TestFolders"], path: "Tests/Support/Toolchain"),
    // The small models, through the build-tool plugin as a user's would go.
    .target(
      name: "ModelMatrix", dependencies: ["DecisionTransformer"], path: "Tests/Data/Models",
      exclude: ["HalfCheetah.dtmodel"], plugins: ["DecisionTransformerPlugin"]),
    .testTarget(
      name: "MatrixTests",
      dependencies: [
        "CAllocationHook", "DecisionTransformer", "DecisionTransformerCodegen", "ModelMatrix",
        "RecordedEpisodes", "TestFolders",
      ]),
    // Release builds at every vector level, compiled by the tests: users build with -march, `swift test` without.
    .testTarget(
      name: "LevelTests",
      dependencies: [
        "AddedValues", "CDecisionTransformer", "DTGenImport", "DecisionTransformerCodegen",
        "RecordedEpisodes", "TestFolders", "Toolchain",
      ],
      exclude: ["Driver"]),
    .testTarget(
      name: "GeneratedTests",
      dependencies: [
        "DecisionTransformer", "DecisionTransformerCodegen", "HalfCheetahModel", "HopperModel",
        "PendulumModel", "RecordedEpisodes", "TestFolders", "Toolchain",
      ]),
    .testTarget(
      name: "PlanTests",
      dependencies: [
        "DTGenReports",
        "AddedValues", "DecisionTransformer", "DecisionTransformerCodegen", "Programs",
        "TestFolders",
      ]),
    .testTarget(
      name: "PageTests",
      dependencies: [
        "DTGenReports", "DecisionTransformer", "DecisionTransformerCodegen", "TestFolders",
      ]),
    .testTarget(
      name: "ToolTests",
      dependencies: [
        "DTGenReports", "DecisionTransformerCodegen", "Programs", "RecordedEpisodes", "TestFolders",
        "dtgen",
      ]),
    .testTarget(
      name: "PendulumTests",
      dependencies: [
        "DecisionTransformerCodegen", "pendulum", "Programs", "RecordedEpisodes", "TestFolders",
      ]),
    .testTarget(name: "CartPoleTests", dependencies: ["cartpole", "Programs", "TestFolders"]),
    .testTarget(
      name: "BenchmarkTests",
      dependencies: ["DecisionTransformer", "dtbench", "ModelMatrix", "Programs"]),
    .testTarget(name: "ProgramsTests", dependencies: ["Programs"]),
    .testTarget(name: "AllocationHookTests", dependencies: ["CAllocationHook"]),
    .testTarget(
      name: "ModelTests", dependencies: ["DecisionTransformerCodegen", "Programs", "TestFolders"]),
    .testTarget(
      name: "RuntimeTests",
      dependencies: ["DecisionTransformer", "CDecisionTransformer", "TestFolders"]),
    .testTarget(
      name: "EmbeddedTests",
      dependencies: ["DecisionTransformerCodegen", "TestFolders", "Toolchain"]),
    // Generated code in targets with settings and names of a user's own.
    .testTarget(
      name: "TargetTests", dependencies: ["DecisionTransformerCodegen", "TestFolders", "Toolchain"]),
    .testTarget(
      name: "AssemblyTests",
      dependencies: ["DecisionTransformerCodegen", "TestFolders", "Toolchain"]),
    .testTarget(
      name: "ReferenceTests",
      dependencies: [
        "DTGenReports", "DecisionTransformerCodegen", "RecordedEpisodes", "TestFolders",
      ]),
    .testTarget(
      name: "CheckpointTests",
      dependencies: ["DTGenReports", "DecisionTransformerCodegen", "Programs", "TestFolders"]),
    .testTarget(
      name: "ImportTests", dependencies: ["DTGenImport", "RecordedEpisodes", "TestFolders"]),
    // Damaged files: a bounded run as tests, and the program of Tests/Checks/Fuzz/check.sh.
    .target(
      name: "Fuzzing",
      dependencies: [
        "DTGenImport", "DecisionTransformer", "DecisionTransformerCodegen", "Programs",
        "TestFolders",
      ],
      path: "Tests/Support/Fuzzing"),
    .executableTarget(
      name: "fuzz", dependencies: ["Fuzzing", "TestFolders"], path: "Tests/Checks/Fuzz",
      exclude: ["check.sh"]),
    .testTarget(name: "FuzzTests", dependencies: ["Fuzzing", "TestFolders"]),
    // What the articles show, run by Tests/Checks/Documentation/check.sh. Its Hopper.dtmodel is a symbolic link to hopper's.
    .executableTarget(
      name: "examples", dependencies: ["DecisionTransformer"],
      path: "Tests/Checks/Documentation/Examples",
      plugins: ["DecisionTransformerPlugin"]),
  ],
  swiftLanguageModes: [.v6]
)
