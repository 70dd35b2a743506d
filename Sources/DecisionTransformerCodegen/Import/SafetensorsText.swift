/// Writes a safetensors file of float32 tensors: the same tensors give the same bytes.
package enum SafetensorsText {
  package static func bytes(_ tensors: [ImportedTensors.Tensor]) -> [UInt8] {
    var offset = 0
    var members = [
      JSONMember(
        name: "__metadata__", value: .object([JSONMember(name: "format", value: .string("pt"))]))
    ]
    for tensor in tensors {
      let end = offset + tensor.values.count * MemoryLayout<Float>.size
      members.append(
        JSONMember(
          name: tensor.name,
          value: .object([
            JSONMember(name: "dtype", value: .string("F32")),
            JSONMember(name: "shape", value: .array(tensor.shape.map(JSONValue.integer))),
            JSONMember(name: "data_offsets", value: .array([.integer(offset), .integer(end)])),
          ])))
      offset = end
    }
    var header = Array(ManifestText.inline(.object(members)).utf8)
    // Data begins at a multiple of eight bytes.
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes += $0 }
    bytes += header
    for tensor in tensors {
      for value in tensor.values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
      }
    }
    return bytes
  }
}
