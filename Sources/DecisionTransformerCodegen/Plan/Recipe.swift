/// How numbers of the packed weights come from the checkpoint and the model's options: an expression over matrices, which
/// the plan writes down, `Pack` evaluates in double precision, and everybody prints.
///
/// A vector is a matrix of one row. What an expression does not name, it does not read.
public indirect enum Recipe: Hashable, Sendable, Codable {
  /// A tensor of the checkpoint as it is stored, row-major.
  case tensor(TensorName, rows: Int, columns: Int)
  /// Numbers of config.json or codegen.json, one row.
  case constant(String, [Double])
  case transposed(Recipe)
  case rows(Recipe, Range<Int>)
  /// Some of the columns; what the field calls them.
  case columns(Recipe, Range<Int>, named: String)
  case product(Recipe, Recipe)
  case sum(Recipe, Recipe)
  case difference(Recipe, Recipe)
  case negated(Recipe)
  /// Each number times a factor of the model's.
  case scaled(Recipe, by: Double, named: String)
  /// Each row, or each column, times its number of the vector.
  case scaledRows(Recipe, by: Recipe)
  case scaledColumns(Recipe, by: Recipe)
  case reciprocals(Recipe)
  /// Each row minus its mean.
  case centred(Recipe)
  /// The rows of both, one below the other.
  case below(Recipe, Recipe)
  /// The columns of both, side by side, each padded with zeros to whole vectors.
  case beside(Recipe, Recipe)
  /// The columns, or the rows, of each head moved apart to multiples of `stride`; zeros between.
  case spreadColumns(Recipe, size: Int, stride: Int)
  case spreadRows(Recipe, size: Int, stride: Int)
  /// Rows that lie channel by channel, place by place instead, the channels of each place padded with zeros to whole vectors.
  case placeByPlace(Recipe, channels: Int)
  /// Rounded as a tensor of this format stores it.
  case rounded(Recipe, WeightFormat)
  /// The same expression, under a name where it is printed.
  case named(String, Recipe)
}

extension Recipe {
  /// Numbers that the expression reads: of which tensor or option, and which part of it.
  public struct Source: Hashable, Sendable {
    /// A tensor of the checkpoint, or a number of the options under its key.
    public enum Origin: Hashable, Sendable, CustomStringConvertible {
      case tensor(TensorName)
      case option(String)

      public var description: String {
        switch self {
        case .tensor(let name): "\(name)"
        case .option(let key): key
        }
      }
    }

    public var origin: Origin
    /// Which of its columns, or rows; nil where all are read.
    public var part: String?
  }

  /// What the expression reads, in order of first use.
  public var sources: [Source] {
    var seen: Set<Source> = []
    return reads(part: nil).filter { seen.insert($0).inserted }
  }

  private func reads(part: String?) -> [Source] {
    switch self {
    case .tensor(let name, _, _): [Source(origin: .tensor(name), part: part)]
    case .constant(let name, _): [Source(origin: .option(name), part: nil)]
    case .columns(let matrix, _, let name):
      matrix.reads(part: part.map { "\(name) \($0)" } ?? name)
    case .named(_, let matrix), .negated(let matrix): matrix.reads(part: part)
    case .rows(let matrix, let range):
      matrix.reads(part: Self.text(of: range))
    case .transposed(let matrix), .reciprocals(let matrix), .centred(let matrix),
      .spreadColumns(let matrix, _, _), .spreadRows(let matrix, _, _),
      .placeByPlace(let matrix, _), .rounded(let matrix, _):
      matrix.reads(part: part)
    case .scaled(let matrix, _, let name):
      matrix.reads(part: part) + [Source(origin: .option(name), part: nil)]
    case .product(let left, let right), .sum(let left, let right), .difference(let left, let right),
      .below(let left, let right), .beside(let left, let right):
      left.reads(part: part) + right.reads(part: part)
    case .scaledRows(let matrix, let factors): factors.reads(part: nil) + matrix.reads(part: part)
    case .scaledColumns(let matrix, let factors):
      matrix.reads(part: part) + factors.reads(part: nil)
    }
  }

  private static func text(of rows: Range<Int>) -> String {
    rows.count == 1 ? "\(rows.lowerBound)" : "\(rows.lowerBound)..<\(rows.upperBound)"
  }
}

extension Recipe: CustomStringConvertible {
  /// The formula, with tensors under their names of Hugging Face's model but for `encoder.`.
  public var description: String {
    switch self {
    case .tensor(let name, _, _): name.shortName
    case .constant(let name, _): name
    case .transposed(let matrix): "\(matrix.factor)ᵀ"
    case .rows(let matrix, let range):
      "\(matrix.factor)[\(Self.text(of: range))]"
    case .columns(let matrix, _, let name): "\(matrix.factor)[\(name)]"
    case .product(let left, let right): "\(left.factor)·\(right.factor)"
    case .sum(let left, let right): "\(left) + \(right)"
    case .difference(let left, let right): "\(left) - \(right.factor)"
    case .negated(let matrix): "-\(matrix.factor)"
    case .scaled(let matrix, _, let name): "\(matrix.factor)·\(name)"
    case .scaledRows(let matrix, let factors): "diag(\(factors))·\(matrix.factor)"
    case .scaledColumns(let matrix, let factors): "\(matrix.factor)·diag(\(factors))"
    case .reciprocals(let matrix): "1/\(matrix.factor)"
    case .centred(let matrix): "centred(\(matrix))"
    case .below(let upper, let lower): "[\(upper); \(lower)]"
    case .beside(let left, let right): "[\(left) | \(right)]"
    case .spreadColumns(let matrix, _, _), .spreadRows(let matrix, _, _): matrix.description
    case .placeByPlace(let matrix, _): "placeByPlace(\(matrix))"
    case .rounded(let matrix, let format): "\(format.name)(\(matrix))"
    case .named(let name, _): name
    }
  }

  /// What the names in the formula stand for, in order of use; names in them, too.
  public var definitions: [(name: String, formula: Recipe)] {
    var found: [(name: String, formula: Recipe)] = []
    for (name, formula) in parts.flatMap(\.namedParts)
    where !found.contains(where: { $0.name == name }) {
      found.append((name, formula))
    }
    return found
  }

  private var namedParts: [(name: String, formula: Recipe)] {
    guard case .named(let name, let formula) = self else { return parts.flatMap(\.namedParts) }
    return [(name, formula)] + formula.parts.flatMap(\.namedParts)
  }

  private var parts: [Recipe] {
    switch self {
    case .tensor, .constant: []
    case .transposed(let matrix), .rows(let matrix, _), .columns(let matrix, _, _),
      .scaled(let matrix, _, _), .reciprocals(let matrix), .centred(let matrix),
      .spreadColumns(let matrix, _, _), .spreadRows(let matrix, _, _), .rounded(let matrix, _),
      .placeByPlace(let matrix, _), .named(_, let matrix), .negated(let matrix):
      [matrix]
    case .product(let left, let right), .sum(let left, let right), .difference(let left, let right),
      .below(let left, let right), .beside(let left, let right):
      [left, right]
    case .scaledRows(let matrix, let factors): [factors, matrix]
    case .scaledColumns(let matrix, let factors): [matrix, factors]
    }
  }

  /// The same where a factor stands: a sum in parentheses.
  private var factor: String {
    switch self {
    case .sum, .difference: "(\(self))"
    default: description
    }
  }
}
