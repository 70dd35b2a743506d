/// The names of a model's C interface. (The build plugin compiles this file, too; plugins cannot depend on a library.)
public struct CName: Equatable, Sendable {
  /// What a value of the type is called.
  public let instance: String
  /// What its functions begin with, and its header and libraries are called: the type's name in lower case, words
  /// apart. `hopper` for Hopper, `half_cheetah` for HalfCheetah, `hopper_bf16` for HopperBF16.
  public let prefix: String

  /// - Parameter instance: `trunk` where it is none but a trunk.
  public init(model name: String, instance: String = "controller") {
    self.instance = instance
    var prefix = ""
    var previous: Character = "_"
    for character in name {
      if character.isUppercase, previous.isLowercase || previous.isNumber { prefix += "_" }
      prefix += character.lowercased()
      previous = character
    }
    self.prefix = prefix
  }

  /// The opaque type of a controller or a trunk.
  public var type: String { "\(prefix)_\(instance)" }
  /// What its constants begin with.
  public var constantPrefix: String { prefix.uppercased() }
  /// The header's file name.
  public var header: String { "\(prefix).h" }
}
