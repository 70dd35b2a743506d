import Foundation
import PackagePlugin

/// Writes the code that `DecisionTransformerPlugin` generates at build time into the source tree,
/// where people review and diff it.
@main
struct GenerateDecisionTransformer: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let request: Request
    do {
      request = try Request(arguments: arguments)
    } catch {
      Diagnostics.error("\(error.message); --help explains")
      return
    }
    if request.help {
      print(Request.helpText)
      return
    }
    let models = try models(of: request, in: context.package)
    let tool = try context.tool(named: "dtgen").url
    let root = context.package.directoryURL
    for model in models {
      try run(tool, request.arguments(for: model, in: root), directory: root)
    }
  }

  /// The model folders that are asked for; problems are reported and leave none.
  private func models(of request: Request, in package: Package) throws -> [ModelFolder] {
    let targets =
      request.targets.isEmpty ? package.targets : try package.targets(named: request.targets)
    // Targets may lie in each other's folders, as excluded parts, or share a folder through a link.
    let found = Dictionary(
      targets.flatMap { ModelFolder.all(below: $0.directoryURL) }.map {
        ($0.url.resolvingSymlinksInPath().path, $0)
      },
      uniquingKeysWith: { first, _ in first }
    ).values.sorted { $0.url.path < $1.url.path }
    var models = request.models.isEmpty ? found : []
    for name in request.models {
      if name.contains("/") || name.hasSuffix(".\(ModelFolder.pathExtension)") {
        let path = URL(fileURLWithPath: name, relativeTo: package.directoryURL).standardizedFileURL
        models.append(ModelFolder(url: path))
      } else if found.contains(where: { $0.name == name }) {
        models += found.filter { $0.name == name }
      } else {
        let names = Set(found.map(\.name)).sorted().joined(separator: ", ")
        Diagnostics.error("--model \(name): no such model; accepted: \(names), or a folder's path")
        return []
      }
    }
    for models in ModelFolder.collisions(in: models) {
      let paths = models.map(\.url.path).joined(separator: ", ")
      Diagnostics.error("\(paths): same name; choose with --target, or give --model a path")
      return []
    }
    if models.isEmpty {
      Diagnostics.error("there is no <Name>.dtmodel folder in the package's targets; see --model")
    }
    return models
  }

  private func run(_ tool: URL, _ arguments: [String], directory: URL) throws {
    let process = Process()
    process.executableURL = tool
    process.arguments = arguments
    process.currentDirectoryURL = directory
    try process.run()
    process.waitUntilExit()
    if process.terminationReason != .exit || process.terminationStatus != 0 {
      Diagnostics.error("dtgen \(arguments.joined(separator: " ")): failed, see above")
    }
  }
}
