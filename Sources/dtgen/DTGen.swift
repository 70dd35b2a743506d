import DTGenCommands
import DTGenReports
import Foundation

/// The command line of the code generator.
@main
struct DTGen {
  static func main() {
    exit(status(of: Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func status(of arguments: [String]) -> ExitStatus {
    let command: Command
    do {
      command = try Command(arguments: arguments)
    } catch {
      Console.error("dtgen: \(error.message)")
      Console.error("See 'dtgen \(error.verb.map { "\($0.rawValue) " } ?? "")--help'.")
      return .wrongUsage
    }
    do {
      switch command {
      case .generate(let request): try request.run()
      case .inspect(let request): try request.run()
      case .plan(let request): try request.run()
      case .calibrate(let request): try request.run()
      case .check(let request): return try request.run()
      case .compare(let request): return try request.run()
      case .library(let request): try request.run()
      case .diff(let request): return try request.run()
      case .trace(let request): try request.run()
      case .initialize(let request): try request.run()
      case .import(let request): try request.run()
      case .help(let verb): Console.output(Help.text(for: verb))
      case .version: Console.output("dtgen \(Compiler.version)")
      }
      return .done
    } catch {
      for diagnostic in error.diagnostics { Console.error(command.line(for: diagnostic)) }
      return .wrongInput
    }
  }
}
