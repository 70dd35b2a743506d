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
    /// Two's complement, symmetric around zero: of the column's scale.
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

  public init(
    name: String, tableName: String, bits: Int, numbers: Numbers, rowsPerWord: Int,
    stripPanels: Int, scales: Scales
  ) {
    precondition(bits * rowsPerWord <= 32 && rowsPerWord > 0, "rows that share a word fit into it")
    (self.name, self.tableName, self.bits, self.numbers) = (name, tableName, bits, numbers)
    (self.rowsPerWord, self.stripPanels, self.scales) = (rowsPerWord, stripPanels, scales)
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
}

// MARK: - Numbers

extension WeightFormat {
  /// Whether generated code has to make float32 of the numbers before it multiplies.
  public var needsWidening: Bool { self != .float32 }

  /// The largest integer.
  private var largest: Int { 1 << (bits - 1) - 1 }

  /// The scale of a column of these numbers: 1 where there is none.
  public func scale(of column: [Float]) -> Float {
    guard scales == .perColumn else { return 1 }
    let magnitude = column.lazy.map(\.magnitude).max() ?? 0
    return numbers == .integers ? magnitude / Float(largest) : magnitude
  }

  /// The word of some rows' numbers of a column with this scale; rows that are missing are zero.
  public func encode(_ numbers: ArraySlice<Float>, scale: Float) -> UInt32 {
    var (word, shift) = (UInt32(0), UInt32(0))
    for number in numbers {
      word |= encoded(number, scale: scale) << shift
      shift += UInt32(bits)
    }
    return word
  }

  /// The number of row `row` of those that share `word`.
  public func decode(_ word: UInt32, row: Int, scale: Float) -> Float {
    let field = word << UInt32(32 - bits * (row + 1))
    switch numbers {
    case .floats: return Float(bitPattern: field & ~0 << UInt32(32 - bits)) * scale
    case .integers: return Float(Int32(bitPattern: field) >> Int32(32 - bits)) * scale
    }
  }

  private func encoded(_ number: Float, scale: Float) -> UInt32 {
    // A column of zeros has no scale.
    guard scale > 0 else { return 0 }
    switch numbers {
    case .floats:
      let (bitPattern, dropped) = ((number / scale).bitPattern, UInt32(32 - bits))
      guard dropped > 0 else { return bitPattern }
      let half: UInt32 = 1 << (dropped - 1)
      return (bitPattern &+ (half - 1) &+ (bitPattern >> dropped & 1)) >> dropped
    case .integers:
      guard number.isFinite else { return 0 }
      let quotient = (Double(number) / Double(scale)).rounded(.toNearestOrEven)
      let integer = Int32(min(max(quotient, -Double(largest)), Double(largest)))
      return UInt32(bitPattern: integer) & (~0 >> UInt32(32 - bits))
    }
  }

  /// A column as a packed tensor holds it.
  package func rounded(_ column: [Double]) -> [Double] {
    let numbers = column.map { Float($0) }
    let scale = scale(of: numbers)
    return numbers.map { Double(decode(encode([$0], scale: scale), row: 0, scale: scale)) }
  }
}

extension WeightPrecision {
  /// The format of the blocks' matrices.
  public var format: WeightFormat {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}
