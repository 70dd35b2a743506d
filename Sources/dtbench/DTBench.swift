import Foundation
import Programs

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
        Console.error("dtbench: a debug build: its times say nothing; use swift run -c release")
      }
      let reports = try request.models.map { try $0.measure(request, machine) }
      print(request.json ? Report.json(reports) : reports.map(\.text).joined(separator: "\n\n"))
      if let path = request.svg {
        try Data(Chart(reports).svg.utf8).write(to: URL(fileURLWithPath: path))
      }
      exit(0)
    } catch let error as OptionList.Problem {
      Console.error("dtbench: \(error.message); see 'dtbench --help'")
      exit(2)
    } catch let error as Machine.Problem {
      Console.error("dtbench: \(error.message)")
      exit(2)
    } catch {
      Console.error("dtbench: \(error)")
      exit(1)
    }
  }
}
