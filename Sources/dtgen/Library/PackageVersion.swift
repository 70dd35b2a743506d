import DTGenReports

/// The version of a package.
struct PackageVersion: Equatable {
  /// Numbers with points between them: what CMake, pkg-config and pip all understand.
  let numbers: String
  /// Whether a user chose them.
  let isGiven: Bool

  /// The generator's.
  init() {
    (numbers, isGiven) = (Compiler.version, false)
  }

  init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let areNumbers = parts.allSatisfy { part in
      (1...9).contains(part.count) && part.allSatisfy { $0.isASCII && $0.isNumber }
        && (part == "0" || part.first != "0")
    }
    guard areNumbers, (1...4).contains(parts.count) else {
      throw UsageError(
        "--package-version '\(text)': no version; accepted: one to four numbers with points between them, 1.2.0 for example",
        verb: .library)
    }
    (numbers, isGiven) = (text, true)
  }

  /// What a requested version has to begin with to be compatible: a minor version of 0.x may change everything.
  var compatible: String {
    let parts = numbers.split(separator: ".")
    return parts[0] == "0" && parts.count > 1 ? "0.\(parts[1])" : String(parts[0])
  }

  /// As pip knows it. pip leaves a package alone that is installed with the same version, so that a model trained anew would not arrive:
  /// unless the user counts versions, the version tells the contents. (Letters in front, since pip takes leading zeros from a number.)
  func inPython(contents: [UInt8]) -> String {
    isGiven ? numbers : "\(numbers)+sha\(SHA256.hexadecimalDigest(of: contents).prefix(8))"
  }
}
