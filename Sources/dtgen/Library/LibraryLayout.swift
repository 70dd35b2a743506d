import DTGenReports

/// Where the files of a library lie in the folder that receives them.
enum LibraryLayout {
  /// Beside each other.
  case flat
  /// As in a place where things are installed, which may be moved: what CMake and pkg-config look for is found from its own place.
  case prefix

  /// The path in the folder.
  func path(of name: String) -> String {
    switch self {
    case .flat: name
    case .prefix: (name.hasSuffix(".h") ? "include/" : "lib/") + name
    }
  }

  func placed(_ file: OutputFile) -> OutputFile {
    OutputFile(name: path(of: file.name), contents: file.contents)
  }
}
