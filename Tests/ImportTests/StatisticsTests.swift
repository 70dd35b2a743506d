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
    #expect(try Statistics.read(Array(Data(contentsOf: file)), path: "F") == expected)
  }

  @Test("a JSON object, under the names of codegen.json or shorter ones")
  func json() throws {
    for (mean, deviation) in [("state_mean", "state_std"), ("mean", "std")] {
      let text = #"{"\#(mean)": [0.5, 1.25, -2], "\#(deviation)": [1, 2, 0.5], "n": 7}"#
      #expect(try Statistics.read(Array(text.utf8), path: "F") == expected)
    }
  }

  @Test("nothing else, and it is said what is there")
  func refused() {
    for (text, message) in [
      (#"{"state_mean": [1]}"#, "has state_mean; accepted: state_mean and state_std"),
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
  private func npy(_ numbers: [Double]) -> [UInt8] {
    var header =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (\(numbers.count),), }"
    header += String(repeating: " ", count: 118 - header.utf8.count - 1) + "\n"
    let bytes = numbers.flatMap { number in
      withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
    }
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      + Array(header.utf8) + bytes
  }
}
