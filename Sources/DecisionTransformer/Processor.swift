import CDecisionTransformer

/// The processor the program runs on.
public enum Processor {
  /// Refuses a processor that lacks the instructions this build uses (`-march`), or an operating
  /// system that does not keep their registers. On other processors than x86-64 nothing is checked.
  ///
  /// What asks the processor is compiled for every x86-64 processor. Every `init` of `PackedWeights`
  /// begins with it, and so do generated `init`, `embeddedWeights()` and `selfTest`, and `create` in C;
  /// it is too slow for a step.
  ///
  /// As good as such a check can be: the code around it, the program's own `main` above all, is compiled
  /// for the newer processor too, and may stop with an illegal instruction before it gets here.
  ///
  /// - Throws: `unsupportedProcessor`.
  //
  // A function that computes or copies with vectors may use their instructions on the way out, too, however early it
  // is left. So work that follows in the same call is in a function that is not inlined, and generated functions
  // that return a controller or a report from the same call are not optimized.
  public static func check() throws(InitializationError) {
    guard dt_processor_suffices() != 0 else { throw .unsupportedProcessor }
  }

  /// How many numbers are worth reading ahead: as many as fill three quarters of the second-level cache. Generated `init` asks once; a
  /// virtual machine may take some ten microseconds to answer.
  ///
  /// - Parameter count: The answer where the processor does not say how large that cache is. x86-64 does.
  public static func readAheadCount(unlessKnown count: Int) -> Int {
    let kilobytes = Int(dt_second_level_cache_kilobytes())
    return kilobytes > 0 ? kilobytes * 1024 * 3 / 4 / MemoryLayout<Float>.stride : count
  }
}
