extension Operation {
  /// What the line's comment adds to its names.
  fileprivate var lineComment: String {
    switch kind {
    // The packed tensors are in the call.
    case .linear, .enter, .activateCarried, .centerTime: ""
    default: comment
    }
  }
}

extension OperandText {
  /// Whether `operation` stands in a loop over agents.
  package func isInAgentLoop(_ operation: Operation) -> Bool {
    plan.shape.groupSize > 1 && operation.isPerAgent
  }

  /// Writes one line for each operation; neighbours that go agent by agent share a loop.
  package func write(_ operations: [Operation], to writer: inout CodeWriter) {
    var rest = operations[...]
    while let first = rest.first {
      let isLoop = isInAgentLoop(first)
      let stretch = rest.prefix { isInAgentLoop($0) == isLoop }
      rest = rest.dropFirst(stretch.count)
      if isLoop {
        writer.scope("for agent in 0..<\(plan.shape.groupSize)") { writer in
          lines(stretch, column: 84, to: &writer)
        }
      } else {
        lines(stretch, column: 86, to: &writer)
      }
    }
  }

  private func lines(
    _ operations: ArraySlice<Operation>, column: Int, to writer: inout CodeWriter
  ) {
    for operation in operations {
      writer.write(
        CodeWriter.line(statement(operation), comment: operation.lineComment, column: column))
    }
  }
}
