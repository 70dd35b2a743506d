import DTGenCommands
import DTGenReports

/// How the object files of a target are laid out.
enum ObjectFormat: String {
  case elf = "ELF"
  case machO = "Mach-O"
  case coff = "COFF"
  case webAssembly = "WebAssembly"

  /// - Parameter triple: the target's name, as the compiler writes it out.
  init(triple: String) {
    let parts = triple.split(separator: "-")
    self =
      if parts.first?.hasPrefix("wasm") == true {
        .webAssembly
      } else if parts.contains("apple") || parts.last == "macho" {
        .machO
      } else if parts.contains(where: { $0.hasPrefix("windows") }) || parts.last == "coff" {
        .coff
      } else {
        .elf
      }
  }

  /// Refuses a target whose objects the linker that merges them does not read.
  func check(triple: String) throws(InvalidInput) {
    guard self != .elf else { return }
    let way =
      self == .webAssembly
      ? "Tests/Checks/Reach/WebAssembly/target.sh compiles and links what dtgen generate writes"
      : "the output of dtgen generate, with \"c_interface\": true in codegen.json, is compiled with the program"
    throw InvalidInput([
      Diagnostic(
        path: triple,
        "has \(rawValue) objects, of which no library is made; accepted: a target with ELF objects "
          + "(Linux, none-elf, none-eabi); for this one \(way)")
    ])
  }
}
