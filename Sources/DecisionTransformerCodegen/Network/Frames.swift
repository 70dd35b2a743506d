/// States that are pictures: frames of bytes, and the convolutions that they go through on their way to a token.
///
/// As `nn.Conv2d` has it, without padding: sum over channels, lines and columns of a window of `size` x `size`, which moves
/// by `stride`. A byte counts as byte / 255.
public struct Frames: Equatable, Sendable, Codable {
  /// What a byte is divided by.
  public static let divisor = 255.0

  /// Frames of a state, oldest first: the channels of the first convolution.
  public var count: Int
  /// Lines of a frame, and pixels of a line.
  public var rows: Int
  public var columns: Int
  /// One behind the other, at least one.
  public var convolutions: [Convolution]
  /// What a step is given.
  public var input: FrameInput

  public init(
    count: Int, rows: Int, columns: Int, convolutions: [Convolution], input: FrameInput = .stack
  ) {
    (self.count, self.rows, self.columns) = (count, rows, columns)
    (self.convolutions, self.input) = (convolutions, input)
  }

  /// A convolution, and what its numbers go through.
  public struct Convolution: Equatable, Sendable, Codable {
    /// Numbers at each place of its output.
    public var filters: Int
    /// Lines and columns of its window.
    public var size: Int
    public var stride: Int
    public var activation: Activation

    public init(filters: Int, size: Int, stride: Int, activation: Activation) {
      (self.filters, self.size) = (filters, size)
      (self.stride, self.activation) = (stride, activation)
    }

    /// Filters, size, stride: as config.json has them.
    public var sizes: [Int] { [filters, size, stride] }
  }

  /// What enters or leaves a convolution.
  public struct Map: Hashable, Sendable, Codable {
    public var channels: Int
    public var rows: Int
    public var columns: Int

    /// Numbers of a channel.
    public var placeCount: Int { rows * columns }
    public var count: Int { channels * placeCount }
  }
}

/// Which frames a step is given.
public enum FrameInput: String, CaseIterable, Equatable, Sendable, Codable {
  /// All of them.
  case stack
  /// The newest one; the others are kept, zeros in front of an episode's first.
  case newest
}

extension Frames {
  /// Pixels of a frame.
  public var pixelCount: Int { rows * columns }

  /// Numbers of a state.
  public var byteCount: Int { count * pixelCount }

  /// Bytes that a step is given.
  public var inputCount: Int { input == .newest ? pixelCount : byteCount }

  /// What enters convolution `layer`; behind the last one, what leaves it.
  public func map(entering layer: Int) -> Map {
    convolutions[..<layer].reduce(Map(channels: count, rows: rows, columns: columns)) {
      Self.output(of: $1, $0)
    }
  }

  /// Numbers behind the last convolution.
  public var featureCount: Int { map(entering: convolutions.count).count }

  /// Frames, lines, pixels: as config.json has them.
  public var sizes: [Int] { [count, rows, columns] }

  /// Sizes, as comments print them.
  public var text: String { "\(count) frames of \(rows) x \(columns) bytes" }

  /// Filters, sizes, strides and activations.
  public var convolutionText: String {
    convolutions.map {
      "\($0.filters) of \($0.size) x \($0.size) by \($0.stride) \($0.activation.rawValue)"
    }.joined(separator: ", ")
  }

  private static func output(of layer: Convolution, _ input: Map) -> Map {
    func places(_ size: Int) -> Int {
      size < layer.size ? 0 : (size - layer.size) / layer.stride + 1
    }
    return Map(
      channels: layer.filters, rows: places(input.rows), columns: places(input.columns))
  }
}
