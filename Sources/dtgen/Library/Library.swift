import DecisionTransformerCodegen

/// A library for C.
struct Library {
  /// The header, the static library and, where the target has such, the shared library.
  var files: [OutputFile]
  /// What the program that it is linked into has to bring.
  var requiredSymbols: [String]

  /// What compilers expect of every environment, without a C library, too. The targets of Arm's ABI have names of
  /// their own for it.
  static let memoryFunctions: Set<String> = ["memcpy", "memmove", "memset"]

  /// The symbols that a user may not expect.
  var unusualSymbols: [String] {
    requiredSymbols.filter { symbol in
      !Self.memoryFunctions.contains(symbol)
    }
  }
}
