/// The difference of two texts in the unified format that `patch` and review tools read.
public struct UnifiedDiff: Equatable, Sendable {
  /// What happens to one line on the way from the old text to the new one.
  private enum Change: Equatable {
    case keep, remove, insert
  }

  /// A line with its line end, so that a missing one at the end of a text is a difference too.
  private struct Edit: Equatable {
    package var change: Change
    package var line: Line
  }

  /// Bytes, not characters: strings that differ only in their Unicode form count as different.
  private typealias Line = ArraySlice<UInt8>

  /// Lines of context around a change.
  private static let context = 3
  /// Above this many differing lines on either side no shortest edit is looked for.
  private static let searchLimit = 6_000

  /// The hunks, without the two lines that name the files; empty if the texts are equal.
  public let hunks: String
  /// Lines that only the old text has, and lines that only the new one has.
  public let removedLineCount, addedLineCount: Int

  /// The difference of two texts in UTF-8.
  public init(from old: [UInt8], to new: [UInt8]) {
    let edits = Self.edits(from: Self.lines(of: old), to: Self.lines(of: new))
    hunks = Self.render(edits)
    removedLineCount = edits.count { $0.change == .remove }
    addedLineCount = edits.count { $0.change == .insert }
  }

  public var isEmpty: Bool { hunks.isEmpty }

  /// The complete diff of one file; `/dev/null` is the customary name of a missing one.
  public func text(oldName: String, newName: String) -> String {
    isEmpty ? "" : "--- \(oldName)\n+++ \(newName)\n\(hunks)"
  }
}

extension UnifiedDiff {
  private static func lines(of text: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    while start < text.count {
      let newline = text[start...].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline.map { $0 + 1 } ?? text.count
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }

  private static func edits(from old: [Line], to new: [Line]) -> [Edit] {
    let shorter = min(old.count, new.count)
    var prefix = 0
    while prefix < shorter, old[prefix] == new[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < shorter - prefix, old[old.count - 1 - suffix] == new[new.count - 1 - suffix] {
      suffix += 1
    }
    let oldMiddle = old[prefix..<(old.count - suffix)]
    let newMiddle = new[prefix..<(new.count - suffix)]
    return old[..<prefix].map { Edit(change: .keep, line: $0) }
      + middleEdits(from: Array(oldMiddle), to: Array(newMiddle))
      + old[(old.count - suffix)...].map { Edit(change: .keep, line: $0) }
  }

  /// A shortest edit by the standard library's Myers algorithm; its memory grows with the square
  /// of the number of edits, so very different texts are replaced as a whole.
  private static func middleEdits(from old: [Line], to new: [Line]) -> [Edit] {
    var removed = Array(repeating: false, count: old.count)
    var inserted = Array(repeating: false, count: new.count)
    if max(old.count, new.count) > searchLimit {
      removed = removed.map { _ in true }
      inserted = inserted.map { _ in true }
    } else {
      for change in new.difference(from: old) {
        switch change {
        case .remove(let offset, _, _): removed[offset] = true
        case .insert(let offset, _, _): inserted[offset] = true
        }
      }
    }
    var edits: [Edit] = []
    var (o, n) = (0, 0)
    while o < old.count || n < new.count {
      if o < old.count, removed[o] {
        edits.append(Edit(change: .remove, line: old[o]))
        o += 1
      } else if n < new.count, inserted[n] {
        edits.append(Edit(change: .insert, line: new[n]))
        n += 1
      } else {
        edits.append(Edit(change: .keep, line: old[o]))
        (o, n) = (o + 1, n + 1)
      }
    }
    return edits
  }

  private static func render(_ edits: [Edit]) -> String {
    var text = ""
    // Lines of the old and of the new text before the edit at hand, counted once for all hunks.
    var (oldLine, newLine, counted) = (0, 0, 0)
    for range in hunkRanges(edits) {
      for edit in edits[counted..<range.lowerBound] {
        oldLine += edit.change == .insert ? 0 : 1
        newLine += edit.change == .remove ? 0 : 1
      }
      let hunk = edits[range]
      let oldCount = hunk.count { $0.change != .insert }
      let newCount = hunk.count { $0.change != .remove }
      text += "@@ -\(span(oldLine, oldCount)) +\(span(newLine, newCount)) @@\n"
      for edit in hunk {
        text += edit.change == .keep ? " " : edit.change == .remove ? "-" : "+"
        text += String(decoding: edit.line, as: UTF8.self)
        if edit.line.last != UInt8(ascii: "\n") { text += "\n\\ No newline at end of file\n" }
      }
      (oldLine, newLine, counted) = (oldLine + oldCount, newLine + newCount, range.upperBound)
    }
    return text
  }

  /// Start (from 1; the line before where there is none) and number of lines.
  private static func span(_ linesBefore: Int, _ count: Int) -> String {
    let start = count == 0 ? linesBefore : linesBefore + 1
    return count == 1 ? "\(start)" : "\(start),\(count)"
  }

  /// Changes with their context; hunks that would touch are one.
  private static func hunkRanges(_ edits: [Edit]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for index in edits.indices where edits[index].change != .keep {
      let range = max(0, index - context)..<min(edits.count, index + context + 1)
      if let last = ranges.last, last.upperBound >= range.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    return ranges
  }
}
