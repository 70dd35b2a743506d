/// The names that generated files have, fixed by the model's name alone: a build plugin has to know
/// them before anything is read.
public struct OutputNames: Equatable, Sendable {
  /// The generated type: a function of shape and options only.
  public var code: String
  /// Its layout and kernels.
  public var kernels: String
  /// The packed weights as Swift source.
  public var embeddedWeights: String
  /// The packed weights as a file to map.
  public var weightsFile: String
  /// What the output is. Hidden, since SwiftPM warns of every other file in a target's folder that it does not know.
  public var manifest: String
  /// What earlier versions wrote beside rounded weights; its content is in the manifest now.
  public var earlierManifest: String
  /// What C sees of the type.
  public var header: String

  private static let manifestEnd = ".manifest.json"

  public init(model name: String) {
    code = "\(name).swift"
    kernels = "\(name)Kernels.swift"
    embeddedWeights = "\(name)Weights.swift"
    weightsFile = "\(name).weights"
    manifest = ".\(name)\(Self.manifestEnd)"
    earlierManifest = "\(name)\(Self.manifestEnd)"
    header = CName(model: name).header
  }

  /// Either of them holds the packed weights.
  public var weights: [String] { [embeddedWeights, weightsFile] }

  /// Whose manifest a file of this name is; nil where it is none.
  package static func model(ofManifest name: String) -> String? {
    guard name.first == ".", name.hasSuffix(manifestEnd) else { return nil }
    let model = String(name.dropFirst().dropLast(manifestEnd.count))
    return model.isEmpty ? nil : model
  }

  /// The names that `generate` gives files of some options and not of others, without `files`.
  ///
  /// With `codeOnly`, what belongs to the weights may lie there from another run and is not judged.
  public func leftovers(beside files: [String], codeOnly: Bool) -> [String] {
    let ofWeights = [embeddedWeights, weightsFile, earlierManifest]
    return (codeOnly ? [header] : ofWeights + [header]).filter { !files.contains($0) }
  }
}
