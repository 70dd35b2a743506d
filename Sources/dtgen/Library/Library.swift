import DTGenCommands
import DTGenReports

/// A library for C.
struct Library {
  /// The header, the static library and, where the target has such, the shared library.
  var files: [OutputFile]
  /// What the program that it is linked into has to bring.
  var requiredSymbols: [String]

  /// Those besides memcpy, memmove and memset, which every environment has. (With Arm's ABI their names are
  /// __aeabi_memcpy, __aeabi_memclr4 and the like.)
  var unusualSymbols: [String] {
    requiredSymbols.filter { symbol in
      !["memcpy", "memmove", "memset"].contains(symbol) && !symbol.hasPrefix("__aeabi_mem")
    }
  }
}
