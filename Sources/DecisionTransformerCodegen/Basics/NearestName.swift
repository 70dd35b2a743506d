/// What somebody may have meant who wrote a name that there is not.
package enum NearestName {
  /// The name that `written` is a slip of the pen of: half of its letters may differ.
  package static func of(_ written: String, in names: [String]) -> String? {
    guard let nearest = names.min(by: { distance(written, $0) < distance(written, $1) }),
      2 * distance(written, nearest) <= nearest.utf8.count
    else { return nil }
    return nearest
  }

  /// Whether `written` is `name` but for two letters at most, or their case.
  package static func isSlip(_ written: String, of name: String) -> Bool {
    distance(written.lowercased(), name.lowercased()) <= 2
  }

  /// The number of letters to insert, delete or replace to turn `a` into `b` (Levenshtein).
  private static func distance(_ a: String, _ b: String) -> Int {
    // A long name is near to none; looking at its start keeps the work small.
    let (a, b) = (Array(a.utf8.prefix(64)), Array(b.utf8))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
