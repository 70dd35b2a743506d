import Foundation
import Programs

/// Times of many calls, in memory that exists, and has its pages, before the first is taken.
struct Samples: ~Copyable {
  private let storage: UnsafeMutableBufferPointer<UInt64>
  private(set) var count = 0

  init(capacity: Int) {
    storage = .allocate(capacity: capacity)
    storage.initialize(repeating: 0)
  }

  deinit { storage.deallocate() }

  /// Does nothing once the memory is full.
  @inline(__always)
  mutating func append(_ nanoseconds: UInt64) {
    guard count < storage.count else { return }
    storage[count] = nanoseconds
    count += 1
  }

  mutating func removeAll() { count = 0 }

  var distribution: Distribution { Distribution(Array(storage.prefix(count))) }
}

/// When a loop ends: after a number of steps or, where none is given, after a time.
struct Budget {
  var steps: Int?
  var seconds: Double

  /// More steps than this are not recorded in one loop.
  static let mostSteps = 2_000_000

  var capacity: Int { steps ?? Self.mostSteps }

  func isUsedUp(steps taken: Int, started: UInt64) -> Bool {
    if let steps { return taken >= steps }
    return taken >= Self.mostSteps || Double(now() - started) > seconds * 1e9
  }

  /// The part of the budget that a smaller measurement gets.
  func share(_ share: Double) -> Budget {
    Budget(steps: steps.map { max(1, Int(Double($0) * share)) }, seconds: seconds * share)
  }
}
