#if hasFeature(Embedded)
  /// What can be gone through number by number. (Collections of the standard library allocate; there may be no allocator.)
  public protocol NumberCollection {
    /// - Precondition: `0 <= index && index < count`
    subscript(index: Int) -> Float { get set }
  }
#else
  /// A collection of float32 numbers.
  public protocol NumberCollection: RandomAccessCollection, MutableCollection
  where Element == Float, Index == Int, Indices == Range<Int> {}
#endif

/// Float32 numbers in a row, of any length that is part of a type: `Numbers`, for code that is written once for all.
///
/// It is a collection of its numbers, so that one is made of another collection (`init(_:)`) and read as one, without
/// allocation.
public protocol FixedNumbers: NumberCollection, BitwiseCopyable, Sendable, Equatable {
  /// How many there are.
  static var count: Int { get }

  /// The same number everywhere.
  init(repeating number: Float)

  /// The number that `number` has for each index.
  init(_ number: (_ index: Int) -> Float)
}

extension FixedNumbers {
  /// The numbers of `numbers`; nil where there are not `count` of them. Allocates nothing.
  @inlinable
  public init?(exactly numbers: some Collection<Float>) {
    guard numbers.count == Self.count else { return nil }
    self.init(numbers)
  }

  /// The numbers of `numbers`. Allocates nothing.
  ///
  /// - Precondition: There are `count` of them; `init(exactly:)` asks.
  @inlinable
  public init(_ numbers: some Collection<Float>) {
    precondition(
      numbers.count == Self.count, "as many numbers are needed as the type says")
    self.init(repeating: 0)
    var index = 0
    for number in numbers {
      self[index] = number
      index += 1
    }
  }
}

/// `length` float32 numbers in a row: a state, an action, logits. How many is part of the type, so that they are passed by
/// value and nothing is allocated; in memory they follow each other and nothing else is there.
///
/// ```swift
/// var state = Hopper.State(repeating: 0)
/// state[0] = 1.25
/// state = Hopper.State(observation)  // an array, a slice: any collection of as many numbers
/// print(state)                       // [1.25, 0.0, ...]
/// ```
///
/// (It is no `InlineArray`: release builds of Swift 6.3 lose `array[1] = 4` where `array` is a variable of a file's top level.)
@frozen
public struct Numbers<let length: Int>: FixedNumbers {
  @usableFromInline var storage: InlineArray<length, Float>

  /// `length`.
  @inlinable
  public static var count: Int { length }

  /// The same number everywhere.
  @inlinable
  public init(repeating number: Float) { storage = InlineArray(repeating: number) }

  /// The number that `number` has for each index.
  @inlinable
  public init(_ number: (_ index: Int) -> Float) { storage = InlineArray { number($0) } }

  /// 0.
  @inlinable
  public var startIndex: Int { 0 }
  /// How many there are.
  @inlinable
  public var endIndex: Int { length }
  /// 0 to one less than there are.
  @inlinable
  public var indices: Range<Int> { 0..<length }

  /// - Precondition: `0 <= index && index < count`
  @inlinable
  public subscript(index: Int) -> Float {
    get { storage[index] }
    set {
      precondition(index >= 0 && index < length, "there is no number with this index")
      unsafe storeNumber(newValue, at: index, in: &storage)
    }
  }

  /// Whether all numbers are equal, as floats compare.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    for index in 0..<length where left[index] != right[index] { return false }
    return true
  }
}

/// A store that every optimiser sees; the comment of `Numbers` says which one did not.
@inlinable @inline(__always)
func storeNumber(_ number: Float, at index: Int, in numbers: UnsafeMutableRawPointer) {
  unsafe numbers.storeBytes(
    of: number, toByteOffset: MemoryLayout<Float>.stride &* index, as: Float.self)
}

#if !hasFeature(Embedded)
  extension Numbers: CustomStringConvertible, ExpressibleByArrayLiteral {
    /// As many numbers as the type says.
    public init(arrayLiteral numbers: Float...) { self.init(numbers) }

    /// As an array of them is printed.
    public var description: String { "\(Array(self))" }
  }
#endif
