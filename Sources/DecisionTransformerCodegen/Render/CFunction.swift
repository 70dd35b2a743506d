/// A function of the C interface: what the header declares and what Swift defines are written from one value.
///
/// Its first parameter is the controller. Arrays must not be null, and begin where their elements may lie, but for
/// optional ones.
package struct CFunction {
  /// What a parameter is, in C and in Swift.
  package enum Kind {
    case float, size, number
    case floats, bytes, numbers, integers, optionalIntegers, optionalBytes
    case mutableFloats, mutableNumbers, mutableSize

    fileprivate var inC: String {
      switch self {
      case .float: "float "
      case .size: "size_t "
      case .number: "int32_t "
      case .floats: "const float *"
      case .bytes, .optionalBytes: "const uint8_t *"
      case .numbers: "const int32_t *"
      case .integers, .optionalIntegers: "const intptr_t *"
      case .mutableFloats: "float *"
      case .mutableNumbers: "int32_t *"
      case .mutableSize: "size_t *"
      }
    }

    fileprivate var inSwift: String {
      switch self {
      case .float: "Float"
      case .size: "UInt"
      case .number: "Int32"
      case .floats: "UnsafePointer<Float>?"
      case .bytes, .optionalBytes: "UnsafePointer<UInt8>?"
      case .numbers: "UnsafePointer<Int32>?"
      case .integers, .optionalIntegers: "UnsafePointer<Int>?"
      case .mutableFloats: "UnsafeMutablePointer<Float>?"
      case .mutableNumbers: "UnsafeMutablePointer<Int32>?"
      case .mutableSize: "UnsafeMutablePointer<UInt>?"
      }
    }

    /// How a call checks it; nil where every value is one.
    fileprivate func check(_ name: String) -> String? {
      switch self {
      case .float, .size, .number, .optionalBytes: nil
      case .optionalIntegers: "unsafe call.check(optional: \(name))"
      case .floats, .bytes, .numbers, .integers, .mutableFloats, .mutableNumbers, .mutableSize:
        "unsafe call.check(\(name))"
      }
    }

    /// Whether the body has it unwrapped.
    fileprivate var isRequired: Bool {
      switch self {
      case .float, .size, .number, .optionalIntegers, .optionalBytes: false
      default: true
      }
    }
  }

  /// Without the model's prefix.
  package let name: String
  /// The lines of the comment in the header.
  package let documentation: [String]
  /// The line of the comment in Swift.
  package let summary: String
  /// By their names in C.
  package let parameters: [(name: String, kind: Kind)]
  /// What it does after its arguments are checked, to the end of the call.
  package let body: [String]

  package init(
    _ name: String, _ documentation: [String], summary: String,
    _ parameters: [(String, Kind)], _ body: [String]
  ) {
    (self.name, self.documentation, self.summary) = (name, documentation, summary)
    self.parameters = parameters.map { ($0.0, $0.1) }
    self.body = body
  }

  // MARK: C

  package func declaration(_ name: CName) -> String {
    let comment = documentation.enumerated().map { ($0.offset == 0 ? "/* " : " * ") + $0.element }
      .joined(separator: "\n")
    let all = (["\(name.type) *\(name.instance)"] + parameters.map { "\($0.kind.inC)\($0.name)" })
    let line = "int32_t \(name.prefix)_\(self.name)(\(all.joined(separator: ", ")));"
    guard line.count > 110 else { return "\(comment) */\n\(line)" }
    let lines = CodeWriter.lines(of: all, width: 100).map { "    \($0)" }.joined(separator: "\n")
    return "\(comment) */\nint32_t \(name.prefix)_\(self.name)(\n\(lines));"
  }

  // MARK: Swift

  package func definition(_ name: CName, type: String, access: String) -> String {
    let swift = parameters.map { (Self.camel($0.name), $0.kind) }
    let checks = swift.compactMap { $0.1.check($0.0) }
    let isVariable =
      !checks.isEmpty || body.contains { $0.contains("call.check") || $0.contains("unsafe call.") }
    let required = swift.filter(\.1.isRequired).map { "let \($0.0) = unsafe \($0.0)" }
    let parameterText =
      (["_ controller: OpaquePointer?"] + swift.map { "_ \($0.0): \($0.1.inSwift)" })
    let lines = CodeWriter.lines(of: parameterText, width: 104).map { "  \($0)" }
    return
      ([
        "/// \(summary)", "@c(\(name.prefix)_\(self.name)) @_noAllocation @_noLocks",
        "\(access) nonisolated func \(name.prefix)_\(self.name)(",
      ] + lines + [
        ") -> Int32 {",
        "  \(isVariable ? "var" : "let") call = unsafe CCall(controller, model: \(type).layoutDigest)",
      ] + checks.map { "  \($0)" } + [
        "  guard \((["call.isSound"] + required).joined(separator: ", ")) else { return call.end() }"
      ] + body.map { "  \($0)" } + ["}"]).joined(separator: "\n")
  }

  /// `use_cache` as Swift has it: `useCache`.
  private static func camel(_ name: String) -> String {
    let words = name.split(separator: "_")
    return String(words[0])
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
