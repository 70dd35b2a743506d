/// A small generator with one seed for one sequence, on every machine: SplitMix64 of Steele, Lea and
/// Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014), with the constants of
/// https://prng.di.unimi.it/splitmix64.c. Not for secrets.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number in [-bound, bound), from the upper 53 bits. (What `Double.random` draws may change with
  /// the standard library.)
  package mutating func symmetric(_ bound: Double) -> Double {
    bound * (Double(next() >> 11) * 0x1p-52 - 1)
  }

  /// A number in 0..<1, from the upper 24 bits.
  package mutating func fraction() -> Float {
    Float(next() >> 40) * 0x1p-24
  }
}
