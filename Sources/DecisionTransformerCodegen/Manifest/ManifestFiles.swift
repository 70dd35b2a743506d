// What a manifest says of files.

extension Manifest.File {
  /// A file of code or a header.
  package init(_ file: OutputFile, _ content: Content) {
    (name, self.content) = (file.name, content)
    digest = SHA256.hexadecimalDigest(of: file.contents)
  }
}

extension Manifest {
  /// The packed weights are all of their file, or the last literal of a Swift file.
  package mutating func addWeights(
    _ file: OutputFile, packedByteCount: Int, checksum: UInt64, hasSelfTest: Bool
  ) {
    var weights = File(name: file.name, content: .weights)
    if file.contents.count != packedByteCount,
      let end = file.contents.lastIndex(of: UInt8(ascii: "\""))
    {
      weights.base64 = end - Base64.length(packedByteCount)..<end
    }
    files.append(weights)
    packedNumbers = PackedNumbers(
      checksum: checksum, place: weights.base64 == nil ? .file : .program,
      hasSelfTest: hasSelfTest)
  }
}
