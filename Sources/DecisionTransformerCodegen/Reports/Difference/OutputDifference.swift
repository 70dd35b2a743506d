import DecisionTransformer
import Foundation

/// What changed between two generated outputs, for people and programs.
public struct OutputDifference: Encodable, Equatable, Sendable {
  public enum Verdict: String, Encodable, Sendable {
    /// Neither a byte of the code nor a packed number differs; numbers that one side alone has are not compared.
    case nothing
    /// The same code; other numbers, or options that go into these or into what lies beside the code.
    case weights
    /// The code differs; packed weights of one side fit the other.
    case code
    /// The packed layout differs: new weights need the new code.
    case layout
  }

  package struct Side: Encodable, Equatable, Sendable {
    package var path: String
    package var name: String
    package var generator: String
    package var configDigest: String
    package var optionsDigest: String?
    package var layoutDigest: String
    package var hasWeights: Bool
    /// Files that are not what dtgen wrote.
    package var edited: [String]
  }

  /// An amount that differs.
  package struct Amount: Encodable, Equatable, Sendable {
    package var name: String
    package var old: Int
    package var new: Int
  }

  package struct TensorChange: Encodable, Equatable, Sendable {
    package enum Kind: String, Encodable, Sendable {
      case added, removed, resized
      /// The same size in another arrangement or shape.
      case rearranged
      /// Only its place.
      case moved
      /// Only its formula.
      case remade
    }

    package var name: String
    package var kind: Kind
    package var old: String?
    package var new: String?
    package var oldBytes: Int?
    package var newBytes: Int?
  }

  package struct Weights: Encodable, Equatable, Sendable {
    /// Tensors of the same shape on both sides, those that differ only.
    package var differing: [TensorDifference]
    /// Tensors of the same shape on both sides.
    package var comparedTensors: Int
    package var comparedValues: Int
  }

  package struct Code: Encodable, Equatable, Sendable {
    package var removedLines: Int
    package var addedLines: Int

    package init(removedLines: Int, addedLines: Int) {
      self.removedLines = removedLines
      self.addedLines = addedLines
    }
  }

  public var verdict: Verdict
  package var old: Side
  package var new: Side
  /// The type's name, the generator's version, and the digests of config.json and codegen.json.
  package var provenance: [FactChange]
  /// Under the keys of config.json.
  package var shape: [FactChange]
  /// Under the keys of codegen.json.
  package var options: [FactChange]
  /// What the plan chose.
  package var plan: [FactChange]
  /// The self test, and where weights are; where both sides have some.
  package var besides: [FactChange]
  /// What rounded weights cost.
  package var precisionCost: [FactChange]
  package var cost: [Amount]
  package var tensors: [TensorChange]
  /// Nil where a side has no weights.
  package var weights: Weights?
  /// Whether packed numbers are the same by their checksums; nil where a side knows none.
  package var hasSameNumbers: Bool?
  package var code: Code

  /// Compares two model folders, or folders or files of generated output, in any combination.
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
  package init(_ old: ComparedOutput, _ new: ComparedOutput) {
    let (before, after) = (old.manifest, new.manifest)
    (self.old, self.new) = (Side(old), Side(new))
    provenance = FactChange.changes([
      ("name", before.model, after.model), ("generator", before.generator, after.generator),
      ("config.json sha256", before.configDigest, after.configDigest),
      ("codegen.json sha256", before.optionsDigest, after.optionsDigest),
    ])
    shape = FactChange.changes(before.shape, after.shape)
    options = FactChange.changes(before.options, after.options)
    plan = FactChange.changes([
      (
        "attention", before.attention.joined(separator: ", "),
        after.attention.joined(separator: ", ")
      )
    ])
    besides = []
    if let before = before.packedNumbers, let after = after.packedNumbers {
      besides = FactChange.changes([
        ("self test", before.hasSelfTest ? "yes" : "no", after.hasSelfTest ? "yes" : "no"),
        ("weights", "in the \(before.place)", "in the \(after.place)"),
      ])
    }
    precisionCost = []
    // Numbers that are not rounded cost nothing; of code alone nobody knows.
    if before.packedNumbers != nil, after.packedNumbers != nil {
      precisionCost = FactChange.changes(before.precisionCost ?? [], after.precisionCost ?? [])
    }
    cost = Self.costs(before, after)
    tensors = Self.tensorChanges(before, after)
    let sources = (old: old.sourceBesideDigests, new: new.sourceBesideDigests)
    let diff = UnifiedDiff(from: sources.old, to: sources.new)
    code = Code(removedLines: diff.removedLineCount, addedLines: diff.addedLineCount)
    if let oldWeights = old.weights, let newWeights = new.weights {
      weights = oldWeights.withWords(before) { oldWords in
        newWeights.withWords(after) { Weights(before, oldWords, after, $0) }
      }
    }
    let isRelaid = tensors.contains { $0.kind != .remade }
    if let before = before.packedNumbers, let after = after.packedNumbers {
      hasSameNumbers = before.checksum == after.checksum
    }
    let numbersDiffer = weights.map { !$0.differing.isEmpty } ?? (hasSameNumbers == false)
    let choices = shape + options + besides
    verdict =
      before.layoutDigest != after.layoutDigest || isRelaid
      ? .layout
      : sources.old != sources.new
        ? .code
        : numbersDiffer || !choices.isEmpty || !tensors.isEmpty ? .weights : .nothing
  }

  // MARK: Parts

  private static func costs(_ old: Manifest, _ new: Manifest) -> [Amount] {
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
    _ old: Manifest, _ new: Manifest
  ) -> [TensorChange] {
    let (before, after) = (old.tensorsByName, new.tensorsByName)
    let removed = old.tensors.filter { after[$0.name] == nil }
    let changed = new.tensors.compactMap { after -> TensorChange? in
      guard let before = before[after.name] else {
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
      } else if before.formula != after.formula || before.bias != after.bias
        || before.definitions != after.definitions
      {
        kind = .remade
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
    let manifest = output.manifest
    (name, generator) = (manifest.model, manifest.generator)
    (configDigest, optionsDigest) = (manifest.configDigest, manifest.optionsDigest)
    layoutDigest = "0x" + PackedWeights.digestText(manifest.layoutDigest)
    hasWeights = output.weights != nil
    edited = output.edited
  }
}

extension OutputDifference.Weights {
  fileprivate init(
    _ old: Manifest, _ oldWords: UnsafeBufferPointer<Float>, _ new: Manifest,
    _ newWords: UnsafeBufferPointer<Float>
  ) {
    let tensors = old.tensorsByName
    let compared = new.tensors.compactMap { after -> TensorDifference? in
      guard let before = tensors[after.name],
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

extension Manifest {
  fileprivate var tensorsByName: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
  }
}
