/// How generated code speaks of a format, and how it makes float32 of a row of numbers.
extension WeightFormat {
  /// The option of generated code's `Product`, for weights that its tiles widen.
  package var option: String { rowsPerWord == 2 ? "paired" : "packed" }

  /// What rows that share a word are called: `addPair`, `pairs`.
  package var wordName: String { rowsPerWord == 2 ? "pair" : "group" }

  /// The tiles' function that adds the rows of a word.
  package var addFunction: String { rowsPerWord == 2 ? "addPair" : "addGroup" }

  /// The rows of a word, in order.
  package var rowNames: [String] {
    rowsPerWord == 2 ? ["even", "odd"] : (0..<rowsPerWord).map { "part\($0)_" }
  }

  /// Row `row` of the rows in `words`, a vector's name, as float32.
  package func widened(row: Int, of words: String) -> String {
    switch numbers {
    case .floats:
      precondition(bits == 16, "the runtime has functions for bfloat16")
      return "VectorMath.\(row == 0 ? "evenRow" : "oddRow")(of: \(words))"
    case .integers, .signedIntegers: return "\(typeName).row\(row)(of: \(words))"
    }
  }

  /// What the names of generated types begin with.
  package var typeName: String { name.prefix(1).uppercased() + name.dropFirst() }

  /// The generated function that makes integers of rows.
  package var quantizeName: String { "quantizeTo\(typeName)" }

  /// The runtime's functions for products of integers.
  package struct IntegerProducts {
    package var quantize, stride, add: String
    /// Whether `quantize` is told the largest integer.
    package var takesLargest: Bool
    /// Floats of a group of a row's integers.
    package var groupWords: String
  }

  /// Those of the format: what shares a word with `rowsPerWord` rows.
  package var integerProducts: IntegerProducts {
    switch rowsPerWord {
    case 4:
      IntegerProducts(
        quantize: "quantize", stride: "quantizedStride", add: "addProducts", takesLargest: false,
        groupWords: "VectorMath.groupWords")
    case 2:
      IntegerProducts(
        quantize: "quantizeToPairs", stride: "quantizedPairStride", add: "addPairProducts",
        takesLargest: true, groupWords: "1")
    default: preconditionFailure("the runtime has functions for groups of four and of two")
    }
  }

  /// Functions that `widened` needs and the runtime does not have.
  package func functions(to writer: inout CodeWriter) {
    guard numbers == .integers else { return }
    // The bits of 2^23 + n are those of 2^23 with n in its lowest bits, n from 0 on, as it is stored: with half of the
    // range added. A subtraction leaves the integer, exactly, and no conversion is needed.
    precondition(bits <= 23, "an integer fits into a float32's digits")
    let half = 1 << (bits - 1)
    writer.write("", "/// Integers of \(bits) bits, \(rowsPerWord) in a word, as float32.")
    writer.scope("private enum \(typeName)") { writer in
      for row in 0..<rowsPerWord {
        let shift = bits * row
        let shifted = shift == 0 ? "words" : "(words &>> SIMD16(repeating: \(shift)))"
        let mask = " & SIMD16(repeating: \(literal(1 << bits - 1)))"
        if row > 0 { writer.write("") }
        writer.write("/// Bits \(shift) to \(shift + bits - 1).")
        writer.write("@inline(__always) @_noAllocation @_noLocks")
        writer.scope("static func row\(row)(of vector: Vector) -> Vector") { writer in
          writer.write(
            "let words = unsafe unsafeBitCast(vector, to: SIMD16<UInt32>.self)",
            "let bits = (\(shifted)\(shift + bits == 32 ? "" : mask)) | SIMD16(repeating: \(literal(0x4b00_0000)))",
            "return unsafe unsafeBitCast(bits, to: Vector.self) - Vector(repeating: \(literal(1 << 23 + half)))"
          )
        }
      }
    }
  }
}
