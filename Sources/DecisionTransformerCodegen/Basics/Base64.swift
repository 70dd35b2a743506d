/// Base64 (RFC 4648, standard alphabet, padded).
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The number of characters for `byteCount` bytes.
  package static func length(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

  /// Appends the characters for `bytes` to `text`.
  package static func encode(_ bytes: [UInt8], into text: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      let second = left > 1 ? bytes[index + 1] : 0
      let third = left > 2 ? bytes[index + 2] : 0
      let group = Int(bytes[index]) << 16 | Int(second) << 8 | Int(third)
      text.append(alphabet[group >> 18])
      text.append(alphabet[group >> 12 & 63])
      text.append(left > 1 ? alphabet[group >> 6 & 63] : UInt8(ascii: "="))
      text.append(left > 2 ? alphabet[group & 63] : UInt8(ascii: "="))
      index += 3
    }
  }
}
