import DecisionTransformerCodegen
import Foundation
import Testing

/// The machine code of the matrix products, where nearly all time goes: nothing but arithmetic on full
/// registers, loads, and one jump.
@Suite(.enabled(if: !AssemblyTarget.all.isEmpty, "no target to compile for"))
struct KernelAssemblyTests {
  @Test(arguments: AssemblyTarget.all)
  func innerLoopsAreArithmetic(target: AssemblyTarget) throws {
    let folder = AssemblyCompiler.package.appendingPathComponent("Sources/hopper/Hopper.dtmodel")
    let model = try Compiler.compile(folder: folder.path, codeOnly: true)
    let listing = try AssemblyCompiler(target: target).listing(of: model.files[0])

    let kernels = Self.products(of: model.plan)
    // The control: products of few tokens, of the window, and of every size are there.
    #expect(Set(kernels.map(\.rows)).isSuperset(of: [1, 2, model.plan.shape.pastTokenCount]))
    for kernel in kernels {
      let functions = listing.functions(named: kernel.name)
      let loops = functions.flatMap(\.innermostLoops).filter {
        $0.contains(where: target.multiplies)
      }
      #expect(!loops.isEmpty, "\(kernel.name): no loop that multiplies")
      for function in functions {
        #expect(!function.instructions.contains(where: \.isCall), "\(kernel.name) calls")
      }
      for loop in loops { expectArithmetic(loop, target, kernel.name) }
    }
  }

  /// Products with weights, deep enough for a loop.
  private static func products(of plan: Plan) -> [(name: String, rows: Int)] {
    plan.kernels.compactMap { kernel in
      guard case .linear(let rows, let depth, _, _, _) = kernel, depth >= 32 else { return nil }
      return (kernel.name, rows)
    }
  }

  private func expectArithmetic(_ loop: [Instruction], _ target: AssemblyTarget, _ kernel: String) {
    let text = Comment(
      rawValue: "\(kernel):\n" + loop.map { "  \($0)" }.joined(separator: "\n"))
    #expect(!loop.contains(where: \.isCall), text)
    #expect(!loop.contains(where: \.usesStack), text)
    // One jump, the loop's own: no bounds or overflow check, no case.
    #expect(loop.count(where: \.isJump) == 1, text)
    let multiplies = loop.count(where: target.multiplies)
    let adds = target.adds.map { loop.count(where: $0) }
    if let adds { #expect(adds == multiplies, text) }
    // The rest is loads, broadcasts and counting.
    #expect(5 * (multiplies + (adds ?? 0)) >= 2 * loop.count, text)
  }
}
