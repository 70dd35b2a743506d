/// A message in pieces, at most two of them numbers: it needs no `String`, so that Embedded Swift has it too.
struct ErrorMessage {
  let start: StaticString
  let number: Int?
  let end: StaticString
  /// Behind everything else.
  let last: Int?

  @_noAllocation @_noLocks
  init(_ start: StaticString, _ number: Int? = nil, _ end: StaticString = "", _ last: Int? = nil) {
    self.start = start
    self.number = number
    self.end = end
    self.last = last
  }

  /// Writes the message, ended by a zero, into `count` bytes, at least one; cuts off what does not fit.
  @_noAllocation @_noLocks
  func write(to bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    var length = 0
    append(start, to: bytes, count: count, &length)
    if let number { append(number, to: bytes, count: count, &length) }
    append(end, to: bytes, count: count, &length)
    if let last { append(last, to: bytes, count: count, &length) }
    bytes[length] = 0
  }

  @_noAllocation @_noLocks
  private func append(
    _ text: StaticString, to bytes: UnsafeMutablePointer<UInt8>, count: Int, _ length: inout Int
  ) {
    var index = 0
    while index < text.utf8CodeUnitCount, length < count - 1 {
      bytes[length] = text.utf8Start[index]
      index += 1
      length += 1
    }
  }

  @_noAllocation @_noLocks
  private func append(
    _ number: Int, to bytes: UnsafeMutablePointer<UInt8>, count: Int, _ length: inout Int
  ) {
    var power: UInt = 1
    while number.magnitude / power >= 10 { power *= 10 }
    if number < 0, length < count - 1 {
      bytes[length] = UInt8(ascii: "-")
      length += 1
    }
    while power > 0, length < count - 1 {
      bytes[length] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number.magnitude / power % 10)
      power /= 10
      length += 1
    }
  }
}

#if !hasFeature(Embedded)
  extension ErrorMessage: CustomStringConvertible {
    var description: String {
      "\(start)\(number.map(String.init) ?? "")\(end)\(last.map(String.init) ?? "")"
    }
  }
#endif
