/// A message in pieces, texts and numbers by turns: it needs no `String`, so that Embedded Swift has it too.
struct ErrorMessage {
  /// What the message is about, where that varies.
  let name: StaticString
  let start: StaticString
  let number: Int?
  let middle: StaticString
  let second: Int?
  let end: StaticString
  let third: Int?

  @_noAllocation @_noLocks
  init(
    name: StaticString = "", _ start: StaticString, _ number: Int? = nil,
    _ middle: StaticString = "", _ second: Int? = nil, _ end: StaticString = "",
    _ third: Int? = nil
  ) {
    (self.name, self.start, self.middle, self.end) = (name, start, middle, end)
    (self.number, self.second, self.third) = (number, second, third)
  }

  /// Writes the message, ended by a zero, into `count` bytes, at least one; cuts off what does not fit.
  ///
  /// - Returns: The bytes written, without the zero.
  @_noAllocation @_noLocks @discardableResult
  func write(to bytes: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
    var length = 0
    append(name, to: bytes, count: count, &length)
    append(start, to: bytes, count: count, &length)
    if let number { append(number, to: bytes, count: count, &length) }
    append(middle, to: bytes, count: count, &length)
    if let second { append(second, to: bytes, count: count, &length) }
    append(end, to: bytes, count: count, &length)
    if let third { append(third, to: bytes, count: count, &length) }
    bytes[length] = 0
    return length
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
      let numbers = [number, second, third].map { $0.map(String.init) ?? "" }
      return "\(name)\(start)\(numbers[0])\(middle)\(numbers[1])\(end)\(numbers[2])"
    }
  }
#endif
