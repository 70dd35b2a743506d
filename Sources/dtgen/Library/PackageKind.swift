/// What `dtgen library --package` makes of a library besides its files, for whoever builds with something else.
enum PackageKind: String, CaseIterable {
  /// For `find_package` of CMake.
  case cmake
  /// For `pkg-config`.
  case pkgConfig = "pkg-config"
  /// A header with a class, C++17.
  case cPlusPlus = "c++"
  /// For `pip install`.
  case wheel

  /// The word that stands for all of them.
  static let all = "all"

  /// Those that the words mean.
  static func kinds(_ words: [String]) throws(UsageError) -> Set<PackageKind> {
    var kinds: Set<PackageKind> = []
    for word in words {
      if word == all {
        kinds.formUnion(allCases)
      } else if let kind = PackageKind(rawValue: word) {
        kinds.insert(kind)
      } else {
        let names = (allCases.map(\.rawValue) + [all]).joined(separator: ", ")
        throw UsageError(
          "--package '\(word)': no kind of package; accepted: \(names)", verb: .library)
      }
    }
    return kinds
  }
}
