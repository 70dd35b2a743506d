extension CodeWriter {
  /// Writes an inlined function of short statements.
  package mutating func oneLine(
    _ declaration: String, isGeneric: Bool = false, _ statements: [String]
  ) {
    let attributes = "@inline(__always)\(isGeneric ? "" : " @_noAllocation @_noLocks")"
    let body = statements.joined(separator: "; ")
    if body.count + declaration.count < 62 {
      write("\(attributes) \(declaration) { \(body) }")
    } else if body.count + declaration.count < 105 {
      write(attributes, "\(declaration) { \(body) }")
    } else {
      write(attributes)
      scope(declaration) { $0.write(list: statements) }
    }
  }

  /// Writes short statements several to a line.
  package mutating func write(list statements: [String]) {
    var line = ""
    for statement in statements {
      if !line.isEmpty && line.count + statement.count > 92 {
        write(line)
        line = ""
      }
      line += (line.isEmpty ? "" : "; ") + statement
    }
    write(line)
  }
}
