/// A set of places in packed weights or memory: stretches in order, none of which meets another.
public struct Stretches: Equatable, Sendable {
  public private(set) var ranges: [Range<Int>] = []

  public init() {}

  public init(_ range: Range<Int>) {
    insert(range)
  }

  /// Places in all of them.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  public mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    // The first that ends behind the range's start, and the first that starts behind its end.
    let first = index { $0.upperBound < range.lowerBound }
    let end = index { $0.lowerBound <= range.upperBound }
    guard first < end else { return ranges.insert(range, at: first) }
    let lower = min(range.lowerBound, ranges[first].lowerBound)
    let upper = max(range.upperBound, ranges[end - 1].upperBound)
    ranges.replaceSubrange(first..<end, with: CollectionOfOne(lower..<upper))
  }

  public mutating func formUnion(_ other: Stretches) {
    for range in other.ranges { insert(range) }
  }

  public func union(_ other: Stretches) -> Stretches {
    var union = self
    union.formUnion(other)
    return union
  }

  public func contains(_ place: Int) -> Bool {
    let next = index { $0.upperBound <= place }
    return next < ranges.count && ranges[next].contains(place)
  }

  /// Whether all of `range` is in the set.
  public func contains(_ range: Range<Int>) -> Bool {
    let next = index { $0.upperBound <= range.lowerBound }
    return range.isEmpty
      || next < ranges.count && ranges[next].lowerBound <= range.lowerBound
        && range.upperBound <= ranges[next].upperBound
  }

  /// The first stretch for which `isBefore` does not hold.
  private func index(_ isBefore: (Range<Int>) -> Bool) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(ranges[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
