/// What the preparation phase reads at its end, so that it lies in the second-level cache when the state comes: what
/// `act` reads first, in that order.
///
/// `prepare` computes the whole window, and leaves its own weights and rows in that cache; `act` streams megabytes
/// through it. Whatever `act` begins with would come from further away otherwise.
public struct ReadAhead: Equatable, Sendable {
  /// Consecutive numbers.
  public enum Stretch: Equatable, Sendable, Codable {
    /// Of the packed weights.
    case weights(offset: Int, count: Int)
    /// Of a region of the controller's memory, from its start.
    case rows(ControllerBuffer.Name, count: Int)

    public var count: Int {
      switch self {
      case .weights(_, let count), .rows(_, let count): count
      }
    }
  }

  /// How much is read where the processor does not say how large its second-level cache is; else half of that. Measured with a
  /// cache of 1 MB, Hopper: entry tensors, rows and 128 KB of weights make `act` 4 % faster, 256 KB 6 %, 384 KB, which are 512 in
  /// all, no more than that; with 640 KB the first are pushed out again. With one of 2 MB twice as much gained 5 % more.
  ///
  /// Weights that are widened are left out: multiplying two rows with them takes as long as they take to come. Those of integers
  /// are not: Hopper's `act` takes 6 % less with them, 8.0 instead of 8.5 µs, and `prepare` 4 % more.
  public static let byteCount = 512 << 10
  /// What is read at most, however large the cache.
  public static let mostByteCount = 2 << 20
  /// A model that needs no more stays in the cache by itself; there, reading ahead cost 2 % and gained nothing.
  public static let cacheByteCount = 1 << 20

  public private(set) var stretches: [Stretch] = []

  /// - Parameter feedback: The operations of `act`.
  package init(_ feedback: [Operation], weights: PackedLayout, memory: ControllerMemory) {
    for operation in feedback {
      switch operation.kind {
      case .enter(let entry):
        for index in [entry.embedding, entry.value, entry.query, entry.inner] {
          append(weights.tensors[index])
        }
        append(memory.buffer(entry.time.buffer))
      case .linear(_, _, let index, _, _, _), .convolve(_, _, let index, _, _, _):
        append(weights.tensors[index])
      case .scores(_, _, let keys, _): append(memory.buffer(keys.buffer))
      case .mix(_, _, let values, _, _): append(memory.buffer(values.buffer))
      default: break
      }
    }
  }

  /// One line for each stretch.
  package var operations: [Operation] {
    stretches.map {
      Operation(kind: .read($0), comment: "", multiplyAdds: 0, weightBytes: 0)
    }
  }

  public var floatCount: Int { stretches.reduce(0) { $0 + $1.count } }

  private var left: Int { Self.mostByteCount / MemoryLayout<Float>.stride - floatCount }

  private mutating func append(_ tensor: PackedTensor) {
    let count = tensor.format.needsWidening ? 0 : min(tensor.floatCount, left)
    guard count > 0 else { return }
    if case .weights(let offset, let before) = stretches.last, offset + before == tensor.offset {
      stretches[stretches.count - 1] = .weights(offset: offset, count: before + count)
    } else {
      stretches.append(.weights(offset: tensor.offset, count: count))
    }
  }

  private mutating func append(_ buffer: ControllerBuffer) {
    let count = min(buffer.floatCount, left)
    let isKnown = stretches.contains {
      if case .rows(buffer.name, _) = $0 { true } else { false }
    }
    guard count > 0, !isKnown else { return }
    stretches.append(.rows(buffer.name, count: count))
  }
}

extension Plan {
  /// All that `readAhead` reads as one operation, on a processor that does not say how large its cache is.
  package var wholeReadAhead: Operation {
    let all = routines.first { $0.name == .readAhead }?.operations.reduce(0) { sum, operation in
      if case .read(let stretch) = operation.kind { sum + stretch.count } else { sum }
    }
    let count = min(all ?? 0, ReadAhead.byteCount / MemoryLayout<Float>.stride)
    return Operation(
      kind: .read(.weights(offset: 0, count: count)), comment: "", multiplyAdds: 0, weightBytes: 0)
  }
}
