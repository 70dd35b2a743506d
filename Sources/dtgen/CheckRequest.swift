import DTGenCommands
import DTGenReports
import Foundation

/// `dtgen check`
struct CheckRequest {
  var folder: String
  var against: String
  var codeOnly: Bool

  /// `.wrongInput` where anything is stale, missing or left over; the differences are on standard
  /// output, as a patch that brings checked-in code up to date.
  func run() throws(InvalidInput) -> ExitStatus {
    let compilation = try ModelFolderCompilation.run(folder, codeOnly: codeOnly)
    let names = OutputNames(model: compilation.model.name)
    let checkedIn = OutputFolder(path: against)
    let listed = checkedIn.manifest(names)?.files ?? []
    for remark in compilation.remarks { Console.error(remark.description) }
    if let rows = compilation.checkedRows { Console.error(rows.note.description) }
    var stale = 0
    for file in compilation.files {
      let old = checkedIn.contents(of: file.name)
      if old == file.contents { continue }
      if codeOnly, file.name == names.manifest, checkedIn.manifestAgrees(with: file, names) {
        continue
      }
      stale += 1
      Console.output(difference(from: old, to: file, path: checkedIn.path(of: file.name), names))
    }
    let leftovers = checkedIn.leftovers(
      beside: compilation.files, names, listed: listed, codeOnly: codeOnly)
    for leftover in leftovers { Console.error(leftover.description) }
    guard stale + leftovers.count > 0 else { return .done }
    if stale > 0 {
      let option = codeOnly ? " --code-only" : ""
      Console.error(
        Diagnostic(
          path: against,
          (FileManager.default.fileExists(atPath: against) ? "" : "no such folder: ")
            + "\(stale) of \(compilation.files.count) files are stale or missing; "
            + "refresh with: dtgen generate \(folder) --output \(against)\(option)"
        ).description)
    }
    return .wrongInput
  }

  private func difference(
    from old: [UInt8]?, to file: OutputFile, path: String, _ names: OutputNames
  ) -> String {
    // Not for reading are weights, embedded or not: every line differs after training.
    guard !names.weights.contains(file.name), String(validating: old ?? [], as: UTF8.self) != nil
    else {
      let oldSize = old.map { "\($0.count) bytes" } ?? "missing"
      return "\(path): differs: \(oldSize), expected \(file.contents.count) bytes"
    }
    return UnifiedDiff(from: old ?? [], to: file.contents).text(
      oldName: old == nil ? "/dev/null" : path, newName: path)
  }
}
