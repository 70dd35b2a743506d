import DTGenImport
import Foundation
import RecordedEpisodes
import TestFolders
import Testing

/// Files with the mean and the deviation of states.
@Suite("Statistics are read from")
struct StatisticsTests {
  private let expected = [
    JSONMember(name: "state_mean", value: .array([.number(0.5), .number(1.25), .integer(-2)])),
    JSONMember(name: "state_std", value: .array([.integer(1), .integer(2), .number(0.5)])),
  ]

  @Test("an .npz file of NumPy, in either precision and order")
  func npz() throws {
    let file = TestData.families.appending(path: "statistics.npz")
    #expect(try members(Statistics.read(Array(Data(contentsOf: file)), path: "F")) == expected)
  }

  @Test("a JSON object, under the names of codegen.json or shorter ones")
  func json() throws {
    for (mean, deviation) in [("state_mean", "state_std"), ("mean", "std")] {
      let text = #"{"\#(mean)": [0.5, 1.25, -2], "\#(deviation)": [1, 2, 0.5], "n": 7}"#
      let statistics = try Statistics.read(Array(text.utf8), path: "F")
      #expect(members(statistics) == expected)
      #expect(statistics.map(\.name) == [mean, deviation] && statistics.map(\.path) == ["F", "F"])
    }
  }

  private func members(_ statistics: [Statistic]) -> [JSONMember] {
    statistics.map { JSONMember(name: $0.key, value: $0.value) }
  }

  @Test("nothing else, and it is said what is there")
  func refused() {
    for (text, message) in [
      (#"{"state_mean": [1]}"#, "has state_mean; accepted: state_mean and state_std"),
      ("{}", "has nothing; accepted: state_mean and state_std"),
      ("[1]", "is neither a JSON object nor an .npz file"),
      ("{", "a name in double quotes is missing"),
    ] {
      let error = #expect(throws: InvalidInput.self) {
        try Statistics.read(Array(text.utf8), path: "F")
      }
      #expect(error?.diagnostics.count == 1)
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  /// An archive of one stored entry, as `numpy.savez` writes it.
  private func npz(_ name: String, _ array: [UInt8]) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let path = Array("\(name).npy".utf8)
    let entry =
      number(20, 2) + number(0, 12) + number(array.count, 4) + number(array.count, 4)
      + number(path.count, 2) + number(0, 2)
    let file = Array("PK\u{3}\u{4}".utf8) + entry + path + array
    let directory = Array("PK\u{1}\u{2}".utf8) + number(20, 2) + entry + number(0, 14) + path
    return file + directory + Array("PK\u{5}\u{6}".utf8) + number(0, 4) + number(1, 2)
      + number(1, 2) + number(directory.count, 4) + number(file.count, 4) + number(0, 2)
  }

  @Test("arrays of finite numbers, and of another one the name and the type are said")
  func unusable() throws {
    let accepted = "; accepted: finite numbers, <f4, <f8, <i4 or <i8"
    for (array, message) in [
      (npy([1], type: "<U1"), "is an array of type <U1"), (npy([1, .nan]), "has nan at [1]"),
      (Array("text".utf8), "is nothing that numpy.save wrote"),
    ] {
      let error = #expect(throws: InvalidInput.self) {
        try Statistics.read(npz("mean", array), path: "F.npz")
      }
      #expect(
        error?.diagnostics == [Diagnostic(path: "F.npz", key: "mean", message + accepted)])
      // Beside a checkpoint a file is one array.
      let scratch = ScratchFolder(named: "import")
      let family = try RecordedFamily("kzl-gym-a")
      try scratch.write(
        "model.pt", Array(Data(contentsOf: family.folder.appending(path: "model.pt"))))
      try scratch.write("state_mean.npy", array)
      var importer = family.importer()
      importer.path = scratch.path
      importer.given.removeAll { $0.name == "state_mean" }
      let beside = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
      #expect(
        beside?.diagnostics == [
          Diagnostic(path: scratch.path("state_mean.npy"), message + accepted)
        ])
    }
  }

  @Test("a file that messages name, with its own keys, where the numbers do not fit the model")
  func origin() throws {
    let family = try RecordedFamily("kzl-gym-a")
    var importer = family.importer()
    importer.given.removeAll { $0.name.hasPrefix("state_") }
    importer.statistics = try Statistics.read(
      Array(#"{"mean": [1, 2], "std": [1, 0]}"#.utf8), path: "S.json")
    let error = #expect(throws: InvalidInput.self) { try importer.run(output: "A.dtmodel") }
    #expect(error?.diagnostics.map(\.path).allSatisfy { $0 == "S.json" } == true)
    #expect(error?.diagnostics.map(\.key) == ["mean", "std[1]", "std"])
    // What is set has the last word.
    importer.given = family.given
    #expect(
      try importer.run(output: "A.dtmodel").files
        == family.importer().run(output: "A.dtmodel").files)
  }

  @Test(".npy files beside a checkpoint, where nothing else is given")
  func beside() throws {
    let family = try RecordedFamily("kzl-gym-a")
    let scratch = ScratchFolder(named: "import")
    try scratch.write(
      "model.pt", Array(Data(contentsOf: family.folder.appending(path: "model.pt"))))
    var importer = family.importer()
    let expected = try importer.run(output: "A.dtmodel").files
    importer.path = scratch.path
    importer.given.removeAll { $0.name.hasPrefix("state_") }
    for member in family.given where member.name.hasPrefix("state_") {
      guard case .array(let numbers) = member.value else { continue }
      try scratch.write("\(member.name).npy", npy(numbers.map { number($0) }))
    }
    #expect(try importer.run(output: "A.dtmodel").files == expected)
  }

  private func number(_ value: JSONValue) -> Double {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: .nan
    }
  }

  /// What `numpy.save` writes for a vector of float64.
  private func npy(_ numbers: [Double], type: String = "<f8") -> [UInt8] {
    var header =
      "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(numbers.count),), }"
    header += String(repeating: " ", count: 118 - header.utf8.count - 1) + "\n"
    let bytes = numbers.flatMap { number in
      withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
    }
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      + Array(header.utf8) + bytes
  }
}
