/// What a kernel of a convolution has fixed: the windows of a map, each as one row of a matrix product.
///
/// Windows of a line of the output are gathered as rows, `depth` numbers each, and multiplied together. A map lies as the
/// checkpoint's flattened frames do, channel by channel, or place by place with its channels side by side, padded to whole
/// vectors.
public struct ConvolutionShape: Hashable, Sendable, Codable {
  /// The channels of the input that are read.
  public var input: Frames.Map
  /// Whether the input lies channel by channel.
  public var isPlanar: Bool
  /// Lines and columns of a window, and how far the next one is.
  public var size: Int
  public var stride: Int
  public var filters: Int
}

extension ConvolutionShape {
  public var outputRows: Int { (input.rows - size) / stride + 1 }
  public var outputColumns: Int { (input.columns - size) / stride + 1 }

  /// Floats from place to place of an input that lies place by place.
  public var placeStride: Int { Shape.stride(input.channels) }

  /// Numbers of a window: by channel, line and column; or by line, column and channel.
  public var depth: Int { size * size * (isPlanar ? input.channels : placeStride) }

  /// Consecutive numbers of a line of a window.
  public var lineCount: Int { isPlanar ? size : size * placeStride }

  /// Floats from line to line of the input.
  public var lineStride: Int { input.columns * (isPlanar ? 1 : placeStride) }

  /// Multiply-adds without those of padding.
  public var multiplyAdds: Int {
    outputRows * outputColumns * size * size * input.channels * filters
  }
}

/// The frames that a convolution reads.
public enum FramePart: String, CaseIterable, Equatable, Sendable, Codable {
  case all
  /// All but the newest, known before it comes.
  case older
  case newest

  /// In names.
  package var suffix: String { self == .all ? "" : self == .older ? "Older" : "Newest" }
}

extension Frames {
  /// The kernel's shape of convolution `layer` over a part of the frames, which only the first one sees.
  package func shape(of layer: Int, _ part: FramePart) -> ConvolutionShape {
    var input = map(entering: layer)
    switch part {
    case .all: break
    case .older: input.channels -= 1
    case .newest: input.channels = 1
    }
    let convolution = convolutions[layer]
    return ConvolutionShape(
      input: input, isPlanar: layer == 0, size: convolution.size, stride: convolution.stride,
      filters: convolution.filters)
  }

  /// The parts in which the first convolution is computed: older frames ahead, where they are kept.
  package var parts: [FramePart] {
    input == .stack ? [.all] : count == 1 ? [.newest] : [.older, .newest]
  }

  /// Whether some of a state's frames are known before it comes.
  package var keepsOlder: Bool { parts.contains(.older) }

  /// Numbers behind the last convolution as they lie, channels padded to whole vectors.
  package var featureDepth: Int {
    let map = map(entering: convolutions.count)
    return map.placeCount * Shape.stride(map.channels)
  }

  /// The convolutions of a part of the network: of `older` frames the first one alone.
  package func layers(of part: FramePart) -> Range<Int> {
    part == .older ? 0..<1 : convolutions.indices
  }
}
