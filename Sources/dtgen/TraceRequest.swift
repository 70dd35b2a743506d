import DTGenCommands
import DTGenReports

/// `dtgen trace`
struct TraceRequest {
  enum Subject {
    /// A tensor of the checkpoint, or one number of it.
    case tensor(String)
    /// A place in the packed weights, in floats.
    case offset(Int)
  }

  var folder: String
  var subject: Subject

  func run() throws(InvalidInput) {
    let trace = try WeightTrace(folder: folder)
    switch subject {
    case .tensor(let name): Console.output(try trace.destinations(of: name))
    case .offset(let offset): Console.output(try trace.contents(at: offset))
    }
  }
}
