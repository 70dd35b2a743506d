/// One line of assembly: `vfmadd231ps (%rdx), %zmm1, %zmm2`.
struct Instruction: Equatable, CustomStringConvertible {
  let mnemonic: String
  let operands: String

  var description: String { "\(mnemonic) \(operands)" }

  /// A call of a function, on x86-64 or aarch64.
  var isCall: Bool { ["callq", "call", "bl", "blr"].contains(mnemonic) }

  /// Any jump but a call.
  var isJump: Bool {
    mnemonic.hasPrefix("j") || mnemonic == "b" || mnemonic.hasPrefix("b.")
      || ["cbz", "cbnz", "tbz", "tbnz", "br"].contains(mnemonic)
  }

  /// Where a jump goes, as a label of the function.
  var target: String? {
    guard isJump else { return nil }
    return operands.split(separator: " ").last.map { String($0) }
  }

  /// Reads or writes the stack, where a compiler keeps what does not fit into registers.
  var usesStack: Bool {
    operands.contains("(%rsp") || operands.contains("[sp")
  }

  /// Changes the register that a frame pointer would be in. In a loop that does, it is any other register.
  var changesFramePointer: Bool {
    operands.hasSuffix(", %rbp") || operands.hasPrefix("x29,")
  }

  /// A place at a constant distance below the frame pointer.
  var usesFrame: Bool {
    guard let place = operands.firstRange(of: "(%rbp)")?.lowerBound else {
      return operands.contains("[x29, #-")
    }
    let before = operands[..<place].reversed().prefix { $0.isNumber || $0 == "-" }
    return before.last == "-"
  }
}

/// The functions of an assembly file.
struct AssemblyListing {
  private(set) var functions: [AssemblyFunction] = []

  /// Reads an assembly file in which `comment` begins a remark.
  init(_ text: String, comment: String) {
    for line in text.split(separator: "\n") {
      if let label = Self.label(in: line) {
        if label.hasPrefix(".L") {
          if !functions.isEmpty { functions[functions.count - 1].begin(label) }
        } else {
          functions.append(AssemblyFunction(symbol: label))
        }
      } else if let instruction = Self.instruction(in: line, comment: comment), !functions.isEmpty {
        functions[functions.count - 1].append(instruction)
      }
    }
  }

  /// What the compiler made of the function `name`, a member of a type: more than one function, where
  /// it made special ones.
  func functions(named name: String) -> [AssemblyFunction] {
    // In a mangled name, an identifier follows its length, and the member follows its type, marked "O" as an enumeration.
    functions.filter { $0.symbol.contains("O\(name.utf8.count)\(name)") }
  }

  /// `name:` at the start of a line.
  private static func label(in line: Substring) -> String? {
    guard let first = line.first, !first.isWhitespace, first != "#", first != "/",
      let end = line.firstIndex(of: ":")
    else { return nil }
    return line[..<end].filter { $0 != "\"" }
  }

  private static func instruction(in line: Substring, comment: String) -> Instruction? {
    guard line.first == "\t" else { return nil }
    let text = line[..<(line.firstRange(of: comment)?.lowerBound ?? line.endIndex)]
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let mnemonic = words.first, !mnemonic.hasPrefix(".") else { return nil }
    return Instruction(
      mnemonic: String(mnemonic), operands: words.dropFirst().joined(separator: " "))
  }
}

/// One function.
struct AssemblyFunction {
  let symbol: String
  private(set) var instructions: [Instruction] = []
  private var labels: [String: Int] = [:]

  init(symbol: String) { self.symbol = symbol }

  mutating func begin(_ label: String) { labels[label] = instructions.count }
  mutating func append(_ instruction: Instruction) { instructions.append(instruction) }

  /// The loops that have no loop in them: from the target of a jump backwards to the jump.
  var innermostLoops: [[Instruction]] {
    let loops = instructions.indices.compactMap { index -> ClosedRange<Int>? in
      guard let target = instructions[index].target, let start = labels[target], start <= index
      else { return nil }
      return start...index
    }
    return loops.filter { loop in
      !loops.contains {
        $0 != loop && $0.lowerBound >= loop.lowerBound && $0.upperBound <= loop.upperBound
      }
    }.map { Array(instructions[$0]) }
  }
}
