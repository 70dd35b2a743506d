import DTGenCommands
import Foundation

/// What the build-tool plugin runs: `dtgen generate` alone, so that a user's first build compiles no reports.
@main
struct DTGenBuild {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 2 else {
      Console.error("usage: dtgen-build <Name>.dtmodel <folder>; dtgen has all commands")
      exit(ExitStatus.wrongUsage.rawValue)
    }
    do {
      try GenerateRequest(
        folder: arguments[0], output: arguments[1], codeOnly: false, forBuild: true
      ).run()
    } catch {
      // A build log wants the word in front.
      for diagnostic in error.diagnostics {
        Console.error(
          diagnostic.severity == .error ? "error: \(diagnostic)" : diagnostic.description)
      }
      exit(ExitStatus.wrongInput.rawValue)
    }
  }
}
