/// What the preparation phase reads at its end, so that it lies in the second-level cache when the state comes: what
/// `act` reads first.
///
/// `prepare` computes the whole window, and leaves its own weights and rows in that cache; `act` streams megabytes
/// through it. Whatever `act` begins with would come from further away otherwise.
///
/// What `act` reads first is read last. A cache keeps what was touched last: where it does not keep all, `act` finds its beginning
/// near, and streams the rest. Weights that `prepare` has read last of all are left out: they lie near already.
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

  /// How much is read where the processor does not say how large its second-level cache is; else three quarters of that. Measured
  /// with a cache of 1 MB, Hopper, microseconds of `act` and `prepare`: float32 26.9 and 292 with 512 KB in the order of `act`, 26.7 and
  /// 292 in the other, 26.2 and 294 with 768 KB, 25.8 and 297 with 1 MB; int8 8.3 and 121.5 without,
  /// 7.8 and 127.5 with 768 KB, 7.8 and 126 where those are left out that lie near already.
  ///
  /// Weights that are widened are left out: multiplying two rows with them takes as long as they take to come.
  public static let byteCount = 512 << 10
  /// What is read at most, however large the cache.
  public static let mostByteCount = 2 << 20
  /// A model that needs no more stays in the cache by itself.
  public static let cacheByteCount = 768 << 10

  /// A stretch, and how many numbers `act` reads before it: what lies near already counts, but is not read.
  public struct Read: Equatable, Sendable {
    public var stretch: Stretch
    public var after: Int
  }

  /// In the order in which `act` reads them.
  public private(set) var reads: [Read] = []
  /// How many numbers of `act` the stretches reach to.
  private var end = 0

  /// - Parameters:
  ///   - feedback: The operations of `act`.
  ///   - near: Which of the packed weights lie near already.
  package init(
    _ feedback: [Operation], weights: PackedLayout, memory: ControllerMemory, near: Stretches
  ) {
    for operation in feedback {
      switch operation.kind {
      case .enter(let entry):
        for index in [entry.embedding, entry.value, entry.query, entry.inner] {
          append(weights.tensors[index], near)
        }
        append(memory.buffer(entry.time.buffer))
      case .linear(_, _, let index, _, _, _), .convolve(_, _, let index, _, _, _):
        append(weights.tensors[index], near)
      case .scores(_, _, let keys, _): append(memory.buffer(keys.buffer))
      case .mix(_, _, let values, _, _): append(memory.buffer(values.buffer))
      default: break
      }
    }
  }

  /// One line for each stretch, the last first.
  package var operations: [Operation] {
    reads.reversed().map {
      Operation(
        kind: .read($0.stretch, after: $0.after), comment: "", multiplyAdds: 0, weightBytes: 0)
    }
  }

  private var left: Int { Self.mostByteCount / MemoryLayout<Float>.stride - end }

  private mutating func append(_ tensor: PackedTensor, _ near: Stretches) {
    let count = tensor.format.needsWidening ? 0 : min(tensor.floatCount, left)
    guard count > 0 else { return }
    defer { end += count }
    if near.contains(tensor.offset..<tensor.offset + tensor.floatCount) { return }
    if let last = reads.last, last.after + last.stretch.count == end,
      case .weights(let offset, let before) = last.stretch, offset + before == tensor.offset
    {
      reads[reads.count - 1].stretch = .weights(offset: offset, count: before + count)
    } else {
      reads.append(Read(stretch: .weights(offset: tensor.offset, count: count), after: end))
    }
  }

  private mutating func append(_ buffer: ControllerBuffer) {
    let count = min(buffer.floatCount, left)
    let isKnown = reads.contains {
      if case .rows(buffer.name, _) = $0.stretch { true } else { false }
    }
    guard count > 0, !isKnown else { return }
    reads.append(Read(stretch: .rows(buffer.name, count: count), after: end))
    end += count
  }
}

extension Plan {
  /// The packed weights that the end of the preparation phase multiplies with: of as many operations as touch no more than `byteCount`
  /// bytes.
  package func weightsReadLast(upTo byteCount: Int) -> Stretches {
    var last = WorkingSet()
    let calls = prepare.calls { _ in false }
    for call in calls.reversed() where call.name != .readAhead {
      for operation in routine(call.name).operations.reversed() {
        let longer = last.union(
          WorkingSet(operation, in: self, token: call.token, step: call.step))
        guard longer.byteCount <= byteCount else { return last.weights }
        last = longer
      }
    }
    return last.weights
  }

  /// All that `readAhead` reads as one operation, on a processor that does not say how large its cache is.
  package var wholeReadAhead: Operation {
    let most = ReadAhead.byteCount / MemoryLayout<Float>.stride
    let operations = routines.first { $0.name == .readAhead }?.operations ?? []
    let count = operations.reduce(0) { sum, operation in
      guard case .read(let stretch, let after) = operation.kind else { return sum }
      return sum + max(0, min(stretch.count, most - after))
    }
    return Operation(
      kind: .read(.weights(offset: 0, count: count), after: 0), comment: "", multiplyAdds: 0,
      weightBytes: 0)
  }
}
