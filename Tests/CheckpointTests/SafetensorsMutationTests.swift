import DecisionTransformerCodegen
import Programs
import Testing

/// Damaged files end in a message, or are files after all; they never stop the program.
@Suite struct SafetensorsMutationTests {
  private let file: [UInt8] = {
    var writer = SafetensorsWriter()
    writer.add("half", "F16", [3], [0, 0x3C, 1, 0, 2, 0x7C])
    writer.add("odd", "U8", [1], [7])
    writer.add("matrix", [2, 3], [1, 2, 3, 4, 5, 6])
    writer.add("scalar", "F64", [], SafetensorsWriter.bytes([Double(0.1).bitPattern]))
    writer.add("none", "BF16", [0, 4], [])
    return writer.file(padding: 5)
  }()

  @Test func noBeginningOfAFileIsAFile() {
    #expect(problems(in: file) == [])
    for count in 0..<file.count {
      #expect(problems(in: Array(file.prefix(count))).count >= 1, "\(count) bytes")
    }
  }

  @Test(arguments: 0..<8)
  func damagedFilesNeverCrash(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let headerEnd = 8 + Int(file[0]) + Int(file[1]) << 8
    var rejected = 0
    for _ in 0..<1000 {
      var mutant = file
      for _ in 0...Int.random(in: 0..<3, using: &generator) {
        mutate(&mutant, headerEnd: headerEnd, using: &generator)
      }
      do throws(InvalidInput) {
        try check(SafetensorsFile(bytes: mutant, path: "F"), size: mutant.count)
      } catch {
        rejected += 1
        #expect(!error.diagnostics.isEmpty)
        #expect(error.diagnostics.allSatisfy { $0.severity == .error && !$0.message.isEmpty })
      }
    }
    // Both outcomes must occur, or the mutations test nothing.
    #expect((500..<1000).contains(rejected), "\(rejected) rejected")
  }

  /// What every file that is accepted must satisfy.
  private func check(_ file: SafetensorsFile, size: Int) {
    var end = file.names.first.flatMap { file.tensors[$0]?.byteRange.lowerBound } ?? size
    for name in file.names {
      guard let entry = file.tensors[name] else {
        Issue.record("\(name) is listed and cannot be found")
        continue
      }
      #expect(entry.byteRange.lowerBound == end)
      end = entry.byteRange.upperBound
      #expect(entry.count == entry.shape.reduce(1, *))
      if entry.dataType.isReadable {
        #expect(file.values(of: name).count == entry.count)
        #expect(file.doubles(of: name).count == entry.count)
      }
    }
    #expect(end == size)
  }

  private func mutate(
    _ bytes: inout [UInt8], headerEnd: Int, using generator: inout SplitMix64
  ) {
    let header = 8..<max(9, min(headerEnd, bytes.count))
    let position = Int.random(in: header, using: &generator)
    guard position < bytes.count else { return }
    switch Int.random(in: 0..<8, using: &generator) {
    case 0:  // The length of the header.
      bytes[Int.random(in: 0..<8, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    case 1:  // The end of the file.
      bytes.removeLast(Int.random(in: 0...bytes.count - 8, using: &generator))
    case 2:  // More than the tensors.
      bytes += Array(repeating: 0, count: Int.random(in: 1...9, using: &generator))
    case 3:  // Any byte.
      bytes[Int.random(in: bytes.indices, using: &generator)] ^=
        UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
    case 4:  // A byte of the header goes, another comes, so that its length stays right.
      bytes.remove(at: position)
      bytes.insert(
        Array("0123456789[]{},:\"\\eE-+ ".utf8).randomElement(using: &generator) ?? 0,
        at: Int.random(in: header.lowerBound..<header.upperBound, using: &generator))
    case 5, 6:  // A digit of a shape or an offset.
      let digits = header.filter { $0 < bytes.count && (0x30...0x39).contains(bytes[$0]) }
      guard let digit = digits.randomElement(using: &generator) else { return }
      bytes[digit] = UInt8.random(in: 0x30...0x39, using: &generator)
    default:  // A letter of a name or a type.
      let letters = header.filter { $0 < bytes.count && (0x61...0x7A).contains(bytes[$0]) }
      guard let letter = letters.randomElement(using: &generator) else { return }
      bytes[letter] = UInt8.random(in: 0x61...0x7A, using: &generator)
    }
  }
}
