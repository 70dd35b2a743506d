import DecisionTransformerCodegen
import Testing

@Suite struct SafetensorsFileTests {
  @Test func aFileIsReadInTheOrderOfItsData() throws {
    // The header lists the tensors against the order of their data, and ends with spaces.
    let header = #"""
      {"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},
       "__metadata__":{"format":"pt","note":"two"},
       "none":{"dtype":"F64","shape":[0,3],"data_offsets":[4,4]},
       "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
      """#
    let data = SafetensorsWriter.bytes([Float(1.5), -2, 0.25].map(\.bitPattern))
    let file = try SafetensorsFile(
      bytes: SafetensorsWriter.file(header: header + "   ", data: data), path: "F")
    let start = 8 + header.utf8.count + 3
    #expect(file.names == ["a", "none", "b"])
    #expect(file.tensors.count == 3)
    #expect(file.tensors["a"]?.header == TensorHeader("a", .float32, []))
    #expect(file.tensors["b"]?.byteRange == start + 4..<start + 12)
    #expect(file.metadata == ["format": "pt", "note": "two"])
    #expect(file.values(of: "a") == [1.5])
    #expect(file.values(of: "b") == [-2, 0.25])
    #expect(file.values(of: "none") == [])
    #expect(file.doubles(of: "none") == [])
  }

  @Test func aFileWithoutTensorsIsAFile() throws {
    let file = try SafetensorsFile(bytes: SafetensorsWriter.file(header: "{}"), path: "F")
    #expect(file.names.isEmpty && file.tensors.isEmpty && file.metadata.isEmpty)
  }

  /// What the format's own library opens, although nobody should write it.
  @Test(arguments: [
    #"{"__metadata__":null,TENSOR}"#, #" {TENSOR}"#, "\n\t\r {TENSOR} \n\t\r ",
    #"{"__metadata__":{},TENSOR}"#,
  ])
  func whatTheFormatsLibraryOpensIsRead(header: String) throws {
    for more in ["", #","scale":2"#, #","x":null,"y":{"dtype":["F64"]}"#] {
      let tensor = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]\#(more)}"#
      let file = try SafetensorsFile(
        bytes: SafetensorsWriter.file(
          header: header.replacing("TENSOR", with: tensor),
          data: SafetensorsWriter.bytes([Float(1.5).bitPattern])), path: "F")
      #expect(file.values(of: "a") == [1.5])
      #expect(file.metadata.isEmpty)
    }
  }

  /// The length 640 begins with the bytes 80 02, as a pickle does.
  @Test func aHeaderLengthThatResemblesAnotherFormatIsAccepted() throws {
    let header = "{}" + String(repeating: " ", count: 638)
    _ = try SafetensorsFile(bytes: SafetensorsWriter.file(header: header), path: "F")
  }

  /// All element types of the format, at a scalar, with its size in bits.
  @Test func everyElementTypeIsParsed() throws {
    let bits: KeyValuePairs = [
      "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
      "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
      "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    ]
    var writer = SafetensorsWriter()
    for (name, width) in bits {
      writer.add(name, name, [4], Array(repeating: 0, count: width / 2))
    }
    let file = try SafetensorsFile(bytes: writer.file(), path: "F")
    #expect(bits.count == TensorDataType.allCases.count)
    for (name, _) in bits {
      #expect(file.tensors[name]?.dataType.rawValue == name)
      #expect(file.tensors[name]?.count == 4)
    }
    #expect(
      TensorDataType.allCases.filter(\.isReadable) == [.float16, .bfloat16, .float32, .float64])
  }
}

// MARK: - Wrong files

extension SafetensorsFileTests {
  @Test(
    arguments: [
      ([], "F: has 0 bytes; a safetensors file starts with the 8-byte length of its header"),
      (
        [1, 2, 3], "F: has 3 bytes; a safetensors file starts with the 8-byte length of its header"
      ),
      (
        Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n".utf8),
        "F: is a Git LFS pointer, not the weights; fetch them with: git lfs pull"
      ),
      (
        [0x50, 0x4B, 0x03, 0x04, 0, 0, 8, 8, 0],
        "F: is a PyTorch file under another name; accepted: a safetensors file, or this one as "
          + "pytorch_model.bin"
      ),
      (
        [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9],
        "F: is a PyTorch file under another name; accepted: a safetensors file, or this one as "
          + "pytorch_model.bin"
      ),
      (
        SafetensorsWriter.bytes([UInt64(100_000_001)]),
        "F: is not a safetensors file: its first 8 bytes give a header of 100000001 bytes; "
          + "the format allows 100000000"
      ),
      (
        SafetensorsWriter.bytes([UInt64.max]) + [0],
        "F: is not a safetensors file: its first 8 bytes give a header of 18446744073709551615 "
          + "bytes; the format allows 100000000"
      ),
      (
        SafetensorsWriter.bytes([UInt64(10)]) + Array("{}".utf8),
        "F: is truncated: the header alone needs 18 bytes, the file has 10"
      ),
    ] as [([UInt8], String)])
  func whatIsNotSafetensorsIsNamed(bytes: [UInt8], message: String) {
    #expect(problems(in: bytes) == [message])
  }

  @Test(arguments: [
    ("", #"F: header: does not start with "{""#),
    (" \u{B}{}", #"F: header: does not start with "{""#),
    ("   ", #"F: header: does not start with "{""#),
    ("[]", #"F: header: does not start with "{""#),
    ("{} x", #"F: header: line 1, column 4: "x" after the end of the JSON value"#),
    (
      "{\"a\":\n1,}",
      "F: header: line 2, column 3: a name in double quotes is missing; found \"}\""
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":1}"#,
      #"F: header: line 1, column 55: the key "a" occurs twice; accepted: once"#
    ),
    (
      #"{"__metadata__":[]}"#, "F: __metadata__: found an array; accepted: an object of strings"
    ),
    (
      #"{"__metadata__":{"epoch":3}}"#, "F: __metadata__.epoch: found 3; accepted: a string"
    ),
    (
      #"{"a":[1]}"#, "F: a: found an array; accepted: an object with dtype, shape and data_offsets"
    ),
  ])
  func aHeaderThatIsNotTheFormatsIsNamed(header: String, message: String) {
    #expect(problems(in: SafetensorsWriter.file(header: header)) == [message])
  }

  @Test(arguments: [
    (#""shape":[1],"data_offsets":[0,4]"#, "has no dtype"),
    (#""dtype":"F32","data_offsets":[0,4]"#, "has no shape"),
    (#""dtype":"F32","shape":[1]"#, "has no data_offsets"),
    (#""scale":2,"Dtype":"F32","shape":[1],"data_offsets":[0,4]"#, "has no dtype"),
    (
      #""dtype":"F31","shape":[1],"data_offsets":[0,4]"#,
      #"dtype: found "F31"; accepted: F32, F16, BF16, F64"#
    ),
    (#""dtype":32,"shape":[1],"data_offsets":[0,4]"#, "dtype: found 32; accepted: a string"),
    (
      #""dtype":"F32","shape":1,"data_offsets":[0,4]"#,
      "shape: found 1; accepted: an array of integers"
    ),
    (
      #""dtype":"F32","shape":[1,-1],"data_offsets":[0,4]"#,
      "shape[1]: found -1; accepted: an integer of at least 0"
    ),
    (
      #""dtype":"F32","shape":[1.0],"data_offsets":[0,4]"#,
      "shape[0]: found 1.0; accepted: an integer of at least 0"
    ),
    (
      #""dtype":"F32","shape":[1],"data_offsets":[0,4,8]"#,
      "data_offsets: found [0, 4, 8]; accepted: a start and an end not before it"
    ),
    (
      #""dtype":"F32","shape":[1],"data_offsets":[4,0]"#,
      "data_offsets: found [4, 0]; accepted: a start and an end not before it"
    ),
    (
      #""dtype":"F32","shape":[1],"data_offsets":[-4,0]"#,
      "data_offsets[0]: found -4; accepted: an integer of at least 0"
    ),
    (
      #""dtype":"F32","shape":[2,3],"data_offsets":[0,4]"#,
      "data_offsets [0, 4] span 4 bytes; F32 of shape [2, 3] takes 24"
    ),
    (
      #""dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]"#,
      "U8 of shape [4294967296, 4294967296] is not a possible number of bytes"
    ),
    (
      #""dtype":"F4","shape":[3],"data_offsets":[0,1]"#,
      "F4 of shape [3] is not a possible number of bytes"
    ),
  ])
  func aTensorThatIsDescribedWronglyIsNamed(fields: String, message: String) {
    let file = SafetensorsWriter.file(header: "{\"a\":{\(fields)}}", data: [0, 0, 0, 0])
    #expect(problems(in: file) == ["F: a: \(message)"])
  }

  @Test(
    arguments: [
      ([(0, 4), (8, 12)], 12, ["F: b: starts at byte 8, the end of a is 4; gaps are not allowed"]),
      ([(4, 8)], 8, ["F: a: starts at byte 4, the start of the data is 0; gaps are not allowed"]),
      (
        [(0, 8), (4, 12)], 12,
        ["F: b: starts at byte 4, the end of a is 8; overlaps are not allowed"]
      ),
      (
        // c follows a; only b, inside a, is wrong.
        [(0, 12), (4, 8), (12, 16)], 16,
        ["F: b: starts at byte 4, the end of a is 12; overlaps are not allowed"]
      ),
    ] as [([(Int, Int)], Int, [String])])
  func tensorsMustCoverTheDataExactly(ranges: [(Int, Int)], size: Int, messages: [String]) {
    let members = zip(["a", "b", "c"], ranges).map { name, range in
      #""\#(name)":{"dtype":"U8","shape":[\#(range.1 - range.0)],"#
        + #""data_offsets":[\#(range.0),\#(range.1)]}"#
    }
    let header = "{\(members.joined(separator: ","))}"
    let data = [UInt8](repeating: 0, count: size)
    #expect(problems(in: SafetensorsWriter.file(header: header, data: data)) == messages)
  }

  @Test func aFileOfTheWrongLengthSaysWhichIsRight() {
    var writer = SafetensorsWriter()
    writer.add("a", [3], [1, 2, 3])
    let file = writer.file()
    #expect(
      problems(in: file.dropLast(5)) == [
        "F: is truncated: its header describes \(file.count) bytes, the file has \(file.count - 5)"
      ])
    #expect(
      problems(in: file + [0, 0]) == [
        "F: 2 bytes after the last tensor belong to no tensor: its header describes "
          + "\(file.count) bytes, the file has \(file.count + 2)"
      ])
  }

  @Test func positionsUpToTheLargestIntegerAreJudgedWithoutOverflow() {
    let end = Int.max - 4
    let header =
      #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"U8","shape":[\#(end - 4)],"data_offsets":[4,\#(end)]}}"#
    let lines = problems(in: SafetensorsWriter.file(header: header, data: [0, 0, 0, 0]))
    #expect(lines == ["F: b: U8 of shape [\(end - 4)] is not a possible number of bytes"])
    let far =
      #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[\#(Int.max),\#(Int.max)]}}"#
    let expected = UInt(Int.max) + UInt(8 + far.utf8.count)
    #expect(
      problems(in: SafetensorsWriter.file(header: far)) == [
        "F: is truncated: its header describes \(expected) bytes, "
          + "the file has \(8 + far.utf8.count)",
        "F: a: starts at byte \(Int.max), the start of the data is 0; gaps are not allowed",
      ])
  }

  @Test func allProblemsOfAHeaderAreReportedTogether() {
    let header = #"""
      {"__metadata__":{"x":null},"a":{"dtype":"F99","shape":[-1],"data_offsets":[0]},"b":true}
      """#
    #expect(
      problems(in: SafetensorsWriter.file(header: header)) == [
        "F: __metadata__.x: found null; accepted: a string",
        #"F: a: dtype: found "F99"; accepted: F32, F16, BF16, F64"#,
        "F: a: shape[0]: found -1; accepted: an integer of at least 0",
        "F: a: data_offsets: found [0]; accepted: a start and an end not before it",
        "F: b: found true; accepted: an object with dtype, shape and data_offsets",
      ])
  }
}
