import CDecisionTransformer

#if !hasFeature(Embedded)
  extension Processor {
    /// The instructions this build uses, for reports beside figures: "x86-64 with AVX2 and FMA".
    public static var buildInstructions: String {
      #if arch(x86_64)
        switch VectorMath.level {
        case 2: "x86-64 with AVX-512"
        case 1: "x86-64 with AVX2 and FMA"
        default: "baseline x86-64 (SSE2, without AVX2 and FMA)"
        }
      #elseif arch(arm64)
        "arm64 with NEON"
      #else
        "the target's baseline"
      #endif
    }

    /// What another build would use of the running processor; nil where this one uses all that generated code can.
    /// Asks the processor: too slow for a step.
    public static var buildAdvice: String? {
      let (built, running) = (VectorMath.level, dt_running_vector_level())
      guard running > built else { return nil }
      let names = running >= 2 ? "AVX-512" : "AVX2 and FMA"
      return "this processor has \(names), \(running >= 2 ? 16 : 8) floats an instruction instead "
        + "of \(built >= 1 ? 8 : 4): build with -Xcc -march=native"
    }
  }
#endif
