/// The bytes of a JSON text and a position in them: reads strings, numbers and words.
package struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  package private(set) var position = 0

  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }
}

// MARK: - Position

extension JSONScanner {
  package var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  package mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  package mutating func skip() {
    position += 1
  }

  package mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Bytes that are known to be UTF-8.
  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  package func rejectByteOrderMark() throws(JSONError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw error("the text starts with a byte order mark; save it as UTF-8 without one")
    }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      throw error("the text is UTF-16; save it as UTF-8")
    }
  }

  /// What stands at `position`, for messages.
  package var found: String {
    guard let byte = next else { return "the end of the text" }
    if byte == UInt8(ascii: "\"") { return "a double quote" }
    if (0x21..<0x7F).contains(byte) { return "\"\(Unicode.Scalar(byte))\"" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "the byte 0x\(digits.count < 2 ? "0" : "")\(digits)"
  }

  package func error(_ message: String, at offset: Int? = nil) -> JSONError {
    let before = bytes[..<(offset ?? position)]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    return JSONError(line: line, column: column, message: message)
  }
}

// MARK: - Words and numbers

extension JSONScanner {
  /// Reads null, true or false.
  package mutating func word() throws(JSONError) -> JSONValue {
    let start = position
    while let byte = next, Self.isWordByte(byte) { position += 1 }
    switch text(start..<position) {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "NaN", "Infinity":
      throw error("\(text(start..<position)) is not JSON; a number must be finite", at: start)
    case "": throw error("a value is missing; found \(found)")
    default:
      position = start
      throw error("a value is missing; found \(found)")
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
  }
}

extension JSONScanner {
  package mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = take("-")
    if next == UInt8(ascii: "I") {
      throw error("-Infinity is not JSON; a number must be finite", at: start)
    }
    let firstDigit = position
    // The magnitude is built up negated, so that the least `Int` fits too.
    var negated: Int? = 0
    let digitCount = digits { digit in
      guard let value = negated else { return }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, underflow) = product.subtractingReportingOverflow(digit)
      negated = overflow || underflow ? nil : sum
    }
    guard digitCount > 0 else { throw error("a digit is missing after \"-\"; found \(found)") }
    if digitCount > 1, bytes[firstDigit] == UInt8(ascii: "0") {
      throw error("a number with a leading zero is not JSON", at: start)
    }
    var isIntegral = true
    if take(".") {
      isIntegral = false
      guard digits() > 0 else {
        throw error("a digit is missing after the decimal point; found \(found)")
      }
    }
    if take("e") || take("E") {
      isIntegral = false
      _ = take("+") || take("-")
      guard digits() > 0 else { throw error("a digit is missing in the exponent; found \(found)") }
    }
    if isIntegral, let negated {
      if isNegative { return .integer(negated) }
      if negated > Int.min { return .integer(-negated) }
    }
    guard let value = Double(text(start..<position)), value.isFinite else {
      throw error("the number is too large for double precision", at: start)
    }
    return .number(value)
  }

  /// Steps over decimal digits and returns their count.
  private mutating func digits(_ body: (Int) -> Void = { _ in }) -> Int {
    let start = position
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
      body(Int(byte - UInt8(ascii: "0")))
      position += 1
    }
    return position - start
  }
}

// MARK: - Strings

extension JSONScanner {
  package mutating func string() throws(JSONError) -> String {
    let quote = position
    position += 1
    var start = position
    var decoded: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        if decoded.isEmpty { return text(start..<position - 1) }
        decoded += bytes[start..<position - 1]
        return String(decoding: decoded, as: UTF8.self)
      case UInt8(ascii: "\\"):
        decoded += bytes[start..<position]
        decoded += String(try escapedScalar()).utf8
        start = position
      case 0..<0x20:
        throw error("\(found) inside a string; it must be escaped")
      case 0x20..<0x80:
        position += 1
      default:
        guard let length = multibyteLength() else { throw error("\(found) is not valid UTF-8") }
        position += length
      }
    }
    throw error("the string does not end", at: quote)
  }

  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = next else { throw error("the escape does not end", at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexadecimalUnit(start)
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard unit < 0xDC00, take("\\"), take("u") else {
        throw error("a lone surrogate is not a character", at: start)
      }
      let low = try hexadecimalUnit(start)
      guard (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      else { throw error("a lone surrogate is not a character", at: start) }
      return scalar
    default:
      throw error(
        "unknown escape; accepted are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", at: start)
    }
  }

  /// The four hexadecimal digits of the escape that starts at `start`.
  private mutating func hexadecimalUnit(_ start: Int) throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next,
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw error("\\u needs four hexadecimal digits", at: start) }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  /// The length of the well-formed sequence of two to four bytes at `position`; nil if there is
  /// none (Unicode, table 3-7).
  private func multibyteLength() -> Int? {
    let second: ClosedRange<UInt8>
    let length: Int
    switch bytes[position] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard position + length <= bytes.count, second.contains(bytes[position + 1]) else { return nil }
    for offset in 2..<max(2, length) where bytes[position + offset] & 0xC0 != 0x80 { return nil }
    return length
  }
}
