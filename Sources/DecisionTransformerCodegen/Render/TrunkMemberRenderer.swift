/// Writes the members of a trunk that its user calls, and what checks and moves their arguments.
package struct TrunkMemberRenderer {
  package let plan: Plan

  private var access: String { "\(plan.deployment.access.rawValue) " }
  private var hidden: Int { plan.shape.hiddenSize }
  private var chunk: Int { plan.shape.chunkSize }

  package func render(to writer: inout CodeWriter) {
    forward(to: &writer)
    cache(to: &writer)
    check(to: &writer)
    embed(to: &writer)
    show(to: &writer)
    finish(to: &writer)
  }

  // MARK: Calls

  private func forward(to writer: inout CodeWriter) {
    let capacity = literal(plan.shape.tokenCapacity!)
    writer.write(
      "/// Runs T new tokens through all blocks and ln_f, behind the `pastLength` = P tokens of the cache.",
      "///",
      "/// - Parameters:",
      "///   - inputsEmbeds: [T, \(hidden)], row after row: T from 1 to \(capacity) - P. Every number is finite.",
      "///   - positionIDs: [T], each from 0 to \(literal(plan.network.givenEmbeddings!.positionCount - 1)): rows of wpe. Empty, the default, is P, P + 1, ...",
      "///   - attentionMask: [P + T], 1 for a key that may be seen and 0 for one that may not. Empty, the default, is all",
      "///     ones. A token that sees no key at all has zero attention, as in transformers 5 with PyTorch's own attention.",
      "///   - useCache: Whether the new tokens stay in the cache for later calls. They see the cached ones either way.",
      "///   - lastHiddenState: [T, \(hidden)], the result.",
      "/// - Throws: `TrunkError`. A call that throws has changed nothing.")
    begin(to: &writer)
    writer.write("\(access)mutating func forward(")
    writer.write(
      "  inputsEmbeds: Span<Float>, positionIDs: Span<Int> = Span(), attentionMask: Span<UInt8> = Span(),",
      "  useCache: Bool = true, lastHiddenState: inout MutableSpan<Float>")
    writer.scope(") throws(TrunkError)") { writer in
      writer.write(
        "try check(inputsEmbeds, positionIDs, attentionMask, outputCount: lastHiddenState.count)",
        "let end = pastLength + inputsEmbeds.count / \(hidden)", "show(attentionMask, end: end)",
        "var token = pastLength")
      if !plan.chunk.isEmpty {
        writer.write(
          "// Two tokens already are faster as a chunk; what it has behind the last token is not looked at."
        )
        pass(plan.chunk, rows: chunk, while: "end - token > 1", to: &writer)
      }
      pass(plan.token, rows: 1, while: "token < end", to: &writer)
      writer.write(
        "try finish(end: end, &lastHiddenState)", "if useCache { pastLength = end }")
    }
  }

  private func pass(
    _ routines: [RoutineName], rows: Int, while condition: String, to writer: inout CodeWriter
  ) {
    writer.scope("while \(condition)") { writer in
      writer.write("embedTokens(inputsEmbeds, positionIDs, token: token, rows: \(rows))")
      for name in routines { writer.write("\(name)(token: token)") }
      writer.write("token += \(rows)")
    }
  }

  private func cache(to writer: inout CodeWriter) {
    writer.write("", "/// Empties the cache.")
    begin(to: &writer)
    writer.scope("\(access)mutating func reset()") { $0.write("pastLength = 0") }
    writer.write(
      "",
      "/// Keeps the first `length` tokens of the cache; with as many as it has, or more, it stays as it is."
    )
    begin(to: &writer)
    writer.scope("\(access)mutating func crop(to length: Int)") {
      $0.write("pastLength = max(0, min(length, pastLength))")
    }
  }

  // MARK: Arguments

  private func check(to writer: inout CodeWriter) {
    let (capacity, positions) = (
      literal(plan.shape.tokenCapacity!), literal(plan.network.givenEmbeddings!.positionCount)
    )
    writer.write("", "/// Refuses arguments that are not as `forward` says.")
    begin(to: &writer)
    writer.write("private func check(")
    writer.write(
      "  _ inputs: Span<Float>, _ positions: Span<Int>, _ attentionMask: Span<UInt8>, outputCount: Int"
    )
    writer.scope(") throws(TrunkError)") { writer in
      writer.write(
        "let inputCount = inputs.count, positionCount = positions.count, maskCount = attentionMask.count",
        "let count = inputCount / \(hidden)")
      writer.require(
        "count > 0 && inputCount == count * \(hidden)",
        "wrongInputCount(found: inputCount, hiddenSize: \(hidden))")
      writer.require(
        "count <= \(capacity) - pastLength",
        "cacheFull(tokens: count, pastLength: pastLength, capacity: \(capacity))")
      writer.require(
        "outputCount == inputCount",
        "wrongOutputCount(found: outputCount, expected: inputCount)")
      writer.require(
        "positionCount == 0 || positionCount == count",
        "wrongPositionCount(found: positionCount, expected: count)")
      writer.require(
        "maskCount == 0 || maskCount == pastLength + count",
        "wrongMaskCount(found: maskCount, expected: pastLength + count)")
      writer.write("var index = 0")
      writer.scope("while index < inputCount") { writer in
        writer.write(
          "if !inputs[index].isFinite { throw .nonFiniteInput(index: index) }", "index += 1")
      }
      writer.write("index = 0")
      writer.scope("while index < positionCount") { writer in
        writer.write("let position = positions[index]")
        writer.require(
          "position >= 0 && position < \(positions)",
          "positionOutOfRange(index: index, positionCount: \(positions))")
        writer.write("index += 1")
      }
      writer.write("index = 0")
      writer.scope("while index < maskCount") { writer in
        writer.write(
          "if attentionMask[index] > 1 { throw .invalidMask(index: index) }", "index += 1")
      }
    }
  }

  private func embed(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    writer.write(
      "",
      "/// inputs_embeds + wpe[position_ids] of `rows` tokens from `token` on; rows behind the last are zero."
    )
    begin(to: &writer)
    writer.scope(
      "private func embedTokens(_ inputs: Span<Float>, _ positions: Span<Int>, token: Int, rows: Int)"
    ) { writer in
      writer.write(
        "Kernels.clear(tokens, count: rows * \(stride))",
        "let first = token - pastLength, last = min(first + rows, inputs.count / \(hidden))",
        "var index = first")
      writer.scope("while index < last") { writer in
        writer.write(
          "let x = tokens + (index - first) * \(stride)",
          "let position = positions.isEmpty ? pastLength + index : positions[index]",
          "let place = \(plan.weights.tensor(.positions).name) + position * \(stride)",
          "var column = 0")
        writer.write(
          "while column < \(hidden) { x[column] = inputs[index * \(hidden) + column] + place[column]; column += 1 }",
          "index += 1")
      }
    }
  }

  private func show(to writer: inout CodeWriter) {
    writer.write("", "/// Takes the attention mask of all tokens up to `end`.")
    begin(to: &writer)
    writer.scope("private mutating func show(_ attentionMask: Span<UInt8>, end: Int)") { writer in
      writer.write("var key = end", "firstVisibleKey = end")
      writer.scope("while key > 0") { writer in
        writer.write(
          "key -= 1", "let isVisible = attentionMask.isEmpty ? true : attentionMask[key] == 1",
          "mask[key] = isVisible ? 0 : VectorMath.hiddenScore",
          "firstVisibleKey = isVisible ? key : firstVisibleKey")
      }
    }
  }

  /// The result is handed out only if all of it is sound.
  private func finish(to writer: inout CodeWriter) {
    let stride = plan.shape.hiddenStride
    writer.write(
      "",
      "/// Copies the new tokens' hidden states out, or forgets the tokens where one is not finite."
    )
    begin(to: &writer)
    writer.scope(
      "private func finish(end: Int, _ lastHiddenState: inout MutableSpan<Float>) throws(TrunkError)"
    ) { writer in
      writer.write("let rows = output[pastLength]")
      writer.write("var row = 0, column = 0")
      writer.scope("while row < end - pastLength") { writer in
        writer.write("column = 0")
        writer.scope("while column < \(hidden)") { writer in
          writer.scope("if !rows[row * \(stride) + column].isFinite") { writer in
            writer.write("forget(end: end)", "throw .nonFiniteHiddenState")
          }
          writer.write("column += 1")
        }
        writer.write("row += 1")
      }
      writer.write("row = 0")
      writer.scope("while row < end - pastLength") { writer in
        writer.write("column = 0")
        writer.scope("while column < \(hidden)") { writer in
          writer.write(
            "lastHiddenState[row * \(hidden) + column] = rows[row * \(stride) + column]",
            "column += 1")
        }
        writer.write("row += 1")
      }
    }
    writer.write(
      "",
      "/// Clears the values of tokens behind the cache: times a probability of zero they must give zero."
    )
    begin(to: &writer)
    writer.scope("private func forget(end: Int)") { writer in
      for layer in plan.forms.indices {
        let name: ControllerBuffer.Name =
          plan.forms[layer] == .standard ? .value(layer: layer) : .normalized(layer: layer)
        let stride = plan.memory.buffer(name).stride
        writer.write(
          "Kernels.clear(\(name.identifier)[pastLength], count: (end - pastLength + \(chunk - 1)) * \(stride))"
        )
      }
    }
  }

  private func begin(to writer: inout CodeWriter) { writer.write("@_noAllocation @_noLocks") }
}

extension CodeWriter {
  /// Writes a condition without which the call is refused.
  fileprivate mutating func require(_ condition: String, _ error: String) {
    let line = "guard \(condition) else { throw .\(error) }"
    if line.count < 100 {
      write(line)
    } else {
      scope("guard \(condition) else") { $0.write("throw .\(error)") }
    }
  }
}
