import DecisionTransformer
import Programs

/// What the core can do at most, measured in bursts between the stretches of the model's loop.
struct Ceilings: ~Copyable {
  /// A rate of all bursts: the best, which is what the core can do, and the median, which is what was
  /// left of it by whoever else was using the machine.
  struct Rate: Encodable {
    var best, p50: Double
  }

  private let buffer: AlignedMemory
  private let vectorCount: Int
  private var multiplyAddTimes, streamingTimes: Samples
  private static let mostBursts = 10_000

  init(streamedBytes: Int) {
    vectorCount = streamedBytes / MemoryLayout<Vector>.size / 4 * 4
    buffer = AlignedMemory(byteCount: vectorCount * MemoryLayout<Vector>.size)
    multiplyAddTimes = Samples(capacity: Self.mostBursts)
    streamingTimes = Samples(capacity: Self.mostBursts)
  }

  var streamedBytes: Int { vectorCount * MemoryLayout<Vector>.size }

  /// Independent multiply-adds in registers and nothing else, in 10⁹ operations a second; each is two.
  var multiplyAdd: Rate {
    rate(of: multiplyAddTimes, amount: 2 * Self.multiplyAddCount)
  }

  /// Loads of a buffer as large as the weights that `act` reads, again and again, in 10⁹ bytes a second.
  var streaming: Rate { rate(of: streamingTimes, amount: streamedBytes) }

  private func rate(of times: borrowing Samples, amount: Int) -> Rate {
    let distribution = times.distribution
    // 10⁹ a second are 1 a nanosecond; ranks are in microseconds.
    return Rate(
      best: Double(amount) / (1000 * distribution.rank(0)),
      p50: Double(amount) / (1000 * distribution.rank(0.5)))
  }

  /// Measures short bursts: a fraction of a millisecond, so that most are not interrupted. Of the
  /// streaming bursts the first, which finds other data in the caches, is not counted.
  mutating func measure(bursts: Int = 20) {
    let floats = UnsafePointer(buffer.base.assumingMemoryBound(to: Float.self))
    Self.keep(Self.sum(of: floats, vectors: vectorCount))
    for _ in 0..<bursts {
      let started = now()
      Self.multiplyAdds(Self.iterations)
      let multiplied = now()
      Self.keep(Self.sum(of: floats, vectors: vectorCount))
      let streamed = now()
      multiplyAddTimes.append(multiplied - started)
      streamingTimes.append(streamed - multiplied)
    }
  }

  private static let iterations = 1000

  /// As many sums at a time as hide the latency of a multiply-add and leave no register over: 12 vectors
  /// of 16 with AVX-512, 6 with 16 registers of 8 floats or 32 of 4, 3 with 16 registers of 4.
  private static var triples: Int { VectorMath.level >= 2 ? 4 : VectorMath.level >= 1 ? 2 : 1 }

  /// How many multiply-adds `multiplyAdds` runs.
  private static var multiplyAddCount: Int {
    iterations * unrolling * triples * 3 * Vector.scalarCount
  }

  @inline(never)
  private static func multiplyAdds(_ iterations: Int) {
    switch triples {
    case 4: keep(fourTriples(iterations))
    case 2: keep(twoTriples(iterations))
    default: keep(oneTriple(iterations))
    }
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
      a += Vector(at: Floats(place))
      b += Vector(at: Floats(place + 16))
      c += Vector(at: Floats(place + 32))
      d += Vector(at: Floats(place + 48))
      place += 64
    }
    return a + b + c + d
  }

  /// Keeps the compiler from leaving out what makes `value`.
  @inline(never)
  @_optimize(none)
  private static func keep(_ value: Vector) {}
}
