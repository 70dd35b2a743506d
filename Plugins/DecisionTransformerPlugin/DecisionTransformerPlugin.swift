import Foundation
import PackagePlugin

/// Turns every `<Name>.dtmodel` folder of a target into the Swift type `<Name>` at build time.
///
/// One build command per folder. Its inputs are all files of the folder, its outputs have names
/// that follow from the folder's name alone; what is in the files is `dtgen`'s business.
@main
struct DecisionTransformerPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? any SourceModuleTarget else {
      Diagnostics.error("\(target.name): DecisionTransformerPlugin needs a target with sources")
      return []
    }
    let files = target.sourceFiles.map(\.url)
    let models = ModelFolder.all(below: target.directoryURL).filter { model in
      model.files.isEmpty || files.contains { model.belongs(to: $0) }
    }
    return try commands(
      for: models, besides: files, target: target.name,
      tool: try context.tool(named: "dtgen-build").url,
      workDirectory: context.pluginWorkDirectoryURL)
  }

  private func commands(
    for models: [ModelFolder], besides files: [URL], target: String, tool: URL, workDirectory: URL
  ) throws -> [Command] {
    let problems = problems(with: models, besides: files, target: target)
    guard problems.isEmpty else {
      for problem in problems { Diagnostics.error(problem) }
      return []
    }
    if models.isEmpty {
      Diagnostics.warning("\(target): there is no <Name>.dtmodel folder to generate code from")
    }
    return models.map { model in
      let output = workDirectory.appendingPathComponent(model.name)
      return .buildCommand(
        displayName: "Generating \(model.name) from \(model.url.lastPathComponent)",
        executable: tool,
        arguments: [model.url.path, output.path],
        inputFiles: model.files,
        outputFiles: [
          output.appendingPathComponent("\(model.name).swift"),
          output.appendingPathComponent("\(model.name)Kernels.swift"),
          output.appendingPathComponent("\(model.name)Weights.swift"),
        ])
    }
  }

  /// What would otherwise surface as a puzzling message of the build system: files of one target
  /// must not share a name.
  private func problems(
    with models: [ModelFolder], besides files: [URL], target: String
  ) -> [String] {
    let shared = ModelFolder.collisions(in: models).map { models in
      let paths = models.map(\.url.path).joined(separator: ", ")
      return "\(paths): same name; one model folder of a name is accepted in target \(target)"
    }
    let generated = models.flatMap {
      ["\($0.name).swift", "\($0.name)Kernels.swift", "\($0.name)Weights.swift"]
    }
    let hidden = files.filter { generated.contains($0.lastPathComponent) }.map { file in
      "\(file.path): a generated file has this name too; another name is accepted"
    }
    // What differs by case alone has been said.
    let inC = shared.isEmpty ? ModelFolder.collisionsInC(in: models) : []
    return shared + hidden
      + inC.map { models in
        let paths = models.map(\.url.path).joined(separator: ", ")
        let prefix = CName(model: models[0].name).prefix
        return
          "\(paths): \"c_interface\" gives all of them functions that begin with \(prefix)_; names that differ in more than "
          + "case and underscores are accepted in target \(target)"
      }
  }
}

extension ModelFolder {
  /// Models whose functions for C would have the same names.
  fileprivate static func collisionsInC(in models: [ModelFolder]) -> [[ModelFolder]] {
    Dictionary(grouping: models.filter(\.hasCInterface)) { CName(model: $0.name).prefix }.values
      .filter { $0.count > 1 }.sorted { $0[0].url.path < $1[0].url.path }
  }

  /// As codegen.json has it; what is wrong with that file the generator says.
  private var hasCInterface: Bool {
    let options = try? Data(contentsOf: url.appendingPathComponent("codegen.json"))
    let members = options.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
    return members?["c_interface"] as? Bool ?? false
  }

  /// Whether `file`, one of a target's, speaks for this folder: it lies in it, or is the folder or
  /// one above it, declared as a resource. Nothing speaks for an excluded folder.
  fileprivate func belongs(to file: URL) -> Bool {
    (file.path + "/").hasPrefix(url.path + "/") || url.path.hasPrefix(file.path + "/")
  }
}

#if canImport(XcodeProjectPlugin)
  import XcodeProjectPlugin

  extension DecisionTransformerPlugin: XcodeBuildToolPlugin {
    func createBuildCommands(context: XcodePluginContext, target: XcodeTarget) throws -> [Command] {
      let files = target.inputFiles.map(\.url)
      // A folder reference is listed as itself, a group as its files.
      let folders = files.compactMap(Self.modelFolder)
      let models = Set(folders.map(\.path)).sorted().map {
        ModelFolder(url: URL(fileURLWithPath: $0))
      }
      return try commands(
        for: models, besides: files, target: target.displayName,
        tool: try context.tool(named: "dtgen-build").url,
        workDirectory: context.pluginWorkDirectoryURL)
    }

    private static func modelFolder(around file: URL) -> URL? {
      var url = file
      while url.pathComponents.count > 1 {
        if url.pathExtension == ModelFolder.pathExtension { return url }
        url.deleteLastPathComponent()
      }
      return nil
    }
  }
#endif
