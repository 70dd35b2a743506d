import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// The machine code of the matrix products, where nearly all time goes: arithmetic on full registers,
/// loads, and one jump.
@Suite(.enabled(if: !AssemblyTarget.all.isEmpty, "no target to compile for"))
struct KernelAssemblyTests {
  /// bfloat16 weights are unpacked by a shift and a mask, which leaves a smaller share of arithmetic.
  @Test(
    arguments: AssemblyTarget.sample,
    [("Sources/hopper/Hopper.dtmodel", 0.3), ("Sources/dtbench/HopperBFloat16.dtmodel", 0.25)])
  func innerLoopsAreArithmeticInRegisters(
    target: AssemblyTarget, model: (folder: String, least: Double)
  ) throws {
    for loop in try Self.loops(model.folder, for: target) {
      expectArithmetic(loop, target, least: model.least)
      #expect(loop.stackUses == 0, loop.text)
    }
  }

  /// The products of four agents: of four rows, of eight, and of the windows. The action head is left out: with the
  /// tanh of four rows its tile is too large for the inliner, and is called once.
  @Test(arguments: AssemblyTarget.sample.prefix(TestExtent.isComplete ? 4 : 1))
  func innerLoopsOfABatchAreArithmeticInRegisters(target: AssemblyTarget) throws {
    for loop in try Self.loops("Sources/hopper/Hopper.dtmodel", batch: 4, for: target) {
      expectArithmetic(loop, target, least: 0.3)
      #expect(loop.stackUses == 0, loop.text)
    }
  }

  /// The loops of the products with weights, those with a depth worth one.
  private static func loops(
    _ folder: String, batch: Int = 1, for target: AssemblyTarget
  ) throws -> [KernelLoop] {
    let folder = TestData.package.appendingPathComponent(folder)
    var model = try ModelFolder(path: folder.path).readModel().model
    model.options.batch = batch
    let plan = Plan(model)
    let listing = try target.listing(of: Compiler.sources(plan))
    var loops: [KernelLoop] = []
    var rowCounts: Set<Int> = []
    for kernel in plan.kernels {
      guard case .linear(let rows, let depth, let columns, _, _, _) = kernel, depth >= 32,
        batch == 1 || columns != plan.shape.actionDimension
      else { continue }
      let name = plan.name(of: kernel)
      let functions = listing.functions(named: name)
      // Products of many rows first call `widen`, outside the loops over rows.
      let calls = functions.flatMap(\.instructions).filter(\.isCall)
        .count { !(kernel.widensWeights && $0.operands.contains("O5widen")) }
      #expect(calls == 0, "\(name) calls something")
      #expect(
        functions.allSatisfy { $0.innermostLoops.allSatisfy { !$0.contains(where: \.isCall) } })
      let found = functions.flatMap(\.innermostLoops)
        .filter { $0.contains(where: target.multiplies) }
      #expect(!found.isEmpty, "\(name): no loop that multiplies full registers")
      loops += found.map { KernelLoop(kernel: name, instructions: $0) }
      rowCounts.insert(rows)
    }
    // The control: products of one token, of two and of the window are among them.
    #expect(rowCounts.isSuperset(of: [1, 2, plan.shape.pastTokenCount].map { batch * $0 }))
    return loops
  }

  /// At least a share `least` of the instructions are multiplications and additions; the others are
  /// loads, broadcasts, unpacking and counting.
  private func expectArithmetic(_ loop: KernelLoop, _ target: AssemblyTarget, least: Double) {
    let instructions = loop.instructions
    // One jump, the loop's own: no check of bounds or overflow, no case.
    let jumps = instructions.count(where: \.isJump)
    #expect(jumps == 1, loop.text)
    let multiplies = instructions.count(where: target.multiplies)
    let adds = target.adds.map { instructions.count(where: $0) }
    if let adds { #expect(adds == multiplies, loop.text) }
    let share = Double(multiplies + (adds ?? 0)) / Double(instructions.count)
    #expect(share >= least, loop.text)
  }
}

/// An inner loop of a kernel.
private struct KernelLoop {
  let kernel: String
  let instructions: [Instruction]

  /// Instructions that read or write the stack.
  var stackUses: Int {
    let hasFramePointer = !instructions.contains(where: \.changesFramePointer)
    return instructions.count { $0.usesStack || ($0.usesFrame && hasFramePointer) }
  }

  var text: Comment {
    Comment(rawValue: "\(kernel):\n" + instructions.map { "  \($0)" }.joined(separator: "\n"))
  }
}
