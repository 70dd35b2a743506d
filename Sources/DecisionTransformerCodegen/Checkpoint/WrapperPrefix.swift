/// What a wrapper put before the name of every tensor.
struct WrapperPrefix {
  /// `decision_transformer.` of a model that holds this one, `module.` of data-parallel training,
  /// `_orig_mod.` of torch.compile.
  static let accepted = ["decision_transformer.", "module.", "_orig_mod."]

  private let text: String
  /// What is wrong with the prefixes, if anything is.
  let problem: String?

  /// The prefix that all of `names` carry, if it is made of accepted ones.
  init(of names: [String]) {
    let counts = Dictionary(names.map { (Self.prefix(of: $0), 1) }, uniquingKeysWith: +)
    // The order of a dictionary must not decide between two that are equally frequent.
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    if usual.isEmpty {
      text = Self.unknownPrefix(of: names)
      problem =
        text.isEmpty
        ? nil
        : "the tensors' names start with \"\(text)\"; accepted: "
          + Self.accepted.joined(separator: ", ")
      return
    }
    text = String(usual)
    let others = names.filter { Self.prefix(of: $0) != usual }
    problem =
      others.isEmpty
      ? nil
      : "the prefix \"\(usual)\" must stand before all tensors' names or before none; "
        + "not before \(NameList.text(others))"
  }

  /// `name` without the prefix, if it has it.
  func removed(from name: String) -> String {
    name.hasPrefix(text) ? String(name.dropFirst(text.count)) : name
  }

  /// The accepted prefixes, stacked in any order, that `name` starts with.
  private static func prefix(of name: String) -> Substring {
    var rest = name[...]
    while let prefix = accepted.first(where: rest.hasPrefix) {
      rest = rest.dropFirst(prefix.count)
    }
    return name[..<rest.startIndex]
  }

  /// A prefix nobody told us about explains all the missing tensors at once; empty if there is none.
  private static func unknownPrefix(of names: [String]) -> String {
    let anchor = ".embed_timestep.weight"
    guard let name = names.first(where: { $0.hasSuffix(anchor) }) else { return "" }
    return String(name.dropLast(anchor.count - 1))
  }
}
