import DecisionTransformerCodegen
import Foundation
import TestFolders

/// A copy of a model folder, in a place of its own, that a test may change.
final class ModelFolderCopy {
  private let parent = ScratchFolder(named: "models")
  let url: URL

  init(of folder: URL) throws {
    url = parent.url.appending(path: folder.lastPathComponent)
    try FileManager.default.copyItem(at: folder, to: url)
  }

  /// Name and contents of the generated files.
  func compile(codeOnly: Bool = false) throws -> [String: [UInt8]] {
    let files = try Compiler.compile(folder: url.path, codeOnly: codeOnly).files
    return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.contents) })
  }

  /// Sets keys of codegen.json.
  func setOptions(_ values: [String: Any]) throws {
    let file = url.appending(path: "codegen.json")
    let options = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    let changed = options.merging(values) { $1 }
    try JSONSerialization.data(withJSONObject: changed).write(to: file)
  }

  /// Replaces the checkpoint by one with `change` applied to every number, stored in `type`.
  func replaceCheckpoint(
    storing type: TensorDataType = .float32, _ change: (Float) -> Float = { $0 }
  ) throws {
    let path = url.appending(path: "model.safetensors")
    let old = try SafetensorsFile(path: path.path)
    var (members, data) = ([String](), [UInt8]())
    for name in old.names {
      let start = data.count
      for value in old.values(of: name) { data += Self.bytes(change(value), type) }
      let shape = old.tensors[name]!.shape
      members.append(
        #""\#(name)":{"dtype":"\#(type.rawValue)","shape":\#(shape),"data_offsets":[\#(start),\#(data.count)]}"#
      )
    }
    let header = "{\(members.joined(separator: ","))}"
    let file = Self.bytes(UInt64(header.utf8.count)) + Array(header.utf8) + data
    try Data(file).write(to: path)
  }

  private static func bytes(_ value: Float, _ type: TensorDataType) -> [UInt8] {
    switch type {
    case .float64: bytes(Double(value).bitPattern)
    case .bfloat16: bytes(UInt16(truncatingIfNeeded: value.bitPattern >> 16))
    default: bytes(value.bitPattern)
    }
  }

  private static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}
