import Foundation

/// The arguments of `swift package generate-decision-transformer`.
struct Request {
  struct Problem: Error {
    var message: String
  }

  var targets: [String] = []
  /// Names, or paths of model folders.
  var models: [String] = []
  /// Each model gets the folder `<Name>Model` in it: the customary folder of a target.
  var output = "Generated"
  var codeOnly = false
  var check = false
  var help = false

  init(arguments: [String]) throws(Problem) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      switch name {
      case "--target", "--model", "--output":
        let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
        guard let value, !value.isEmpty else { throw Problem(message: "\(name) needs a value") }
        switch name {
        case "--target": targets.append(value)
        case "--model": models.append(value)
        default: output = value
        }
      case "--code-only" where parts.count == 1: codeOnly = true
      case "--check" where parts.count == 1: check = true
      case "--help" where parts.count == 1, "-h" where parts.count == 1: help = true
      default:
        throw Problem(
          message: "'\(argument)' is unknown; "
            + "accepted: --target, --model, --output, --code-only, --check, --help")
      }
    }
  }

  /// What `dtgen` is asked to do for one model.
  func arguments(for model: ModelFolder, in directory: URL) -> [String] {
    let folder = "\(output)/\(model.name)Model"
    // Paths relative to the package read better, and are the same on every machine.
    let root = directory.path + "/"
    let path =
      model.url.path.hasPrefix(root) ? String(model.url.path.dropFirst(root.count)) : model.url.path
    return [check ? "check" : "generate", path, check ? "--against" : "--output", folder]
      + (codeOnly ? ["--code-only"] : [])
  }

  static let helpText = """
    usage: swift package generate-decision-transformer [options]

    Writes the Swift code of the package's <Name>.dtmodel folders into the source tree, the
    same that the build plugin makes: Generated/<Name>Model/<Name>.swift, its weights and
    .<Name>.manifest.json, which says what they are.
    A target made of these files must not apply the build plugin for the same model.

    options:
      --target <name>    only models in this target; may be repeated
      --model <name>     only this model, or the model folder at this path; may be repeated
      --output <folder>  instead of Generated; <Name>Model is made in it
      --code-only        only <Name>.swift and its manifest, which then do not depend on the checkpoint
      --check            write nothing: fail, and show the difference, where files are stale
      --help             this text
    """
}
