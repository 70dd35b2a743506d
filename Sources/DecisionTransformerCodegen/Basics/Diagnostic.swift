/// One problem, or one remark, about an input file: `path: key: what is wrong, what is accepted`.
public struct Diagnostic: Error, Equatable, Sendable {
  public enum Severity: String, Sendable {
    case error, warning, note
  }

  public var severity: Severity
  /// The file as the user knows it, for example `Hopper.dtmodel/config.json`.
  public var path: String
  /// The key, tensor or position inside the file; nil when the file as a whole is meant.
  public var key: String?
  /// What is wrong, and what is accepted.
  public var message: String

  public init(_ severity: Severity = .error, path: String, key: String? = nil, _ message: String) {
    self.severity = severity
    self.path = path
    self.key = key
    self.message = message
  }
}

extension Diagnostic: CustomStringConvertible {
  public var description: String {
    let prefix = severity == .error ? "" : "\(severity.rawValue): "
    let location = key.map { "\(path): \($0)" } ?? path
    return Self.oneLine("\(prefix)\(location): \(message)")
  }

  /// `text` with control characters spelled out: names in a hostile file may hold any.
  private static func oneLine(_ text: String) -> String {
    let isControl = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .control || scalar.value == 0x2028
        || scalar.value == 0x2029
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }
      .joined()
  }
}

/// All the errors of one input, reported together.
public struct InvalidInput: Error, Equatable, Sendable {
  public var diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }
}

extension InvalidInput: CustomStringConvertible {
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
