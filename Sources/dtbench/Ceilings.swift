import DecisionTransformer

/// What the core can do at most, measured in the same run as the model.
struct Ceilings: ~Copyable {
  /// Multiply-adds a second, in 10⁹ · 2 operations: independent sums in registers, nothing else.
  var multiplyAdd = 0.0
  /// Loads a second, in 10⁹ bytes, of a buffer as large as the weights that `act` reads, again and again.
  var streaming = 0.0

  private let buffer: AlignedMemory
  private let vectorCount: Int

  init(streamedBytes: Int) {
    vectorCount = streamedBytes / MemoryLayout<Vector>.size / 4 * 4
    buffer = AlignedMemory(byteCount: vectorCount * MemoryLayout<Vector>.size)
  }

  var streamedBytes: Int { vectorCount * MemoryLayout<Vector>.size }

  /// Raises the ceilings to what `rounds` short bursts reach. A burst is a fraction of a millisecond,
  /// so that some are not interrupted.
  mutating func measure(rounds: Int) {
    let floats = UnsafePointer(buffer.base.assumingMemoryBound(to: Float.self))
    for _ in 0..<rounds {
      let iterations = 4000
      let started = now()
      let multiplyAdds = Self.multiplyAdds(iterations: iterations)
      let multiplied = now()
      Self.keep(Self.sum(of: floats, vectors: vectorCount))
      let streamed = now()
      multiplyAdd = max(multiplyAdd, 2 * Double(multiplyAdds) / Double(multiplied - started))
      streaming = max(streaming, Double(streamedBytes) / Double(streamed - multiplied))
    }
  }

  /// Runs multiply-adds for `iterations` and returns how many. As many sums as hide the latency of
  /// the instruction and leave no register over: 12 vectors of 16 with AVX-512, 6 with 16 registers
  /// of 8 floats or 32 of 4, 3 with 16 registers of 4.
  @inline(never)
  private static func multiplyAdds(iterations: Int) -> Int {
    let level = VectorMath.level
    let triples = level >= 2 ? 4 : level >= 1 ? 2 : 1
    if level >= 2 {
      keep(fourTriples(iterations))
    } else if level >= 1 {
      keep(twoTriples(iterations))
    } else {
      keep(oneTriple(iterations))
    }
    return iterations * unrolling * triples * 3 * Vector.scalarCount
  }

  private static let unrolling = 4

  @inline(never)
  private static func oneTriple(_ iterations: Int) -> Vector {
    var a = Triple(1)
    for _ in 0..<iterations { a.advance(); a.advance(); a.advance(); a.advance() }
    return a.sum
  }

  @inline(never)
  private static func twoTriples(_ iterations: Int) -> Vector {
    var a = Triple(1)
    var b = Triple(2)
    for _ in 0..<iterations {
      a.advance(); b.advance()
      a.advance(); b.advance()
      a.advance(); b.advance()
      a.advance(); b.advance()
    }
    return a.sum + b.sum
  }

  @inline(never)
  private static func fourTriples(_ iterations: Int) -> Vector {
    var a = Triple(1)
    var b = Triple(2)
    var c = Triple(3)
    var d = Triple(4)
    for _ in 0..<iterations {
      a.advance(); b.advance(); c.advance(); d.advance()
      a.advance(); b.advance(); c.advance(); d.advance()
      a.advance(); b.advance(); c.advance(); d.advance()
      a.advance(); b.advance(); c.advance(); d.advance()
    }
    return a.sum + b.sum + c.sum + d.sum
  }

  /// Three sums that converge to 1: x · 0.5 + 0.5, again and again.
  private struct Triple {
    var x, y, z: Vector

    @inline(__always)
    init(_ start: Float) {
      x = Vector(repeating: start)
      y = Vector(repeating: start + 0.25)
      z = Vector(repeating: start + 0.5)
    }

    @inline(__always)
    mutating func advance() {
      let half = Vector(repeating: 0.5)
      x = VectorMath.multiplyAdd(x, half, half)
      y = VectorMath.multiplyAdd(y, half, half)
      z = VectorMath.multiplyAdd(z, half, half)
    }

    @inline(__always)
    var sum: Vector { x + y + z }
  }

  /// Loads every vector once, in several independent sums.
  @inline(never)
  private static func sum(of floats: UnsafePointer<Float>, vectors: Int) -> Vector {
    var a = Vector(repeating: 0)
    var b = a, c = a, d = a
    var place = floats
    let end = floats + vectors * Vector.scalarCount
    while place < end {
      a += Vector(at: place)
      b += Vector(at: place + 16)
      c += Vector(at: place + 32)
      d += Vector(at: place + 48)
      place += 64
    }
    return a + b + c + d
  }

  /// Keeps the compiler from leaving out what makes `value`.
  @inline(never)
  @_optimize(none)
  private static func keep(_ value: Vector) {}
}
