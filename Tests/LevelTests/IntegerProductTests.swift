import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing
import Toolchain

/// Products of integers at every vector level, bit for bit: kernels as generated, with rows and packed matrices of random
/// numbers, against sums that this file computes one product at a time. Rounding is part of it: no level may differ from
/// another in the last digit.
@Suite("Products of integers", .serialized)
struct IntegerProductTests {
  /// Depths with and without padding, strips whole and not, rows of a window and of several agents.
  private static let models: [(model: Model, plan: Plan)] = [
    (128, 1, 1), (40, 5, 1), (24, 3, 9), (192, 2, 1), (8, 1, 1),
  ].flatMap { (shape: (hidden: Int, heads: Int, batch: Int)) in
    [WeightPrecision.int8, .int16].map { precision in
      let model = ShapeLevelTests.model(shape.hidden, shape.heads, precision, shape.batch, 2, 5)
      return (model, Plan(model))
    }
  }

  /// Those whose sums are stored as they are: activations are float32 arithmetic.
  private static func kernels(of plan: Plan) -> [Kernel] {
    plan.kernels.filter { kernel in
      guard case .linear(_, _, _, let epilogue, let format, _) = kernel,
        format.inputs == .integers
      else { return false }
      return epilogue == .store || epilogue == .add
    }
  }

  private static let levels: [Level] = {
    var levels = TestExtent.isComplete ? Level.all : [Level.all.first!, Level.all.last!]
    if let best = Level.all.last {
      // The other way of the same processor.
      levels.append(
        Level(
          name: "\(best.name), pairs", flags: best.flags + ["-Xcc", "-DDT_INTEGER_PAIRS"]))
    }
    return levels
  }()

  @Test("are the same bits at every level", arguments: levels)
  func products(level: Level) throws {
    let folder = ScratchFolder(named: "integers")
    let runtime = try RuntimeModule.compiled(with: level.flags + ["-O"])
    _ = try runtime.output.success()
    var files = [try folder.write("Main.swift", Self.program).path]
    for (model, plan) in Self.models {
      for source in Compiler.sources(plan) where source.name.hasSuffix("Kernels.swift") {
        // The type itself is not needed: its kernels stand alone but for what extends it.
        let text = String(decoding: source.contents, as: UTF8.self)
        files.append(
          try folder.write(source.name, "enum \(model.name) {}\n" + text).path)
      }
    }
    _ = try SwiftCompiler.run(
      level.flags + runtime.flags + [
        "-O", "-wmo", "-swift-version", "6", "-parse-as-library", "-suppress-warnings",
        "-module-name", "Products", "-o", "products",
      ] + files + [runtime.object], in: folder.url
    ).success()
    let output = try RunningProcess([folder.url.appending(path: "products").path], in: folder.url)
      .finish().success()
    let found = output.split(separator: "\n").map(String.init)
    let expected = Self.models.flatMap { model, plan in
      Self.kernels(of: plan).flatMap { kernel in
        [false, true].map { isExtreme in
          "\(model.name).\(plan.name(of: kernel)) \(Self.digest(of: kernel, isExtreme: isExtreme))"
        }
      }
    }
    #expect(expected.count > 60)
    #expect(found == expected, "\(level)")
  }

  // MARK: The program

  /// Calls each kernel with numbers of a generator that begins with the same state.
  private static var program: String {
    var lines = [
      "internal import DecisionTransformer",
      """
      struct Numbers {
        var state: UInt64
        mutating func next() -> UInt64 {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return state >> 32
        }
        mutating func number() -> Float { Float(Int(next() % 20001) - 10000) / 1024 }
      }
      func memory(_ count: Int) -> UnsafeMutablePointer<Float> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * count + 64, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: 4 * count + 64)
        return memory.assumingMemoryBound(to: Float.self)
      }
      typealias Memory = UnsafeMutablePointer<Float>
      // `places`: of each column the bias and the scale. `half`: the largest number of 16 bits, 0 of four numbers in a word.
      @inline(never)
      func check(
        _ name: String, rows: Int, depth: Int, columns: Int, from: Int, to: Int, words: Int,
        converted: Int, half: Int, adds: Bool, places: String,
        _ kernel: (_ x: Memory, _ w: Memory, _ converted: Memory, _ y: Memory) -> Void
      ) {
        let places = places.split(separator: " ").map { Int($0)! }
        for isExtreme in [false, true] {
          var numbers = Numbers(state: UInt64(depth * 1000 + columns))
          let x = memory(rows * from), y = memory(rows * to), w = memory(words)
          for row in 0..<rows {
            for index in 0..<depth { x[row * from + index] = isExtreme ? -1.5 : numbers.number() }
          }
          func one() -> UInt32 {
            let number = isExtreme ? half : Int(numbers.next() % UInt64(2 * half + 1)) - half
            return UInt32(UInt16(truncatingIfNeeded: number))
          }
          for index in 0..<words {
            if half > 0 {
              w[index] = Float(bitPattern: one() | one() << 16)
            } else {
              w[index] = Float(bitPattern: isExtreme ? ~0 : UInt32(truncatingIfNeeded: numbers.next()))
            }
          }
          for place in places { w[place] = numbers.number() }
          if adds {
            for row in 0..<rows { for index in 0..<columns { y[row * to + index] = numbers.number() } }
          }
          kernel(x, w, memory(converted), y)
          var digest: UInt32 = 0
          for row in 0..<rows {
            for index in 0..<columns { digest = digest &* 31 &+ y[row * to + index].bitPattern }
          }
          print(name, digest)
        }
      }
      @main struct Main {
        static func main() {
      """,
    ]
    for (model, plan) in models {
      for kernel in kernels(of: plan) {
        guard
          case .linear(let rows, let depth, let columns, let epilogue, let format, let strides) =
            kernel
        else { continue }
        let arrangement = PackedTensor.Arrangement.strips(
          depth: depth, columns: columns, format: format)
        let places = (0..<stride(columns)).flatMap { column in
          [arrangement.place(row: 0, column: column), arrangement.scalePlace(column: column)!]
        }
        let residual = epilogue == .add ? "Floats(y), " : ""
        lines += [
          "check(\"\(model.name).\(plan.name(of: kernel))\", rows: \(rows), depth: \(depth), columns: \(columns),",
          "  from: \(strides.input), to: \(strides.output), words: \(format.rowCount(depth: depth) * stride(columns)),",
          "  converted: \(rows * (4 + stride(depth))), half: \(format == .int16 ? largest(format, depth) : 0), adds: \(epilogue == .add),",
          "  places: \"\(places.map(String.init).joined(separator: " "))\"",
          ") { x, w, converted, y in",
          "  \(model.name)Kernels.\(plan.name(of: kernel))(Floats(x), \(model.name)Kernels.Rounded(Floats(w), Floats(converted)), \(residual)to: Floats(y))",
          "}",
        ]
      }
    }
    return (lines + ["}", "}"]).joined(separator: "\n")
  }

  private static func stride(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  // MARK: What is expected

  private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 32
    }
    mutating func number() -> Float { Float(Int(next() % 20001) - 10000) / 1024 }
  }

  /// The largest integer of a matrix and of a row: 127, or what a sum in 32 bits allows.
  private static func largest(_ format: WeightFormat, _ depth: Int) -> Int {
    format == .int8 ? 127 : min(32767, Int((Double(Int32.max) / Double(depth)).squareRoot()))
  }

  private static func digest(of kernel: Kernel, isExtreme: Bool) -> UInt32 {
    guard case .linear(let rows, let depth, let columns, let epilogue, let format, _) = kernel
    else { return 0 }
    var numbers = Numbers(state: UInt64(depth * 1000 + columns))
    let x = (0..<rows).map { _ in (0..<depth).map { _ in isExtreme ? -1.5 : numbers.number() } }
    let limit = largest(format, depth)
    let arrangement = PackedTensor.Arrangement.strips(
      depth: depth, columns: columns, format: format)
    func half() -> UInt32 {
      let number = isExtreme ? limit : Int(numbers.next() % UInt64(2 * limit + 1)) - limit
      return UInt32(UInt16(truncatingIfNeeded: number))
    }
    var words = (0..<format.rowCount(depth: depth) * stride(columns)).map { _ in
      if format == .int16 { return half() | half() << 16 }
      return isExtreme ? ~0 : UInt32(truncatingIfNeeded: numbers.next())
    }
    for column in 0..<stride(columns) {
      words[arrangement.place(row: 0, column: column)] = numbers.number().bitPattern
      words[arrangement.scalePlace(column: column)!] = numbers.number().bitPattern
    }
    var added: [[Float]] = []
    if epilogue == .add {
      added = (0..<rows).map { _ in (0..<columns).map { _ in numbers.number() } }
    }
    var digest: UInt32 = 0
    for row in 0..<rows {
      let largest = x[row].map(\.magnitude).max()!
      let integers = x[row].map { Int(($0 * (Float(limit) / largest)).rounded(.toNearestOrEven)) }
      for column in 0..<columns {
        var sum = 0
        for (index, integer) in integers.enumerated() {
          let word = words[arrangement.place(row: index + 1, column: column)]
          sum +=
            integer
            * (format == .int8
              ? Int(word >> UInt32(index % 4 * 8) & 255) - 128
              : Int(Int16(truncatingIfNeeded: word >> UInt32(index % 2 * 16))))
        }
        #expect(Int32(exactly: sum) != nil)
        let scale =
          Float(bitPattern: words[arrangement.scalePlace(column: column)!])
          * (largest / Float(limit))
        let bias = Float(bitPattern: words[arrangement.place(row: 0, column: column)])
        var result = Float(sum) * scale + bias
        if epilogue == .add { result += added[row][column] }
        digest = digest &* 31 &+ result.bitPattern
      }
    }
    return digest
  }
}
