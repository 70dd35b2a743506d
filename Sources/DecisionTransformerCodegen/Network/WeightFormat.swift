/// How the numbers of a packed matrix are stored.
///
/// A value: plans hold it, and packing, unpacking and generated code follow from what it says. Consecutive rows share a
/// word of 32 bits, the first of them in its lowest bits. Matrices of the blocks have the format that `Deployment`
/// names; everything else is float32.
public struct WeightFormat: Hashable, Sendable, Codable {
  /// What the bits of a number mean.
  public enum Numbers: String, CaseIterable, Sendable, Codable {
    /// The upper bits of a float32, rounded to nearest, ties to even.
    case floats
    /// Symmetric around zero, of the column's scale; stored with half of their range added, so that none is negative.
    case integers
    /// The same in two's complement.
    case signedIntegers
  }

  /// What the rows that are multiplied with the matrix are.
  public enum Inputs: String, CaseIterable, Sendable, Codable {
    /// float32; the matrix's numbers become float32 before they are multiplied.
    case floats
    /// Quantized as they come, each row with a scale of its own (`quantized`): products are sums of integers, exact,
    /// and the same on every processor.
    case integers
  }

  /// What the numbers of a column are multiplied by.
  public enum Scales: String, CaseIterable, Sendable, Codable {
    case none
    /// A float32 for each column, in a row of its own behind the biases. Sums are multiplied by it, not weights.
    case perColumn
  }

  /// Name of the format in kernels, comments and codegen.json.
  public var name: String
  /// What the layout table calls matrices of this format.
  public var tableName: String
  /// Bits of a number.
  public var bits: Int
  public var numbers: Numbers
  /// Rows whose numbers share a word.
  public var rowsPerWord: Int
  /// Panels of 16 columns that lie side by side: no tile is wider.
  public var stripPanels: Int
  public var scales: Scales
  public var inputs: Inputs

  public init(
    name: String, tableName: String, bits: Int, numbers: Numbers, rowsPerWord: Int,
    stripPanels: Int, scales: Scales, inputs: Inputs = .floats
  ) {
    precondition(bits * rowsPerWord <= 32 && rowsPerWord > 0, "rows that share a word fit into it")
    (self.name, self.tableName, self.bits, self.numbers) = (name, tableName, bits, numbers)
    (self.rowsPerWord, self.stripPanels, self.scales) = (rowsPerWord, stripPanels, scales)
    self.inputs = inputs
  }
}

extension WeightFormat {
  public static let float32 = WeightFormat(
    name: "float32", tableName: "strips", bits: 32, numbers: .floats, rowsPerWord: 1,
    stripPanels: 4, scales: .none)

  /// Two rows share a word: widening sixteen 16-bit numbers is scalar code in Swift 6.3, a shift or a mask is not.
  public static let bfloat16 = WeightFormat(
    name: "bfloat16", tableName: "pairs", bits: 16, numbers: .floats, rowsPerWord: 2,
    stripPanels: 8, scales: .none)

  /// Four rows share a word: an instruction for 8-bit dot products adds them up.
  public static let int8 = WeightFormat(
    name: "int8", tableName: "quads", bits: 8, numbers: .integers, rowsPerWord: 4,
    stripPanels: 8, scales: .perColumn, inputs: .integers)

  /// Two rows share a word: an instruction for 16-bit dot products adds them up. Of the 16 bits a product uses so many
  /// that its sum fits into 32 (`largest`): 13 at a depth of 128, 12 at 512.
  public static let int16 = WeightFormat(
    name: "int16", tableName: "signed pairs", bits: 16, numbers: .signedIntegers, rowsPerWord: 2,
    stripPanels: 8, scales: .perColumn, inputs: .integers)
}

// MARK: - Numbers

extension WeightFormat {
  /// Whether generated code has to make float32 of the numbers before it multiplies.
  public var needsWidening: Bool { self != .float32 && inputs == .floats }

  /// The largest integer of a matrix of `depth` rows, and of the rows that are multiplied with it. Integers that are
  /// multiplied in two's complement are as large as the sum of `depth` products allows in 32 bits.
  package func largest(depth: Int) -> Int {
    guard numbers == .signedIntegers, inputs == .integers else { return half - 1 }
    return min(half - 1, Int(Double(Int(Int32.max) / max(1, depth)).squareRoot()))
  }

  /// Half of the range of integers.
  private var half: Int { 1 << (bits - 1) }

  /// The code of zero.
  private var codeOfZero: UInt32 { numbers == .integers ? UInt32(half) : 0 }

  /// The scale of a column of these numbers: 1 where there is none.
  public func scale(of column: [Float]) -> Float {
    guard scales == .perColumn else { return 1 }
    let magnitude = column.lazy.map(\.magnitude).max() ?? 0
    return numbers == .floats ? magnitude : magnitude / Float(largest(depth: column.count))
  }

  /// The word of some rows' numbers of a column of `depth` with this scale; rows that are missing are zero.
  public func encode(_ numbers: ArraySlice<Float>, scale: Float, depth: Int) -> UInt32 {
    var (word, shift) = (UInt32(0), UInt32(0))
    for number in numbers {
      word |= encoded(number, scale: scale, depth: depth) << shift
      shift += UInt32(bits)
    }
    for _ in numbers.count..<rowsPerWord {
      word |= encoded(0, scale: scale, depth: depth) << shift
      shift += UInt32(bits)
    }
    return word
  }

  /// The number of row `row` of those that share `word`.
  public func decode(_ word: UInt32, row: Int, scale: Float) -> Float {
    let field = word << UInt32(32 - bits * (row + 1))
    switch numbers {
    case .floats: return Float(bitPattern: field & ~0 << UInt32(32 - bits)) * scale
    case .integers: return Float(Int(field >> UInt32(32 - bits)) - half) * scale
    case .signedIntegers: return Float(Int32(bitPattern: field) >> Int32(32 - bits)) * scale
    }
  }

  private func encoded(_ number: Float, scale: Float, depth: Int) -> UInt32 {
    switch numbers {
    case .floats:
      guard scale > 0 else { return 0 }
      let (bitPattern, dropped) = ((number / scale).bitPattern, UInt32(32 - bits))
      guard dropped > 0 else { return bitPattern }
      let half: UInt32 = 1 << (dropped - 1)
      return (bitPattern &+ (half - 1) &+ (bitPattern >> dropped & 1)) >> dropped
    case .integers, .signedIntegers:
      // A column of zeros has no scale.
      guard number.isFinite, scale > 0 else { return codeOfZero }
      let largest = Double(largest(depth: depth))
      let quotient = (Double(number) / Double(scale)).rounded(.toNearestOrEven)
      let integer = Int32(min(max(quotient, -largest), largest))
      return UInt32(bitPattern: integer &+ Int32(bitPattern: codeOfZero)) & ~0 >> UInt32(32 - bits)
    }
  }

  /// A column as a packed tensor holds it.
  package func rounded(_ column: [Double]) -> [Double] {
    let numbers = column.map { Float($0) }
    let scale = scale(of: numbers)
    return numbers.map {
      Double(decode(encode([$0], scale: scale, depth: numbers.count), row: 0, scale: scale))
    }
  }
}

extension WeightPrecision {
  /// The format of the blocks' matrices.
  public var format: WeightFormat {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int16: .int16
    case .int8: .int8
    }
  }
}

// MARK: - Inputs

extension WeightFormat {
  /// Products of 8-bit integers, one of them up to 255, that 32 bits hold the sum of; `largest` leaves as many bits at this
  /// depth.
  package static let mostIntegerProducts = 1 << 16

  /// A row as its products take it: multiples of a scale, which is the largest magnitude over the largest integer; each
  /// number times the scale's reciprocal is rounded to nearest, ties to even. The row itself where inputs stay floats.
  package func quantized<Scalar: BinaryFloatingPoint>(_ row: [Scalar]) -> [Scalar] {
    guard inputs == .integers else { return row }
    let magnitude = row.lazy.map(\.magnitude).max() ?? 0
    let largest = Scalar(largest(depth: row.count))
    // The runtime's `quantize` has the same two divisions, and the same smallest divisor.
    let (scale, inverse) = (magnitude / largest, largest / max(magnitude, Scalar(1e-30 as Float)))
    return row.map { ($0 * inverse).rounded(.toNearestOrEven) * scale }
  }
}
