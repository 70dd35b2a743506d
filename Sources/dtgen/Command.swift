import DTGenCommands
import DTGenImport
import DTGenReports

/// What the command line asks for.
enum Command {
  enum Verb: String, CaseIterable {
    case generate, inspect, plan, calibrate, check, compare, diff, trace, library
    case `init`, `import`

    static var names: String {
      "generate, inspect, plan, calibrate, check, compare, diff, trace, library, init and import"
    }
  }

  case generate(GenerateRequest)
  case inspect(InspectRequest)
  case plan(PlanRequest)
  case calibrate(CalibrateRequest)
  case check(CheckRequest)
  case compare(CompareRequest)
  case library(LibraryRequest)
  case diff(DiffRequest)
  case trace(TraceRequest)
  case initialize(InitRequest)
  case `import`(ImportRequest)
  /// About one verb, or about the whole.
  case help(Verb?)
  case version

  init(arguments: [String]) throws(UsageError) {
    guard let first = arguments.first else {
      throw UsageError("a command is missing; \(Verb.names) are accepted")
    }
    if ["--help", "-h", "help"].contains(first) {
      self = .help(arguments.dropFirst().first.flatMap(Verb.init))
    } else if first == "--version" {
      self = .version
    } else if let verb = Verb(rawValue: first) {
      self = try Command(verb, Array(arguments.dropFirst()))
    } else {
      throw UsageError("'\(first)' is no command; \(Verb.names) are accepted")
    }
  }

  private init(_ verb: Verb, _ arguments: [String]) throws(UsageError) {
    if arguments.contains("--help") || arguments.contains("-h") {
      self = .help(verb)
      return
    }
    switch verb {
    case .generate:
      let arguments = try ArgumentList(
        arguments, verb: verb, options: ["--output"], flags: ["--code-only", "--for-build"])
      self = .generate(
        GenerateRequest(
          folder: arguments.folder, output: try arguments.required("--output"),
          codeOnly: arguments.has("--code-only"), forBuild: arguments.has("--for-build")))
    case .inspect:
      self = .inspect(try Self.inspection(arguments))
    case .plan:
      let arguments = try ArgumentList(arguments, verb: verb, options: [], flags: ["--json"])
      self = .plan(PlanRequest(folder: arguments.folder, json: arguments.has("--json")))
    case .calibrate:
      let arguments = try ArgumentList(
        arguments, verb: verb, options: ["--max-action-error"], flags: ["--dry-run"])
      self = .calibrate(
        CalibrateRequest(
          folder: arguments.folder,
          maximumActionError: try arguments.positiveNumber("--max-action-error"),
          isDryRun: arguments.has("--dry-run")))
    case .check:
      let arguments = try ArgumentList(
        arguments, verb: verb, options: ["--against"], flags: ["--code-only"])
      self = .check(
        CheckRequest(
          folder: arguments.folder, against: try arguments.required("--against"),
          codeOnly: arguments.has("--code-only")))
    case .compare:
      let arguments = try ArgumentList(
        arguments, verb: verb, options: ["--golden", "--tolerance"], flags: ["--json"])
      self = .compare(
        CompareRequest(
          folder: arguments.folder, golden: try arguments.required("--golden", "file"),
          tolerance: try arguments.positiveNumber("--tolerance")
            ?? CompareRequest.defaultTolerance,
          json: arguments.has("--json")))
    case .library:
      let arguments = try ArgumentList(
        arguments, verb: verb,
        options: [
          "--output", "--march", "--target", "--clang-flags", "--runtime", "--package-version",
        ],
        repeated: ["--package"], flags: ["--artifact-bundle"])
      let flags = arguments.value("--clang-flags") ?? ""
      let packages = try PackageKind.kinds(arguments.list("--package"))
      let version = try arguments.value("--package-version").map(PackageVersion.init)
      let isBundle = arguments.has("--artifact-bundle")
      if version != nil, packages.isEmpty, !isBundle {
        throw UsageError("--package-version needs --package <kind>", verb: .library)
      }
      if isBundle, !packages.isEmpty {
        throw UsageError(
          "--artifact-bundle is for SwiftPM and --package for others; one is accepted",
          verb: .library)
      }
      self = .library(
        LibraryRequest(
          folder: arguments.folder, output: try arguments.required("--output"),
          target: LibraryTarget(
            triple: arguments.value("--target"), architecture: arguments.value("--march"),
            processorFlags: flags.split(separator: " ").map(String.init)),
          runtime: arguments.value("--runtime"), packages: packages,
          packageVersion: version ?? PackageVersion(), isArtifactBundle: isBundle))
    case .diff:
      let arguments = try ArgumentList(
        arguments, verb: verb, folders: 2, options: [], flags: ["--json", "--exit-code"])
      self = .diff(
        DiffRequest(
          old: arguments.folders[0], new: arguments.folders[1], json: arguments.has("--json"),
          tellsByStatus: arguments.has("--exit-code")))
    case .trace:
      self = .trace(try Self.trace(arguments))
    case .`init`:
      let arguments = try ArgumentList(arguments, verb: verb, options: [], flags: ["--dry-run"])
      self = .initialize(
        InitRequest(folder: arguments.folder, isDryRun: arguments.has("--dry-run")))
    case .import:
      self = .import(try Self.importation(arguments))
    }
  }

  /// A folder and a tensor's name, or a folder and an offset.
  private static func trace(_ arguments: [String]) throws(UsageError) -> TraceRequest {
    let hasOffset = arguments.contains { $0 == "--offset" || $0.hasPrefix("--offset=") }
    let arguments = try ArgumentList(
      arguments, verb: .trace, folders: hasOffset ? 1 : 2, options: ["--offset"], flags: [],
      wanted: "a <Name>.dtmodel folder, and a tensor's name or --offset <number>")
    guard let text = arguments.value("--offset") else {
      return TraceRequest(folder: arguments.folder, subject: .tensor(arguments.folders[1]))
    }
    guard let offset = Int(text.filter { $0 != " " && $0 != "_" }), offset >= 0 else {
      throw UsageError("--offset '\(text)': a number of floats from 0 on is accepted", verb: .trace)
    }
    return TraceRequest(folder: arguments.folder, subject: .offset(offset))
  }

  private static func importation(_ arguments: [String]) throws(UsageError) -> ImportRequest {
    let arguments = try ArgumentList(
      arguments, verb: .import, options: ["--output", "--family", "--statistics"],
      repeated: ["--set"], flags: ["--dry-run", "--replace"],
      wanted: "a checkpoint, or a folder with one")
    var family: ImportFamily?
    if let name = arguments.value("--family") {
      family = ImportFamily(rawValue: name)
      guard family != nil else {
        let names = ImportFamily.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--family '\(name)': \(names) are accepted", verb: .import)
      }
    }
    var given: [JSONMember] = []
    for text in arguments.list("--set") {
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw UsageError("--set '\(text)': key=value is accepted", verb: .import)
      }
      let key = String(text[..<sign])
      guard !given.contains(where: { $0.name == key }) else {
        throw UsageError("--set \(key) is given twice; one is accepted", verb: .import)
      }
      let value = String(text[text.index(after: sign)...])
      // A word needs no quotes.
      let parsed = (try? JSONParser.parse(Array(value.utf8))) ?? .string(value)
      given.append(JSONMember(name: key, value: parsed))
    }
    return ImportRequest(
      importer: Importer(path: arguments.folder, family: family, given: given),
      statistics: arguments.value("--statistics"), output: try arguments.required("--output"),
      isDryRun: arguments.has("--dry-run"), replaces: arguments.has("--replace"))
  }

  private static func inspection(_ arguments: [String]) throws(UsageError) -> InspectRequest {
    let arguments = try ArgumentList(
      arguments, verb: .inspect, options: ["--html", "--bench", "--golden"], flags: ["--json"])
    let request = InspectRequest(
      folder: arguments.folder, json: arguments.has("--json"), html: arguments.value("--html"),
      bench: arguments.value("--bench"), golden: arguments.value("--golden"))
    if request.json, request.html != nil {
      throw UsageError("--json and --html are given; one of them is accepted", verb: .inspect)
    }
    if request.bench != nil, request.html == nil {
      throw UsageError("--bench needs --html <file>", verb: .inspect)
    }
    if request.golden != nil, request.html == nil {
      throw UsageError("--golden needs --html <file>", verb: .inspect)
    }
    return request
  }

  /// A diagnostic as this command prints it: a build log wants the word `error` in front.
  func line(for diagnostic: Diagnostic) -> String {
    if case .generate(let request) = self, request.forBuild, diagnostic.severity == .error {
      return "error: \(diagnostic)"
    }
    return diagnostic.description
  }
}

/// A command line that cannot be understood.
struct UsageError: Error {
  var message: String
  /// The verb whose help explains it.
  var verb: Command.Verb?

  init(_ message: String, verb: Command.Verb? = nil) {
    self.message = message
    self.verb = verb
  }
}
