/// The arguments after a verb: folders (one, unless told otherwise), options with a value, and flags.
///
/// Accepts `--name value` and `--name=value` in any order, and `--` before a folder whose name
/// begins with a hyphen.
struct ArgumentList {
  /// The positional arguments, as many as were asked for.
  let folders: [String]
  private let verb: Command.Verb
  private let values: [String: String]
  /// Of options that may be given several times, in order.
  private let lists: [String: [String]]
  private let flags: Set<String>

  init(
    _ arguments: [String], verb: Command.Verb, folders expected: Int = 1, options: Set<String>,
    repeated: Set<String> = [], flags accepted: Set<String>, wanted: String? = nil
  ) throws(UsageError) {
    var folders: [String] = []
    var values: [String: String] = [:]
    var lists: [String: [String]] = [:]
    var flags: Set<String> = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        folders += rest
        rest = []
      } else if !argument.hasPrefix("-") || argument == "-" {
        folders.append(argument)
      } else {
        let parts = argument.split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if accepted.contains(name) {
          guard parts.count == 1 else {
            throw UsageError("\(name) takes no value; '\(parts[1])' is too much", verb: verb)
          }
          flags.insert(name)
        } else if options.contains(name) || repeated.contains(name) {
          let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
          guard let value, !value.isEmpty else {
            throw UsageError("\(name) needs a value", verb: verb)
          }
          if repeated.contains(name) {
            lists[name, default: []].append(value)
            continue
          }
          guard values.updateValue(value, forKey: name) == nil else {
            throw UsageError("\(name) is given twice; one is accepted", verb: verb)
          }
        } else {
          let known = options.union(repeated).union(accepted).sorted().joined(separator: ", ")
          throw UsageError(
            "\(name) is no option of \(verb.rawValue); accepted: \(known)", verb: verb)
        }
      }
    }
    let needed =
      wanted
      ?? (expected == 1
        ? "the path of a <Name>.dtmodel folder" : "the paths of \(expected) folders")
    guard folders.count >= expected, !folders.contains("") else {
      throw UsageError("\(verb.rawValue) needs \(needed)", verb: verb)
    }
    guard folders.count == expected else {
      let most = wanted ?? (expected == 1 ? "one model folder" : "\(expected) folders")
      throw UsageError(
        "\(verb.rawValue) takes \(most); '\(folders[expected])' is too much", verb: verb)
    }
    self.folders = folders
    self.verb = verb
    self.values = values
    self.lists = lists
    self.flags = flags
  }

  var folder: String { folders[0] }

  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// nil where the option is not given.
  func value(_ option: String) -> String? { values[option] }

  func list(_ option: String) -> [String] { lists[option] ?? [] }

  func required(
    _ option: String, _ kind: String = "folder"
  ) throws(UsageError) -> String {
    guard let value = values[option] else {
      throw UsageError("\(verb.rawValue) needs \(option) <\(kind)>", verb: verb)
    }
    return value
  }

  /// nil where the option is not given.
  func positiveNumber(_ option: String) throws(UsageError) -> Double? {
    guard let text = values[option] else { return nil }
    guard let number = Double(text), number > 0, Float(number).isNormal else {
      throw UsageError(
        "\(option) '\(text)': a number above 0 that float32 can hold is accepted", verb: verb)
    }
    return number
  }
}
