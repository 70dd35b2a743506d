import DTGenCommands
import DTGenReports

/// A library for C.
struct Library {
  /// The header, the static library and, where the target has such, the shared library.
  var files: [OutputFile]
  /// The target that it is for, as the compiler writes it out.
  var triple: String
  /// What the program that it is linked into has to bring.
  var requiredSymbols: [String]
  /// Of the functions that the shared library takes from the C library: `GLIBC_2.2.5`, for example; empty where they have none.
  var symbolVersions: [String]

  var sharedLibrary: OutputFile? { files.first { $0.name.hasSuffix(".so") } }

  /// Those besides memcpy, memmove and memset, which every environment has. (With Arm's ABI their names are
  /// __aeabi_memcpy, __aeabi_memclr4 and the like.)
  var unusualSymbols: [String] {
    requiredSymbols.filter { symbol in
      !["memcpy", "memmove", "memset"].contains(symbol) && !symbol.hasPrefix("__aeabi_mem")
    }
  }
}
