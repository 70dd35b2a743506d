/// Writes each kernel of the plan once: a product with literal sizes, strides and offsets.
package struct KernelRenderer {
  package let plan: Plan

  package func render(to writer: inout CodeWriter) {
    for kernel in plan.kernels {
      let name = plan.name(of: kernel)
      switch kernel {
      case .linear(let rows, let depth, let columns, let epilogue, let format, let strides):
        linear(name, rows, depth, columns, epilogue, format, strides, to: &writer)
      case .scores(let rows, let heads, let depth, let queryStride, let keyStride, let causal):
        scores(name, rows, heads, depth, queryStride, keyStride, causal, to: &writer)
      case .rowScores(
        let rows, let depth, let keys, let queryStride, let rowStride, let keyStride):
        short(
          "\(name)(_ queries: Floats, _ keys: Floats, to scores: Floats)",
          "VectorMath.scores(queries, stride: \(queryStride), rows: \(rows), keys, stride: \(rowStride), count: \(keys), depth: \(depth), scores, stride: \(keyStride))",
          to: &writer)
      case .mix(
        let rows, let heads, let keys, let columns, let keyStride, let rowStride, let strips,
        let causal, let addsResidual):
        mix(
          name, rows, heads, keys, columns, keyStride, rowStride, strips, causal,
          addsResidual, to: &writer)
      case .convolve(let shape, let epilogue): convolve(name, shape, epilogue, to: &writer)
      case .storeKeys(let heads, let depth, let rowStride, let keyStride):
        storeKeys(name, heads, depth, rowStride, keyStride, to: &writer)
      }
    }
  }

  private let attributes = "@inline(never) @_noAllocation @_noLocks"

  private func linear(
    _ name: String, _ rows: Int, _ depth: Int, _ columns: Int, _ epilogue: Kernel.Epilogue,
    _ format: WeightFormat, _ strides: RowStrides, to writer: inout CodeWriter
  ) {
    let finish = plan.finishName(of: epilogue)
    let parameter = epilogue.addsResidual ? " _ residual: Floats," : ""
    let residual = epilogue.addsResidual ? ", residual: residual" : ""
    let kernel = Kernel.linear(
      rows: rows, depth: depth, columns: columns, epilogue: epilogue, format: format,
      strides: strides)
    let isRounded = plan.hasRoundedPlaces(format)
    let signature =
      "\(name)(_ x: Floats, _ w: \(plan.placeType(format)),\(parameter) to y: Floats)"
    if kernel.widensWeights {
      writer.write(attributes)
      writer.scope("static func \(signature)") {
        self.widened(kernel.products[0], columns, format, strides, finish, epilogue, to: &$0)
      }
      return
    }
    let product = kernel.products[0]
    if product.isOfIntegers {
      return integers(
        signature, product, depth: depth, columns: columns, format, strides, finish, epilogue,
        to: &writer)
    }
    let options =
      (epilogue == .storeUnbiased ? ", biased: false" : "")
      + (format.needsWidening ? ", \(format.option): true" : "")
      + (product.hasScales ? ", scaled: true" : "")
      + (plan.streams(rows: rows, columns: columns) ? ", streams: true" : "")
    short(
      signature,
      "rows\(rows)(Product<\(finish)>(x, \(strides.input), \(isRounded ? "w.words" : "w"), \(product.order.arguments), depth: \(product.depth)\(options), y, \(strides.output), panels: \(product.panels)\(residual)))",
      to: &writer)
  }

  /// A function of one statement.
  private func short(_ signature: String, _ statement: String, to writer: inout CodeWriter) {
    writer.write(attributes, "static func \(signature) {", "  \(statement) }")
  }

  /// Quantizes the rows, then multiplies integers.
  private func integers(
    _ signature: String, _ product: TiledProduct, depth: Int, columns: Int, _ format: WeightFormat,
    _ strides: RowStrides, _ finish: String, _ epilogue: Kernel.Epilogue,
    to writer: inout CodeWriter
  ) {
    let (rows, count) = (product.rows, literal(Shape.stride(depth)))
    let options =
      (epilogue == .storeUnbiased ? ", biased: false" : "")
      + (plan.streams(rows: rows, columns: columns) ? ", streams: true" : "")
    writer.write(attributes)
    writer.scope("static func \(signature)") { writer in
      let largest =
        format.integerProducts.takesLargest
        ? " largest: \(literal(format.largest(depth: depth)))," : ""
      writer.write(
        "\(format.quantizeName)(x, \(strides.input), rows: \(rows), count: \(count),\(largest) to: w.converted)",
        "\(format.name)Rows\(rows)(\(format.typeName)Product<\(finish)>(w.converted, count: \(count), w.words, \(product.order.arguments), groups: \(product.depth / format.rowsPerWord)\(options), y, \(strides.output), panels: \(product.panels)\(epilogue.addsResidual ? ", residual: residual" : "")))"
      )
    }
  }

  /// Widens a few panels, then computes all rows of them: the product of a group of panels.
  private func widened(
    _ group: TiledProduct, _ columns: Int, _ format: WeightFormat, _ strides: RowStrides,
    _ finish: String, _ epilogue: Kernel.Epilogue, to writer: inout CodeWriter
  ) {
    let panels = Shape.stride(columns) / Shape.lanes
    let most = Kernel.widenedPanelCount
    let words = group.depth / format.rowsPerWord
    let bias =
      (epilogue == .storeUnbiased ? ", biased: false" : "")
      + (group.hasScales ? ", scaled: true" : "")
    func product(
      from: String, step: String, to: String, _ count: String, _ writer: inout CodeWriter
    ) {
      writer.write(
        "widen(w.words\(from), step: \(step), panels: \(count), \(format.wordName)s: \(words), to: w.converted)"
      )
      writer.write(
        "rows\(group.rows)(Product<\(finish)>(x, \(strides.input), w.converted, \(group.order.arguments), depth: \(group.depth)\(bias), y\(to), \(strides.output), panels: \(count)\(epilogue.addsResidual ? ", residual: residual\(to)" : "")))"
      )
    }
    if panels <= most {
      return product(from: "", step: "\(16 * panels)", to: "", "\(panels)", &writer)
    }
    writer.write("var panel = 0")
    writer.scope("while panel < \(panels)") { writer in
      let strip = format.stripPanels
      var (count, step) = ("\(most)", "\(16 * strip)")
      writer.write("let first = panel / \(strip) * \(strip)")
      if panels % most != 0 {
        writer.write("let count = min(\(most), \(panels) - panel)")
        count = "count"
      }
      if panels % strip != 0 { step = "16 * min(\(strip), \(panels) - first)" }
      product(
        from:
          " + first * \(literal((format.headRowCount + words) * Shape.lanes)) + (panel - first) * 16",
        step: step,
        to: " + panel * 16", count, &writer)
      writer.write("panel += \(most)")
    }
  }

  private func scores(
    _ name: String, _ rows: Int, _ heads: Int, _ depth: Int, _ queryStride: Int, _ keyStride: Int,
    _ causal: Bool,
    to writer: inout CodeWriter
  ) {
    let panel = (depth + 1) * Shape.lanes
    perHead(
      heads, "\(name)(_ queries: Floats, _ keys: Floats, to scores: Floats)", to: &writer
    ) { head in
      "rows\(rows)(Product<Store>(queries\(head(Shape.stride(depth))), \(queryStride), keys\(head(keyStride / Shape.lanes * panel)), \(PanelOrder.apart(panel: panel).arguments), depth: \(depth), scores\(head(rows * keyStride)), \(keyStride), panels: \(keyStride / Shape.lanes)\(causal ? ", hidesKeys: true" : "")))"
    }
  }

  private func mix(
    _ name: String, _ rows: Int, _ heads: Int, _ keys: Int, _ columns: Int, _ keyStride: Int,
    _ rowStride: Int, _ strips: ValueStrips?, _ causal: Bool, _ addsResidual: Bool,
    to writer: inout CodeWriter
  ) {
    let order = Kernel.mix(
      rows: rows, heads: heads, keys: keys, columns: columns, keyStride: keyStride,
      rowStride: rowStride, strips: strips, causal: causal, addsResidual: addsResidual
    ).products[0].order.arguments
    let parameter = addsResidual ? " _ residual: Floats," : ""
    let residual = addsResidual ? ", residual: residual" : ""
    perHead(
      heads,
      "\(name)(_ scores: Floats, _ values: Floats,\(parameter) to mixed: Floats)", to: &writer
    ) { head in
      "rows\(rows)(Product<\(addsResidual ? "Add" : "Store")>(scores\(head(rows * keyStride)), \(keyStride), values\(head(columns)), \(order), depth: \(keys), hasBiases: false, mixed\(head(columns)), \(rowStride), panels: \(columns / Shape.lanes)\(residual)\(causal ? ", hidesDepth: true" : "")))"
    }
  }

  /// Line by line of the output: windows as rows, and their product.
  private func convolve(
    _ name: String, _ shape: ConvolutionShape, _ epilogue: Kernel.Epilogue,
    to writer: inout CodeWriter
  ) {
    let product = Kernel.convolve(shape, epilogue: epilogue).products[0]
    let (window, filters) = (Shape.stride(shape.depth), Shape.stride(shape.filters))
    let residual = epilogue.addsResidual
    writer.write(
      "",
      "/// A convolution of \(shape.input.channels) x \(shape.input.rows) x \(shape.input.columns) numbers, windows of \(shape.size) x \(shape.size), \(shape.stride) apart, for \(shape.filters) filters.",
      attributes)
    writer.scope(
      "static func \(name)(_ input: Floats, _ w: Floats,\(residual ? " _ residual: Floats," : "") patches: Floats, to output: Floats)"
    ) { writer in
      writer.scope("for row in 0..<\(shape.outputRows)") { writer in
        writer.scope("for column in 0..<\(shape.outputColumns)") { writer in
          let place = shape.isPlanar ? 1 : shape.placeStride
          writer.write(
            "let from = input + row * \(literal(shape.stride * shape.lineStride)) + column * \(literal(shape.stride * place)), to = patches + column * \(literal(window))"
          )
          let copy = { (from: String, to: String) in
            "FrameMath.copy(from\(from) + line * \(literal(shape.lineStride)), count: \(literal(shape.lineCount)), to: to + \(to) * \(literal(shape.lineCount)))"
          }
          if shape.isPlanar, shape.input.channels > 1 {
            writer.scope("for channel in 0..<\(shape.input.channels)") {
              $0.write(
                "for line in 0..<\(shape.size) { \(copy(" + channel * \(literal(shape.input.placeCount))", "(channel * \(shape.size) + line)")) }"
              )
            }
          } else {
            writer.write("for line in 0..<\(shape.size) { \(copy("", "line")) }")
          }
        }
        let line = literal(shape.outputColumns * filters)
        writer.write(
          "rows\(product.rows)(Product<\(plan.finishName(of: epilogue))>(patches, \(literal(window)), w, \(product.order.arguments), depth: \(product.depth), output + row * \(line), \(filters), panels: \(product.panels)\(residual ? ", residual: residual + row * \(line)" : "")))"
        )
      }
    }
  }

  private func storeKeys(
    _ name: String, _ heads: Int, _ depth: Int, _ rowStride: Int, _ keyStride: Int,
    to writer: inout CodeWriter
  ) {
    let panel = (depth + 1) * Shape.lanes
    writer.write(
      "", "/// Stores rows as keys from `first` on: column by column into panels of 16 keys.",
      attributes)
    writer.scope(
      "static func \(name)(_ input: Floats, rows: Int, first: Int, to keys: Floats)"
    ) { writer in
      writer.write("var row = 0")
      writer.scope("while row < rows") { writer in
        writer.write("let key = first + row, x = input + row * \(rowStride)")
        writer.write("let column = keys + key / 16 * \(literal(panel)) + key % 16 + 16")
        let headKeys = keyStride / Shape.lanes * panel
        let single: (inout CodeWriter) -> Void = { writer in
          perHead(heads, to: &writer) { head, writer in
            let (x, column) = (head(Shape.stride(depth)), head(headKeys))
            writer.write("var index = 0")
            writer.write(
              heads == 1
                ? "while index < \(depth) { column[index * 16] = x[index]; index += 1 }"
                : "while index < \(depth) { (column\(column))[index * 16] = (x\(x))[index]; index += 1 }"
            )
          }
          writer.write("row += 1")
        }
        // Whole panels go through registers where the depth has no remainder.
        guard depth % Shape.lanes == 0, plan.shape.pastTokenCount >= Shape.lanes else {
          single(&writer)
          return
        }
        writer.branches([
          (
            "key % 16 == 0 && row + 16 <= rows",
            { writer in
              perHead(heads, to: &writer) { head, writer in
                let (x, column) = (head(Shape.stride(depth)), head(headKeys))
                writer.scope("for block in 0..<\(depth / Shape.lanes)") { writer in
                  writer.write(
                    "VectorMath.transpose(x\(x) + block * 16, stride: \(rowStride), to: column\(column) + block * 256, stride: 16)"
                  )
                }
              }
              writer.write("row += 16")
            }
          ), (nil, single),
        ])
      }
    }
  }

  // MARK: Heads

  /// A function that does for each head what `statement` writes; its argument writes ` + head * stride`.
  private func perHead(
    _ heads: Int, _ signature: String, to writer: inout CodeWriter,
    _ statement: ((Int) -> String) -> String
  ) {
    guard heads > 1 else { return short(signature, statement { _ in "" }, to: &writer) }
    writer.write(attributes)
    writer.scope("static func \(signature)") { writer in
      writer.write(
        "for head in 0..<\(heads) { \(statement { " + head * \(literal($0))" }) }")
    }
  }

  /// Runs `body` in a loop over heads; its first argument writes ` + head * stride`.
  private func perHead(
    _ heads: Int, to writer: inout CodeWriter, _ body: ((Int) -> String, inout CodeWriter) -> Void
  ) {
    if heads == 1 {
      body({ _ in "" }, &writer)
    } else {
      writer.scope("for head in 0..<\(heads)") { body({ " + head * \(literal($0))" }, &$0) }
    }
  }
}

extension PanelOrder {
  /// The arguments of generated code's `Product` that say the order.
  package var arguments: String {
    switch self {
    case .apart(let panel): "panel: \(literal(panel))"
    case .strips(let width, let panel): "panel: \(literal(panel)), strip: \(width)"
    case .rows(let stride): "panel: \(Shape.lanes), step: \(stride)"
    }
  }
}
