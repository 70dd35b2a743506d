/// Writes the register tiles of products of integers: quantized rows with weights of one format.
///
/// As `TileRenderer`'s, with sums of integers, which begin with what the row says, and become numbers at their end.
package struct IntegerTileRenderer {
  private let sweeps: SweepRenderer
  private let format: WeightFormat
  private let prefetchDistance: Int?

  private init(_ plan: Plan, _ format: WeightFormat, _ products: Set<TiledProduct>) {
    self.format = format
    sweeps = SweepRenderer(plan, products, prefix: format.name)
    prefetchDistance = plan.prefetchDistance
  }

  /// One for each format of the plan's products of integers.
  package static func all(_ plan: Plan) -> [IntegerTileRenderer] {
    let products = plan.products.filter(\.isOfIntegers)
    return Set(products.map(\.format)).sorted { $0.bits < $1.bits }.map { format in
      IntegerTileRenderer(plan, format, products.filter { $0.format == format })
    }
  }

  package func render(to writer: inout CodeWriter) {
    writer.write(
      "",
      "// Products of \(format.name) numbers: \(format.rowsPerWord) rows of weights in a word, and of a quantized row."
    )
    quantize(to: &writer)
    product(to: &writer)
    sweeps.render(to: &writer)
    for size in sweeps.tileRows { tile(size, to: &writer) }
    sums(to: &writer)
  }

  private var typeName: String { format.typeName }

  private func quantize(to writer: inout CodeWriter) {
    let products = format.integerProducts
    let largest = products.takesLargest
    writer.inlined("Rows of `count` numbers as integers, each with its scale.")
    writer.scope(
      "static func \(format.quantizeName)(_ x: Floats, _ stride: Int, rows: Int, count: Int,\(largest ? " largest: Float," : "") to quantized: Floats)"
    ) { writer in
      writer.scope("for row in 0..<rows") {
        $0.write(
          "VectorMath.\(products.quantize)(x + row * stride, count: count,\(largest ? " largest: largest," : "") to: quantized + row * VectorMath.\(products.stride)(count))"
        )
      }
    }
  }

  private func product(to writer: inout CodeWriter) {
    writer.write("", "/// Where the operands of epilogue(x · w + b) lie, both sides integers.")
    writer.scope("private struct \(typeName)Product<Finish: Epilogue>") { writer in
      writer.write(
        "var x: Floats, xStride: Int, w: Floats, panel: Int, strip: Int, step: Int, groups: Int, biased: Bool",
        "var y: Floats, yStride: Int, residual: Floats, panels: Int, streams: Bool", "",
        "/// - Parameter count: Numbers of a row, padding included.",
        "/// - Parameter panel: Floats of a panel of 16 columns.",
        "/// - Parameter strip: Panels that lie side by side, a row of words of all of them and then the next.",
        "/// - Parameter groups: Rows of words.",
        "/// - Parameter biased: Whether biases are added.",
        "/// - Parameter streams: Whether the weights are used once, and come from far away.",
        "@inline(__always)",
        "init(",
        "  _ x: Floats, count: Int, _ w: Floats, panel: Int, strip: Int, groups: Int, biased: Bool = true,",
        "  streams: Bool = false, _ y: Floats, _ yStride: Int, panels: Int, residual: Floats? = nil",
        ") {",
        "  (self.x, self.xStride, self.w) = (x, VectorMath.\(format.integerProducts.stride)(count), w)",
        "  (self.panel, self.strip, self.step, self.groups) = (panel, strip, 16, groups)",
        "  (self.biased, self.y, self.yStride, self.residual) = (biased, y, yStride, residual ?? y)",
        "  (self.panels, self.streams) = (panels, streams)", "}", "",
        "/// The tile at `row` and `panel`.", "@inline(__always)")
      writer.scope("func tile(row: Int, rows: Int, panel index: Int) -> Self") { writer in
        writer.write(
          "var tile = self", "let first = index / strip * strip",
          "tile.step = 16 * min(strip, panels - first)",
          "tile.x += row * xStride",
          "tile.w += first * panel + (index - first) * 16",
          "tile.y += row * yStride + index * 16", "tile.residual += row * yStride + index * 16",
          "return tile")
      }
      writer.write("", "/// Stores the sums of a panel, `place` floats behind the tile's first.")
      writer.write("@inline(__always)")
      writer.scope("func store(_ sums: Integers, scale: Vector, panel: Int, _ place: Int)") {
        $0.write(
          "let scale = Vector(at: w + step + panel) * scale",
          "let bias = biased ? Vector(at: w + panel) : Vector(repeating: 0)",
          "Finish.apply(VectorMath.dequantize(sums, scale: scale, bias: bias), residual + place).store(at: y + place)"
        )
      }
    }
  }

  private func tile(_ rows: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<rows)
    writer.write("", "@inline(__always)")
    writer.scope(
      "private static func \(format.name)Tile\(rows)<Sums: \(typeName)Sums, Finish: Epilogue>(_: Sums.Type, _ p: \(typeName)Product<Finish>)"
    ) { writer in
      func place(_ row: Int, _ name: String) -> String {
        row == 0 ? name : "\(name) + \(offset(row, "p.xStride"))"
      }
      writer.write(
        "var "
          + indices.map { "r\($0) = Sums(startOf: \(place($0, "p.x")))" }.joined(separator: ", "),
        "var x = p.x + \(Kernel.Conversion.rowHeadCount), w = p.w + \(format.headRowCount) * p.step, k = 0"
      )
      writer.scope("while k < p.groups") { writer in
        if rows <= 2, let prefetchDistance {
          writer.write(
            "if p.streams { for panel in 0..<Sums.width { VectorMath.prefetch(w + panel * 16 + \(prefetchDistance)) } }"
          )
        }
        writer.write("let words = Sums(w)")
        writer.write(list: indices.map { "r\($0).add(\(place($0, "x")), words)" })
        writer.write("x += \(format.integerProducts.groupWords); w += p.step; k += 1")
      }
      writer.write(
        list: indices.map {
          "r\($0).finish(p, scale: p.x[\(offset($0, "p.xStride"))], \(offset($0, "p.yStride")))"
        })
    }
  }

  // MARK: Sums

  private func sums(to writer: inout CodeWriter) {
    writer.write("", "/// Sums of one row over neighbouring panels; or words of weights.")
    writer.scope("private protocol \(typeName)Sums") { writer in
      writer.write(
        "init(startOf row: Floats)", "init(_ words: Floats)",
        "mutating func add(_ x: Floats, _ w: Self)",
        "func finish<Finish: Epilogue>(_ p: \(typeName)Product<Finish>, scale: Float, _ place: Int)"
      )
      if prefetchDistance != nil { writer.write("static var width: Int { get }") }
    }
    for width in sweeps.tileWidths { sums(width, to: &writer) }
  }

  private func sums(_ width: Int, to writer: inout CodeWriter) {
    let indices = Array(0..<width)
    writer.write("")
    writer.scope("private struct \(typeName)Sums\(width): \(typeName)Sums") { writer in
      writer.write("var \(indices.map { "s\($0)" }.joined(separator: ", ")): Integers")
      writer.oneLine(
        "init(startOf row: Floats)",
        ["let start = Integers(startOf: row)"] + indices.map { "s\($0) = start" })
      writer.oneLine(
        "init(_ words: Floats)",
        indices.map { "s\($0) = Integers(at: words\($0 == 0 ? "" : " + \($0 * Shape.lanes)"))" })
      if prefetchDistance != nil {
        writer.write("@inline(__always) static var width: Int { \(width) }")
      }
      writer.oneLine(
        "mutating func add(_ x: Floats, _ w: Self)",
        indices.map { "s\($0) = VectorMath.\(format.integerProducts.add)(s\($0), x, w.s\($0))" })
      writer.oneLine(
        "func finish<Finish: Epilogue>(_ p: \(typeName)Product<Finish>, scale: Float, _ place: Int)",
        isGeneric: true,
        ["let scale = Vector(repeating: scale)"]
          + indices.map {
            "p.store(s\($0), scale: scale, panel: \($0 * Shape.lanes), place\($0 == 0 ? "" : " + \($0 * Shape.lanes)"))"
          })
    }
  }
}
