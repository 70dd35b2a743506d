/// A tensor of Hugging Face's model: a parameter of one of its modules.
public struct TensorName: Hashable, Sendable, Codable, CustomStringConvertible {
  public var module: ModuleName
  /// `weight` or `bias`.
  public var parameter: String

  /// The name in the model's state_dict.
  public var description: String { "\(module).\(parameter)" }

  /// Without `encoder.`, as tables and formulas print it.
  public var shortName: String { "\(module.shortName).\(parameter)" }
}

/// A module of Hugging Face's model.
public struct ModuleName: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Where in the model it lies.
  public enum Place: Hashable, Sendable, Codable {
    /// Beside the GPT-2 trunk: embeddings and heads.
    case model
    case encoder
    /// In this block of the encoder.
    case block(Int)
  }

  public var place: Place
  /// In its place.
  public var name: String

  package static func model(_ name: String) -> ModuleName { Self(place: .model, name: name) }

  package static func encoder(_ name: String) -> ModuleName { Self(place: .encoder, name: name) }

  package static func block(_ index: Int, _ name: String) -> ModuleName {
    Self(place: .block(index), name: name)
  }

  /// A layer from the state to its token, where there are several.
  package static func stateEncoder(_ layer: Int) -> ModuleName { .model("embed_state.\(layer)") }

  /// A convolution of the state's frames.
  package static func frameConvolution(_ layer: Int) -> ModuleName {
    .model("embed_frames.\(layer)")
  }

  package var weight: TensorName { TensorName(module: self, parameter: "weight") }

  package var bias: TensorName { TensorName(module: self, parameter: "bias") }

  /// The name in the model's state_dict.
  public var description: String { place == .model ? name : "encoder.\(shortName)" }

  /// Without `encoder.`.
  public var shortName: String {
    if case .block(let index) = place { "h.\(index).\(name)" } else { name }
  }
}
