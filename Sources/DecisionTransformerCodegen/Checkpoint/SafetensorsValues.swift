extension SafetensorsFile {
  /// The values of tensor `name` in row-major order as float32; see `StoredTensor.values()`.
  public func values(of name: String) -> [Float] {
    storedTensor(name).values()
  }

  /// The values of tensor `name` in row-major order as float64; see `StoredTensor.doubles()`.
  public func doubles(of name: String) -> [Double] {
    storedTensor(name).doubles()
  }

  /// The bytes of tensor `name`, as they lie in the file.
  public func rawBytes(of name: String) -> [UInt8] {
    guard let entry = tensors[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    return bytes.withBytes { Array($0[entry.byteRange]) }
  }

  private func storedTensor(_ name: String) -> StoredTensor {
    guard let entry = tensors[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    return StoredTensor(
      entry.header, path: path, bytes: bytes, start: entry.byteRange.lowerBound)
  }
}

extension SafetensorsFile: TensorContainer {
  public var storedTensors: [StoredTensor] { names.map(storedTensor) }
}
