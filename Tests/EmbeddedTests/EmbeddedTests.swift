import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// The library compiles as Embedded Swift under a mode in which the compiler refuses whatever may
/// allocate, and asks for nothing at link time that a bare machine has not.
@Suite(.enabled(if: SwiftCompiler.hasEmbeddedLibrary(), "the toolchain has no Embedded Swift"))
struct EmbeddedTests {
  @Test(arguments: EmbeddedTarget.all)
  func theRuntimeCompiles(target: EmbeddedTarget) throws {
    let result = try target.compiler.compileRuntime()
    try expectBareObject(result)
  }

  /// A source like a generated model: its own module, all of the library that Embedded Swift has.
  @Test(arguments: EmbeddedTarget.all)
  func aControllerInCallersMemoryCompiles(target: EmbeddedTarget) throws {
    let result = try target.compiler.compile(
      """
      import DecisionTransformer

      public struct Controller: ~Copyable {
        typealias MadeFor = GeneratedCodeFormat2
        let memory: AlignedMemory
        let weights: PackedWeights
        let payload: UnsafeRawPointer

        public init(
          weights: PackedWeights, memory: UnsafeMutableRawBufferPointer
        ) throws(InitializationError) {
          try Processor.check()
          let payload = try weights.payload(layoutDigest: 0x0123_4567_89ab_cdef, byteCount: 64)
          self.memory = try AlignedMemory(using: memory, byteCount: 384)
          self.weights = weights
          self.payload = payload
        }

        public init(
          flash: UnsafeRawBufferPointer, memory: UnsafeMutableRawBufferPointer
        ) throws(InitializationError) {
          try self.init(weights: PackedWeights(flash), memory: memory)
        }

        @_noAllocation @_noLocks
        public mutating func act(
          _ state: InlineArray<3, Float>, reward: Float
        ) throws(StepError) -> InlineArray<2, Float> {
          guard reward.isFinite else { throw .nonFiniteReward }
          for index in 0..<3 where !state[index].isFinite {
            throw .nonFiniteState(index: index)
          }
          let rows = memory.base.assumingMemoryBound(to: Vector.self)
          let input = payload.load(as: Vector.self)
          rows[0] = VectorMath.exponential(input) + VectorMath.hyperbolicTangent(input)
          rows[1] = VectorMath.squareRoot(input) + VectorMath.reciprocalSquareRoot(input)
          rows[2] = VectorMath.reciprocal(input) + VectorMath.errorFunction(input)
          rows[3] = VectorMath.rectified(input) + VectorMath.sigmoidLinear(input)
          rows[4] = VectorMath.gaussianErrorLinear(input)
          rows[5] = VectorMath.gaussianErrorLinearTanh(input)
          let larger = VectorMath.maximum(rows[4], rows[5])
          let mixed = VectorMath.multiplyAdd(rows[0], rows[1] + rows[2], rows[3] + larger)
          return [
            VectorMath.hyperbolicTangent(VectorMath.sum(of: mixed)),
            VectorMath.reciprocalSquareRoot(VectorMath.maximum(of: mixed)),
          ]
        }
      }
      """)
    try expectBareObject(result)
  }

  /// The checked-in models, which a microcontroller would run with weights in flash.
  @Test(arguments: EmbeddedTarget.all)
  func generatedModelsCompile(target: EmbeddedTarget) throws {
    let models = ["Hopper", "Pendulum", "HalfCheetah"].flatMap { name in
      ["", "Kernels"].map {
        TestData.package.appending(path: "Generated/\(name)Model/\(name)\($0).swift")
      }
    }
    // The compiler guards the copy of a state on the stack. C libraries for bare machines have the two
    // symbols; with -disable-stack-protector nobody needs them.
    let result = try target.compiler.compile(models)
    try expectBareObject(result, besides: ["__stack_chk_fail", "__stack_chk_guard"])
  }

  /// A trunk, whose calls take spans; several agents, with errors that name them; functions for C; numbered actions.
  @Test(
    arguments: EmbeddedTarget.all,
    ["TrunkFourHeads", "BatchOfThree", "ExecutedActions", "NumberedActions"])
  func otherGeneratedModelsCompile(target: EmbeddedTarget, model: String) throws {
    let folder = TestData.model(model)
    let files = try Compiler.compile(folder: folder.path, codeOnly: true).files
      .filter { $0.name.hasSuffix(".swift") }
    let scratch = ScratchFolder(named: "generated")
    let result = try target.compiler.compile(
      files.map { try scratch.write($0.name, $0.contents) })
    try expectBareObject(result, besides: ["__stack_chk_fail", "__stack_chk_guard"])
  }

  /// The control: the mode does refuse allocation, so that the tests above can fail.
  @Test(arguments: EmbeddedTarget.all)
  func aSourceThatAllocatesIsRefused(target: EmbeddedTarget) throws {
    let result = try target.compiler.compile(
      """
      import DecisionTransformer

      public func exponentials(_ count: Int) -> [Vector] {
        (0..<count).map { VectorMath.exponential(Vector(repeating: Float($0))) }
      }
      """)
    #expect(result.output.status != 0)
    #expect(result.output.text.contains("error: cannot use allocating"))
  }

  /// Packed weights are read as they lie in memory: on a big-endian processor every number would be another one. No
  /// toolchain of Swift's has such a target, so one is told that it does.
  @Test func aBigEndianTargetIsRefused() throws {
    let target = EmbeddedTarget(
      triple: "x86_64-unknown-none-elf",
      flags: ["-Xcc", "-U__BYTE_ORDER__", "-Xcc", "-D__BYTE_ORDER__=__ORDER_BIG_ENDIAN__"])
    let result = try target.compiler.compileRuntime()
    #expect(result.output.status != 0)
    #expect(result.output.text.contains("big-endian targets are not supported"))
  }

  /// The output has no diagnostics, and the object file asks only for what clears and copies memory,
  /// which every C library for bare machines has: no allocation, no lock, no libm.
  private func expectBareObject(
    _ result: ModuleCompiler.Result, besides others: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(result.output.status == 0, sourceLocation: sourceLocation)
    #expect(result.output.text == "", sourceLocation: sourceLocation)
    let object = try #require(
      result.product.flatMap(ObjectFile.init), sourceLocation: sourceLocation)
    let symbols = object.undefinedSymbols
    // The control: the symbols are really seen.
    #expect(symbols.contains { $0.contains("mem") }, sourceLocation: sourceLocation)
    let memory = symbols.filter { $0.hasPrefix("mem") || $0.hasPrefix("__aeabi_mem") }
    #expect(
      symbols.subtracting(memory).subtracting(others) == [], sourceLocation: sourceLocation)
  }
}
