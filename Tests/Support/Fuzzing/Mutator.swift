import Programs

/// Damages bytes in the ways that files are damaged and that readers get wrong, the same way for the
/// same seed.
package struct Mutator {
  private var generator: SplitMix64

  package init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  /// One of `seeds` with one to three changes, and sometimes a part of another one.
  package mutating func mutant(of seeds: [[UInt8]]) -> [UInt8] {
    var bytes = seeds.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      change(&bytes, other: seeds.randomElement(using: &generator) ?? [])
    }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8.random(in: 0...255, using: &generator)]
      return
    }
    let start = position(in: bytes)
    let end = min(bytes.count, start + Int.random(in: 1...24, using: &generator))
    switch Int.random(in: 0..<11, using: &generator) {
    case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[start] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeSubrange(start..<end)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: position(in: bytes))
    case 4: bytes.removeLast(Int.random(in: 0...min(bytes.count, 64), using: &generator))
    case 5: write(Self.numbers.randomElement(using: &generator) ?? 0, to: &bytes, at: start)
    case 6:
      write(
        UInt64(bytes.count) &+ UInt64.random(in: 0...16, using: &generator) &- 8, to: &bytes,
        at: start)
    case 7:
      let marks =
        Array("{}[]\",:\\-.e0})](tRQbsu\u{1}\n".utf8) + [0x80, 0x85, 0x8A, 0x8C, 0x93, 0x94, 0x95]
      bytes.insert(marks.randomElement(using: &generator) ?? 0, at: start)
    case 8:  // A digit of a size or an offset.
      let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
      guard let digit = digits.randomElement(using: &generator) else { return }
      bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
    case 9: bytes.swapAt(start, end - 1)
    default:
      guard !other.isEmpty else { return }
      let from = position(in: other)
      let part = other[from..<min(other.count, from + Int.random(in: 1...64, using: &generator))]
      bytes.replaceSubrange(start..<end, with: part)
    }
  }

  /// Anywhere, but half of the time near an end, where headers and directories are.
  private mutating func position(in bytes: [UInt8]) -> Int {
    let anywhere = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return min(anywhere, Int.random(in: 0..<256, using: &generator))
    case 1: return max(anywhere, bytes.count - Int.random(in: 1...256, using: &generator))
    default: return anywhere
    }
  }

  /// A little-endian number of one to eight bytes, in the place of as many.
  private mutating func write(_ number: UInt64, to bytes: inout [UInt8], at start: Int) {
    let size = [1, 2, 4, 8].randomElement(using: &generator) ?? 1
    for index in 0..<min(size, bytes.count - start) {
      bytes[start + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))
    }
  }

  /// Where arithmetic overflows, signs change and sizes reach their limits.
  private static let numbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    0x1_0000_0000, 0x3FFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
    0xFFFF_FFFF_FFFF_FFFF,
  ]
}
