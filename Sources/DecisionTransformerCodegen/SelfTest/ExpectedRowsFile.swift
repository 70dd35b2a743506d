import DecisionTransformer
import Foundation

/// The file of a model folder that has its expected rows, read as an object of JSON: a safetensors file has tensors of the
/// same names.
struct ExpectedRowsFile {
  private let model: Model
  /// What the file says, and what is wrong with it.
  private(set) var object: JSONObjectFile

  /// The most lines that are printed about a file.
  private static let mostProblems = 20

  /// - Throws: That the file is none of JSON, or of safetensors.
  init(path: String, model: Model) throws(InvalidInput) {
    self.model = model
    if path.hasSuffix(".json") {
      let bytes = try FileBytes(path: path).withBytes { Array($0) }
      let isPointer = bytes.withUnsafeBytes { GitLFSPointer.matches($0) }
      if isPointer { throw InvalidInput([GitLFSPointer.diagnostic(path: path)]) }
      object = JSONObjectFile(bytes, path: path)
    } else {
      let file = try SafetensorsFile(path: path)
      object = JSONObjectFile(path: path)
      object = JSONObjectFile(members(of: file), path: path)
      for problem in shapeProblems(of: file) { object.reject(problem.name, problem.message) }
    }
  }

  /// All that is wrong, as far as anybody reads it.
  var problems: [Diagnostic] {
    let problems = object.problems
    guard problems.count > Self.mostProblems else { return problems }
    return problems.prefix(Self.mostProblems) + [
      Diagnostic(
        path: object.path, "\(problems.count - Self.mostProblems) more are wrong like these"
      )
    ]
  }

  mutating func reject(
    _ key: String, element: Int? = nil, part: Int? = nil, _ message: String
  ) {
    object.reject(key, element: element, part: part, message)
  }
}

// MARK: - Tensors

extension ExpectedRowsFile {
  /// Axes of each tensor behind the first, which is that of steps; nil of a single number.
  private var rowShapes: [String: [Int]?] {
    let action = model.options.actions == .discrete ? [] : [model.config.actionDimension]
    return [
      "states": [model.config.stateDimension], "rewards": [], "actions": action,
      "target_return": nil, "tolerance": nil,
    ]
  }

  private func hasShape(_ entry: SafetensorsFile.Entry) -> Bool {
    guard let shape = rowShapes[entry.name] else { return true }
    guard let row = shape else { return entry.count == 1 }
    return entry.shape.count == row.count + 1 && Array(entry.shape.dropFirst()) == row
      && entry.shape[0] <= ExpectedRows.mostRows
  }

  private func shapeProblems(of file: SafetensorsFile) -> [(name: String, message: String)] {
    file.names.compactMap { name in
      let entry = file.tensors[name]!
      guard hasShape(entry) else {
        let row = rowShapes[name]!.map { ["T"] + $0.map(String.init) } ?? []
        let steps = row.isEmpty ? "" : ", T up to \(ExpectedRows.mostRows)"
        return (
          name,
          "found shape \(entry.shape); accepted: [\(row.joined(separator: ", "))]\(steps)"
        )
      }
      guard entry.dataType.isReadable || entry.dataType.isWhole else {
        return (
          name, "found \(entry.dataType.rawValue); accepted: F32, F64, F16, BF16, or whole numbers"
        )
      }
      return nil
    }
  }

  /// Tensors as arrays, and numbers of the metadata that no tensor says.
  private func members(of file: SafetensorsFile) -> [JSONMember] {
    let tensors = file.names.map { name in
      let entry = file.tensors[name]!
      let isSound = hasShape(entry) && (entry.dataType.isReadable || entry.dataType.isWhole)
      return JSONMember(
        name: name, value: isSound ? value(entry, elements(of: entry, in: file)) : .null)
    }
    let numbers = ["target_return", "tolerance"].compactMap { name -> JSONMember? in
      guard file.tensors[name] == nil, let text = file.metadata[name] else { return nil }
      return JSONMember(
        name: name,
        value: Double(text).flatMap { $0.isFinite ? JSONValue($0) : nil } ?? .string(text))
    }
    return tensors + numbers
  }

  private func elements(of entry: SafetensorsFile.Entry, in file: SafetensorsFile) -> [JSONValue] {
    guard entry.dataType.isWhole else {
      return file.doubles(of: entry.name).map { $0.isFinite ? JSONValue($0) : .string("\($0)") }
    }
    return entry.dataType.wholeNumbers(file.rawBytes(of: entry.name)).map(JSONValue.integer)
  }

  private func value(_ entry: SafetensorsFile.Entry, _ elements: [JSONValue]) -> JSONValue {
    guard case let row?? = rowShapes[entry.name] else {
      return elements.count == 1 ? elements[0] : .array(elements)
    }
    guard let width = row.first, width > 0 else { return .array(elements) }
    return .array(
      stride(from: 0, to: elements.count, by: width).map {
        .array(Array(elements[$0..<$0 + width]))
      })
  }
}

extension TensorDataType {
  /// Whether elements are whole numbers of at most 64 bits with a sign.
  fileprivate var isWhole: Bool {
    [.uint8, .int8, .uint16, .int16, .uint32, .int32, .int64].contains(self)
  }

  /// Little-endian elements of such a type.
  fileprivate func wholeNumbers(_ bytes: [UInt8]) -> [Int] {
    let width = bitWidth / 8
    let isSigned = [.int8, .int16, .int32, .int64].contains(self)
    return stride(from: 0, to: bytes.count, by: width).map { start in
      let bits = bytes[start..<start + width].enumerated().reduce(UInt64(0)) { bits, byte in
        bits | UInt64(byte.element) << UInt64(8 * byte.offset)
      }
      let unused = UInt64(64 - bitWidth)
      return isSigned ? Int(Int64(bitPattern: bits << unused) >> Int64(unused)) : Int(bits)
    }
  }
}
