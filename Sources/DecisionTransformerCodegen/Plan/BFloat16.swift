/// bfloat16: the upper half of a float32.
enum BFloat16 {
  /// Two numbers of a word, widened exactly.
  struct Pair {
    var even: Float
    var odd: Float

  }

  /// The number rounded to nearest, ties to even.
  static func rounded(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16
  }

  /// The numbers of an even row and of the odd row after it, in the lower and the upper half.
  static func word(even: Float, odd: Float) -> UInt32 {
    rounded(even) | rounded(odd) << 16
  }

  static func pair(in word: UInt32) -> Pair {
    Pair(even: Float(bitPattern: word << 16), odd: Float(bitPattern: word & 0xffff_0000))
  }
}
