import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// RISC-V without vectors: no instruction takes one of two numbers, so that a compiler makes a branch of every choice
/// that it recognises, and the work of a step depends on its values. (The other targets have such instructions; there
/// and here `Tests/Checks/ConstantWork` and `Tests/Checks/Reach` count what is executed.)
@Suite(
  .enabled(
    if: SwiftCompiler.hasEmbeddedLibrary(for: "riscv64-none-none-eabi"),
    "no target to compile for"))
struct BranchFreeAssemblyTests {
  private static let target = AssemblyTarget(
    name: "riscv64 (rv64gc)",
    flags: [
      "-target", "riscv64-none-none-eabi", "-enable-experimental-feature", "Embedded",
      "-Xcc", "-march=rv64gc", "-Xcc", "-mabi=lp64d", "-Xcc", "-ffreestanding",
    ],
    multiplies: { $0.mnemonic == "fmul.s" }, adds: { $0.mnemonic == "fadd.s" })

  /// relu and gelu: softmax's largest score, exponentials, tanh and erf are in both.
  @Test(arguments: ["Sources/hopper/Hopper.dtmodel", "Tests/Data/Models/GeluFourHeads.dtmodel"])
  func noBranchDependsOnNumbers(folder: String) throws {
    let folder = TestData.package.appendingPathComponent(folder)
    try expectNoBranch(ModelFolder(path: folder.path).readModel().model)
  }

  /// The other activations, in a small model; two of them in what Hugging Face's model has not.
  @Test(
    arguments: Activation.allCases.filter {
      ![.relu, .gelu, .tanh, .geluFast, .linear].contains($0)
    })
  func noBranchDependsOnNumbers(activation: Activation) throws {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension, config.maximumEpisodeLength) = (3, 2, 20)
    (config.hiddenSize, config.innerSize, config.layerCount) = (32, 48, 2)
    config.activation = activation
    if [.silu, .mish].contains(activation) {
      config.normPlacement = .after
      config.stateEncoder = [.sigmoid, activation].map {
        ControlSteps.EncoderLayer(size: 32, activation: $0)
      }
      if activation == .mish { config.slotCount = 4 }
    }
    var options = GenerationOptions()
    options.timestepOverflow = .wrap
    (options.actionScale, options.actionOffset) = ([2, 3], [-1, 1])
    // Bounds of both kinds, in both phases; returns in double precision.
    (options.actionMinimum, options.actionMaximum) = ([-2, -1.5], [1.5])
    (options.actionHistory, options.firstTimestep) = (.clamped, 1)
    (options.returnScale, options.returnOffset, options.returnRounding) = (7, 3, .never)
    try expectNoBranch(
      Model(
        name: "Robot", config: config, options: options,
        configDigest: String(repeating: "0", count: 64)))
  }

  /// Greedy and drawn actions, without the norm behind the embeddings.
  @Test func noBranchDependsOnLogits() throws {
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension, config.maximumEpisodeLength) = (3, 18, 20)
    (config.hiddenSize, config.innerSize, config.layerCount) = (32, 48, 2)
    (config.embeddingActivation, config.hasEmbeddingNorm, config.slotCount) = (.tanh, false, 4)
    var options = GenerationOptions()
    (options.actions, options.temperature) = (.discrete, 0.7)
    (options.returnScale, options.returnRounding) = (7, .unscaled)
    try expectNoBranch(
      Model(
        name: "Robot", config: config, options: options,
        configDigest: String(repeating: "0", count: 64)))
  }

  /// Pictures, all frames given or the newest one, and positions of tokens.
  @Test(arguments: FrameInput.allCases)
  func noBranchDependsOnFrames(input: FrameInput) throws {
    var config = ModelConfig()
    (config.actionDimension, config.maximumEpisodeLength) = (18, 20)
    (config.hiddenSize, config.innerSize, config.layerCount) = (32, 48, 2)
    (config.slots, config.slotCount) = (.tokens, 12)
    config.frames = Frames(
      count: 3, rows: 12, columns: 10,
      convolutions: [
        Frames.Convolution(filters: 20, size: 4, stride: 2, activation: .relu),
        Frames.Convolution(filters: 16, size: 3, stride: 1, activation: .relu),
      ])
    config.stateDimension = config.frames!.byteCount
    var options = GenerationOptions()
    (options.actions, options.frameInput, options.returnRounding) = (.discrete, input, .integer)
    options.timestepOverflow = .clamp
    try expectNoBranch(
      Model(
        name: "Robot", config: config, options: options,
        configDigest: String(repeating: "0", count: 64)))
  }

  private func expectNoBranch(_ model: Model) throws {
    let listing = try Self.target.listing(of: Compiler.sources(Plan(model)))
    // The self test reports what differs, and may take as long as it likes.
    let functions = listing.functions.filter { !$0.symbol.lowercased().contains("selftest") }
    var comparisons = 0
    for function in functions {
      comparisons += function.instructions.count(where: \.comparesNumbers)
      for branch in function.branchesOnComparisons {
        Issue.record("\(function.symbol): \(branch)")
      }
      // A vector is stored as sixteen numbers, not as 64 bytes. A flag or two are bytes.
      let bytes = function.instructions.count { $0.mnemonic == "sb" }
      #expect(bytes < 16, "\(function.symbol) stores \(bytes) bytes one by one")
    }
    // The control: there are comparisons.
    #expect(comparisons > 100)
  }
}

extension Instruction {
  fileprivate var comparesNumbers: Bool {
    ["flt.s", "fle.s", "feq.s", "flt.d", "fle.d", "feq.d"].contains(mnemonic)
  }
  private var operandList: [String] {
    operands.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }
  /// What it writes, of instructions that write a register; and what it reads.
  fileprivate var destination: String? { operandList.first }
  fileprivate var sources: ArraySlice<String> { operandList.dropFirst() }
  fileprivate var branches: Bool {
    ["beq", "bne", "blt", "bge", "bgt", "ble"].contains { mnemonic.hasPrefix($0) }
  }
  fileprivate var stores: Bool { ["sb", "sh", "sw", "sd", "fsw", "fsd"].contains(mnemonic) }
  /// Logic on truth values.
  fileprivate var isLogic: Bool {
    ["and", "andi", "or", "ori", "xor", "xori", "not", "seqz", "snez", "mv"].contains(mnemonic)
  }
}

extension AssemblyFunction {
  /// Jumps whose condition is the result of comparing two numbers, straight or by logic, as far as it can be seen in
  /// the order of the text.
  fileprivate var branchesOnComparisons: [Instruction] {
    var truths: Set<String> = []
    var found: [Instruction] = []
    for instruction in instructions {
      guard let destination = instruction.destination else { continue }
      if instruction.branches {
        if truths.contains(destination) || instruction.sources.contains(where: truths.contains) {
          found.append(instruction)
        }
      } else if instruction.comparesNumbers
        || (instruction.isLogic && instruction.sources.contains(where: truths.contains))
      {
        truths.insert(destination)
      } else if !instruction.stores {
        truths.remove(destination)
      }
    }
    return found
  }
}
