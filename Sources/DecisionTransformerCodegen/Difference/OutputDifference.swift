import DecisionTransformer
import Foundation

/// What changed between two generated outputs, for people and programs.
public struct OutputDifference: Encodable, Equatable, Sendable {
  public enum Verdict: String, Encodable, Sendable {
    /// Neither a byte of the code nor a packed number differs; numbers that one side alone has are not compared.
    case nothing
    /// The same code; other numbers, or something else that lies beside the code.
    case weights
    /// The code differs; packed weights of one side fit the other.
    case code
    /// The packed layout differs: new weights need the new code.
    case layout
  }

  struct Side: Encodable, Equatable, Sendable {
    var path: String
    var name: String
    var generator: String
    var configDigest: String
    var layoutDigest: String
    var hasWeights: Bool
  }

  /// A figure or a choice that differs; nil on a side that has none.
  struct Change: Encodable, Equatable, Sendable {
    var name: String
    var old: String?
    var new: String?
  }

  /// An amount that differs.
  struct Amount: Encodable, Equatable, Sendable {
    var name: String
    var old: Int
    var new: Int
  }

  struct TensorChange: Encodable, Equatable, Sendable {
    enum Kind: String, Encodable, Sendable {
      case added, removed, resized
      /// The same size in another arrangement or shape.
      case rearranged
      /// Only its place.
      case moved
    }

    var name: String
    var kind: Kind
    var old: String?
    var new: String?
    var oldBytes: Int?
    var newBytes: Int?
  }

  struct Weights: Encodable, Equatable, Sendable {
    /// Tensors of the same shape on both sides, those that differ only.
    var differing: [TensorDifference]
    /// Tensors of the same shape on both sides.
    var comparedTensors: Int
    var comparedValues: Int
  }

  struct Code: Encodable, Equatable, Sendable {
    var removedLines: Int
    var addedLines: Int
  }

  public var verdict: Verdict
  var old: Side
  var new: Side
  /// The type's name, the generator's version and the digest of config.json.
  var provenance: [Change]
  var shape: [Change]
  var options: [Change]
  var cost: [Amount]
  var tensors: [TensorChange]
  /// Nil where a side has no weights.
  var weights: Weights?
  var code: Code

  /// Compares two model folders, generated folders or generated files, in any combination.
  ///
  /// Throws where a side cannot be read: the problems of both sides together.
  public init(old: String, new: String) throws(InvalidInput) {
    var problems: [Diagnostic] = []
    func read(_ path: String) -> ComparedOutput? {
      do throws(InvalidInput) {
        return try ComparedOutput.read(path)
      } catch {
        problems += error.diagnostics
        return nil
      }
    }
    let (before, after) = (read(old), read(new))
    guard let before, let after else { throw InvalidInput(problems) }
    self.init(before, after)
  }
}

extension OutputDifference {
  init(_ old: ComparedOutput, _ new: ComparedOutput) {
    let (before, after) = (old.facts, new.facts)
    (self.old, self.new) = (Side(old), Side(new))
    provenance = Self.changes([
      ("name", before.name, after.name), ("generator", before.generator, after.generator),
      ("config.json sha256", before.configDigest, after.configDigest),
    ])
    shape = Self.changes(before.shape, after.shape)
    options = Self.changes(before.options, after.options)
    if old.weights != nil, new.weights != nil { options += Self.changes(old.options, new.options) }
    cost = Self.costs(before, after)
    tensors = Self.tensorChanges(before, after)
    let diff = UnifiedDiff(from: old.source, to: new.source)
    code = Code(removedLines: diff.removedLineCount, addedLines: diff.addedLineCount)
    if let oldWeights = old.weights, let newWeights = new.weights {
      weights = oldWeights.withWords(before) { oldWords in
        newWeights.withWords(after) { Weights(before, oldWords, after, $0) }
      }
    }
    verdict =
      before.layoutDigest != after.layoutDigest || !tensors.isEmpty
      ? .layout
      : old.source != new.source
        ? .code
        : weights?.differing.isEmpty == false || !options.isEmpty ? .weights : .nothing
  }

  // MARK: Parts

  private static func changes(_ triples: [(String, String, String)]) -> [Change] {
    triples.compactMap { name, old, new in
      old == new ? nil : Change(name: name, old: old, new: new)
    }
  }

  /// In the order of the new side; what only the old side has comes last.
  private static func changes(
    _ old: [GeneratedFacts.Property], _ new: [GeneratedFacts.Property]
  ) -> [Change] {
    let names =
      new.map(\.name) + old.map(\.name).filter { name in !new.contains { $0.name == name } }
    return names.compactMap { name in
      let before = old.first { $0.name == name }?.value
      let after = new.first { $0.name == name }?.value
      return before == after ? nil : Change(name: name, old: before, new: after)
    }
  }

  private static func costs(_ old: GeneratedFacts, _ new: GeneratedFacts) -> [Amount] {
    let phases = new.phases.flatMap { after -> [Amount] in
      guard let before = old.phases.first(where: { $0.name == after.name }) else { return [] }
      return [
        Amount(
          name: "\(after.name), multiply-adds", old: before.multiplyAdds, new: after.multiplyAdds),
        Amount(
          name: "\(after.name), weight bytes", old: before.weightBytes, new: after.weightBytes),
      ]
    }
    let sizes = [
      Amount(name: "packed weights, bytes", old: old.weightBytes, new: new.weightBytes),
      Amount(name: "memory, bytes", old: old.memoryBytes, new: new.memoryBytes),
    ]
    return (phases + sizes).filter { $0.old != $0.new }
  }

  private static func tensorChanges(
    _ old: GeneratedFacts, _ new: GeneratedFacts
  ) -> [TensorChange] {
    let removed = old.tensors.filter { tensor in !new.tensors.contains { $0.name == tensor.name } }
    let changed = new.tensors.compactMap { after -> TensorChange? in
      guard let before = old.tensors.first(where: { $0.name == after.name }) else {
        return TensorChange(
          name: after.name, kind: .added, new: after.shapeText, newBytes: after.bytes)
      }
      let kind: TensorChange.Kind
      if before.bytes != after.bytes {
        kind = .resized
      } else if before.arrangement != after.arrangement {
        kind = .rearranged
      } else if before.offset != after.offset {
        kind = .moved
      } else {
        return nil
      }
      return TensorChange(
        name: after.name, kind: kind, old: before.shapeText, new: after.shapeText,
        oldBytes: before.bytes, newBytes: after.bytes)
    }
    return changed
      + removed.map {
        TensorChange(name: $0.name, kind: .removed, old: $0.shapeText, oldBytes: $0.bytes)
      }
  }

  /// Keys are in snake case and sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings, whole numbers and differences of finite numbers always have a form in JSON.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }
}

extension OutputDifference.Side {
  fileprivate init(_ output: ComparedOutput) {
    path = output.path
    name = output.facts.name
    generator = output.facts.generator
    configDigest = output.facts.configDigest
    layoutDigest = "0x" + PackedWeights.digestText(output.facts.layoutDigest)
    hasWeights = output.weights != nil
  }
}

extension OutputDifference.Weights {
  fileprivate init(
    _ old: GeneratedFacts, _ oldWords: UnsafeBufferPointer<Float>, _ new: GeneratedFacts,
    _ newWords: UnsafeBufferPointer<Float>
  ) {
    let compared = new.tensors.compactMap { after -> TensorDifference? in
      guard let before = old.tensors.first(where: { $0.name == after.name }),
        before.arrangement.rowCount == after.arrangement.rowCount,
        before.arrangement.columnCount == after.arrangement.columnCount
      else { return nil }
      return TensorDifference(before, in: oldWords, after, in: newWords)
    }
    differing = compared.filter { $0.differing > 0 }
    comparedTensors = compared.count
    comparedValues = compared.reduce(0) { $0 + $1.values }
  }
}
