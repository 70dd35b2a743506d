import DecisionTransformerCodegen

/// Builds safetensors files in memory, right ones and wrong ones.
struct SafetensorsWriter {
  var metadata = #"{"format":"pt"}"#
  private var members: [String] = []
  private(set) var data: [UInt8] = []

  mutating func add(_ name: String, _ dtype: String, _ shape: [Int], _ bytes: [UInt8]) {
    let end = data.count + bytes.count
    members.append(
      #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(data.count),\#(end)]}"#
    )
    data += bytes
  }

  mutating func add(_ name: String, _ shape: [Int], _ values: [Float]) {
    add(name, "F32", shape, Self.bytes(values.map(\.bitPattern)))
  }

  /// The file; `padding` spaces end the header, as the format allows.
  func file(padding: Int = 0) -> [UInt8] {
    let header = "{" + ([#""__metadata__":\#(metadata)"#] + members).joined(separator: ",") + "}"
    return Self.file(header: header + String(repeating: " ", count: padding), data: data)
  }

  static func file(header: String, data: [UInt8] = []) -> [UInt8] {
    bytes([UInt64(header.utf8.count)]) + header.utf8 + data
  }

  /// The little-endian bytes of `values`.
  static func bytes<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    values.flatMap { value in
      (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
  }
}

/// The lines of the error that reading `bytes` as `F` throws; empty if it is read.
func problems(in bytes: [UInt8]) -> [String] {
  do throws(InvalidInput) {
    _ = try SafetensorsFile(bytes: bytes, path: "F")
    return []
  } catch {
    return error.diagnostics.map(\.description)
  }
}
