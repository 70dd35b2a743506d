import Foundation

@main
struct DTBench {
  static func main() {
    do {
      let request = try Request(arguments: Array(CommandLine.arguments.dropFirst()))
      guard !request.help else {
        print(Request.helpText)
        exit(0)
      }
      let machine = try Machine(core: request.core)
      if !machine.optimized {
        printError("dtbench: a debug build: its times say nothing; use swift run -c release")
      }
      let reports = try request.models.map { try $0.measure(request, machine) }
      print(request.json ? Report.json(reports) : reports.map(\.text).joined(separator: "\n\n"))
      if let path = request.svg {
        try Data(Chart(reports).svg.utf8).write(to: URL(fileURLWithPath: path))
      }
      exit(0)
    } catch let error as Request.Problem {
      printError("dtbench: \(error.message)")
      exit(2)
    } catch let error as Machine.Problem {
      printError("dtbench: \(error.message)")
      exit(2)
    } catch {
      printError("dtbench: \(error)")
      exit(1)
    }
  }

  private static func printError(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
  }
}
