import DecisionTransformerCodegen
import Testing

@Suite("The unified diff")
struct UnifiedDiffTests {
  @Test("of equal texts is empty")
  func equal() {
    #expect(diff("a\nb\n", "a\nb\n").text(oldName: "x", newName: "y") == "")
  }

  @Test("reads as other tools write it")
  func format() {
    let old = (1...20).map { "\($0)\n" }.joined()
    let new = old.replacing("\n10\n", with: "\nten\nten and a half\n")
    #expect(
      diff(old, new).text(oldName: "old", newName: "new") == """
        --- old
        +++ new
        @@ -7,7 +7,8 @@
         7
         8
         9
        -10
        +ten
        +ten and a half
         11
         12
         13

        """)
  }

  @Test("gives an insertion at the top, and an empty text, the customary line numbers")
  func edges() {
    #expect(diff("", "a\n").hunks == "@@ -0,0 +1 @@\n+a\n")
    #expect(diff("a\n", "").hunks == "@@ -1 +0,0 @@\n-a\n")
  }

  @Test("marks a missing line end")
  func missingLineEnd() {
    #expect(
      diff("a\nb", "a\nb\n").hunks == """
        @@ -1,2 +1,2 @@
         a
        -b
        \\ No newline at end of file
        +b

        """)
  }

  @Test("keeps lines apart that only look the same")
  func canonicalEquivalence() {
    #expect(!diff("caf\u{E9}\n", "cafe\u{301}\n").isEmpty)
  }

  @Test("applied to the old text gives the new one", arguments: 0..<200)
  func applies(seed: UInt64) throws {
    var random = Lehmer(state: seed &* 2 + 1)
    let old = random.text()
    let new = seed % 3 == 0 ? random.text() : random.edited(old)
    #expect(try Patch(diff(old, new).hunks).applied(to: old) == new)
  }

  @Test("replaces texts that share next to nothing, however long, in bounded time")
  func large() throws {
    let old = (0..<20_000).map { "old \($0)\n" }.joined()
    let new = (0..<20_000).map { "new \($0)\n" }.joined()
    #expect(try Patch(diff(old, new).hunks).applied(to: old) == new)
  }

  private func diff(_ old: String, _ new: String) -> UnifiedDiff {
    UnifiedDiff(from: Array(old.utf8), to: Array(new.utf8))
  }
}

/// Small texts over few different lines, so that random ones have much in common.
private struct Lehmer: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 0xda94_2042_e4dd_58b5 &+ 0x9e37_79b9
    return state ^ (state >> 31)
  }

  mutating func text() -> String {
    let lines = (0..<Int.random(in: 0...40, using: &self)).map { _ in line() }
    return lines.joined() + (Bool.random(using: &self) ? "" : "no line end")
  }

  mutating func edited(_ text: String) -> String {
    var lines = text.split(separator: "\n").map { "\($0)\n" }
    for _ in 0..<Int.random(in: 1...3, using: &self) {
      let index = Int.random(in: 0...lines.count, using: &self)
      if Bool.random(using: &self) || index == lines.count {
        lines.insert(line(), at: index)
      } else {
        lines.remove(at: index)
      }
    }
    return lines.joined()
  }

  private mutating func line() -> String {
    ["a", "b", "c", "d", ""].randomElement(using: &self)! + "\n"
  }
}

/// The other side of the format, written from its description: checks every count and every line
/// it takes away.
private struct Patch {
  struct Mismatch: Error {
    var line: Int
  }

  private let lines: [String]

  init(_ hunks: String) {
    lines = hunks.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
      String.init)
  }

  func applied(to old: String) throws -> String {
    let source = Self.lines(of: old)
    var result: [String] = []
    var taken = 0
    var index = 0
    while index < lines.count {
      let numbers = lines[index].split(separator: " ")
      guard numbers.count == 4, numbers[0] == "@@", numbers[3] == "@@" else {
        throw Mismatch(line: index)
      }
      let (oldStart, oldCount) = try Self.span(numbers[1].dropFirst())
      let (newStart, newCount) = try Self.span(numbers[2].dropFirst())
      index += 1
      result += source[taken..<oldStart]
      taken = oldStart
      guard result.count == newStart else { throw Mismatch(line: index) }
      let (takenBefore, resultBefore) = (taken, result.count)
      while index < lines.count, !lines[index].hasPrefix("@@") {
        let isLast = index + 1 < lines.count && lines[index + 1].hasPrefix("\\")
        let line = lines[index].dropFirst() + (isLast ? "" : "\n")
        if lines[index].hasPrefix("+") {
          result.append(String(line))
        } else {
          guard taken < source.count, source[taken] == line else { throw Mismatch(line: index) }
          if lines[index].hasPrefix(" ") { result.append(source[taken]) }
          taken += 1
        }
        index += isLast ? 2 : 1
      }
      guard taken - takenBefore == oldCount, result.count - resultBefore == newCount else {
        throw Mismatch(line: index)
      }
    }
    return (result + source[taken...]).joined()
  }

  /// Lines before the hunk, and lines in it.
  private static func span(_ text: Substring) throws -> (start: Int, count: Int) {
    let parts = text.split(separator: ",").compactMap { Int($0) }
    guard let start = parts.first else { throw Mismatch(line: 0) }
    let count = parts.count == 2 ? parts[1] : 1
    return (count == 0 ? start : start - 1, count)
  }

  private static func lines(of text: String) -> [String] {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return parts.dropLast().map { $0 + "\n" } + (parts.last == "" ? [] : [parts.last!])
  }
}
