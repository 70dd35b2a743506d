import CDecisionTransformer
import DecisionTransformer
import Foundation
import Testing

/// What is said beside figures of the build and of the processor.
@Suite struct ProcessorTests {
  @Test func theBuildNamesItsInstructions() {
    let text = Processor.buildInstructions
    #if arch(x86_64)
      #expect(text.contains("x86-64"))
      #expect(text.hasSuffix("AVX-512") == (VectorMath.level == 2), "\(text)")
      #expect(text.hasSuffix("with AVX2 and FMA") == (VectorMath.level == 1), "\(text)")
    #else
      #expect(!text.isEmpty)
    #endif
  }

  @Test func adviceIsGivenWhereTheProcessorHasMore() {
    let (built, running) = (VectorMath.level, dt_running_vector_level())
    #expect(running >= built)
    let advice = Processor.buildAdvice
    #expect((advice == nil) == (running <= built))
    if let advice {
      #expect(advice.contains(running == 2 ? "AVX-512, 16 floats" : "AVX2 and FMA, 8 floats"))
      #expect(advice.contains("instead of \(built == 1 ? 8 : 4): "))
      #expect(advice.hasSuffix("build with -Xcc -march=native"))
    }
  }

  #if os(Linux) && arch(x86_64)
    @Test func theProcessorsLevelIsThatOfTheKernelsList() throws {
      let text = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("flags") })
      let flags = Set(line.split(separator: " ").map(String.init))
      let level = !flags.isSuperset(of: ["avx2", "fma"]) ? 0 : flags.contains("avx512f") ? 2 : 1
      #expect(dt_running_vector_level() == level)
    }
  #endif
}
