import CDecisionTransformer

/// The processor the program runs on.
public enum Processor {
  /// Refuses a processor that lacks the instructions this build uses (`-march`), or an operating
  /// system that does not keep their registers. On other processors than x86-64 nothing is checked.
  ///
  /// As good as such a check can be: a program built for too new a processor may stop with an
  /// illegal instruction before it gets here. Generated `init` calls it; it is too slow for a step.
  ///
  /// - Throws: `unsupportedProcessor`.
  public static func check() throws(InitializationError) {
    guard dt_processor_suffices() != 0 else { throw .unsupportedProcessor }
  }
}
