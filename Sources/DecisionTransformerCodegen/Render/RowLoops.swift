extension CodeWriter {
  /// Writes `statement` for each vector of a row of `stride` numbers; its argument is what it adds to a place. A loop,
  /// however long the row is: neither text nor compile time depends on it.
  ///
  /// - Parameter declares: Whether `index` is not declared yet.
  package mutating func vectors(
    of stride: Int, declares: Bool = false, _ statement: (_ offset: String) -> String
  ) {
    guard stride > Shape.lanes else { return write(statement("")) }
    write(
      "\(declares ? "var " : "")index = 0",
      "while index < \(literal(stride)) { \(statement(" + index")); index += \(Shape.lanes) }")
  }

  /// Writes `statement`, which is about number `index`, for each of `count` numbers, or for those of a condition.
  package mutating func numbers(
    _ count: String, where condition: String? = nil, _ statement: String
  ) {
    let filter = condition.map { " where \($0)" } ?? ""
    write("for index in 0..<\(count)\(filter) { \(statement) }")
  }
}
