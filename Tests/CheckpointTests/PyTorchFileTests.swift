import DecisionTransformerCodegen
import Testing

/// Files of torch.save: what is read, and what is refused in which words.
@Suite struct PyTorchFileTests {
  /// Six float32 elements, 0 to 5.
  private static let data = SafetensorsWriter.bytes((0..<6).map { Float($0).bitPattern })

  private func file(_ bytes: [UInt8]) throws -> PyTorchFile {
    try PyTorchFile(bytes: bytes, path: "F")
  }

  /// The lines of the error that reading `bytes` throws.
  private func lines(_ bytes: [UInt8]) -> [String] {
    do throws(InvalidInput) {
      _ = try PyTorchFile(bytes: bytes, path: "F")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  /// A legacy and a zip file with one storage "0" of `data`.
  private func files(_ body: (inout PickleWriter) -> Void) -> [[UInt8]] {
    let object = PickleWriter.dictionary(body)
    return [
      PyTorchWriter.legacy(object, [("0", Self.data)]),
      PyTorchWriter.zip(object, [("0", Self.data)]),
    ]
  }

  @Test(
    arguments: [
      (0, [2, 3], [3, 1], [0, 1, 2, 3, 4, 5]), (0, [3, 2], [1, 3], [0, 3, 1, 4, 2, 5]),
      (1, [2], [3], [1, 4]), (5, [], [], [5]), (2, [2, 1, 2], [2, 9, 1], [2, 3, 4, 5]),
      (6, [0], [1], []), (0, [4_000_000_000, 4_000_000_000, 0], [1, 1, 1], []),
      (1, [2, 2], [1, 2], [1, 3, 2, 4]), (0, [2, 2], [1, 1], [0, 1, 1, 2]),
    ] as [(Int, [Int], [Int], [Float])])
  func stridesAndOffsetsAreFollowed(
    offset: Int, shape: [Int], strides: [Int], values: [Float]
  ) throws {
    for bytes in files({ writer in
      writer.text("a")
      writer.tensor("0", count: 6, offset: offset, shape: shape, strides: strides)
    }) {
      let tensors = try file(bytes).storedTensors
      #expect(tensors.map(\.header) == [TensorHeader("a", .float32, shape)])
      #expect(tensors.first?.values() == values)
      #expect(tensors.first?.doubles() == values.map(Double.init))
    }
  }

  @Test(
    arguments: [
      (1, [2, 3], [3, 1]), (-1, [1], [1]), (0, [7], [1]), (0, [2], [6]), (0, [2], [-1]),
      (7, [0], [1]),
      (0, [-2, -3], [3, 1]), (0, [2, 2], [Int.max, Int.max]), (Int.max, [2], [Int.max]),
    ] as [(Int, [Int], [Int])])
  func aTensorThatReachesOutsideItsStorageIsRefused(offset: Int, shape: [Int], strides: [Int]) {
    for bytes in files({ writer in
      writer.text("a")
      writer.tensor("0", count: 6, offset: offset, shape: shape, strides: strides)
    }) {
      #expect(
        lines(bytes) == [
          "F: a: shape \(shape), strides \(strides) and offset \(offset) reach outside a storage of "
            + "6 elements"
        ])
    }
  }

  @Test func aTensorWithMoreElementsThanItsStorageIsRefused() {
    for bytes in files({ writer in
      writer.text("a")
      writer.tensor("0", count: 6, shape: [1_000_000_000], strides: [0])
    }) {
      #expect(
        lines(bytes) == [
          "F: a: shape [1000000000] has more elements than its storage, 6; accepted: tensors whose "
            + "elements are stored one by one"
        ])
    }
  }

  @Test func parametersSizesDevicesAndAttributesAreUnderstood() throws {
    var writer = PickleWriter()
    writer.global("collections", "OrderedDict")
    writer.raw(")R(")
    writer.text("a")
    writer.global("torch._utils", "_rebuild_parameter")
    writer.raw("(")
    writer.tensor("0", count: 6, shape: [6])
    writer.raw([0x88])
    writer.raw("}tR")
    writer.raw("u}")
    writer.text("_metadata")
    writer.global("torch", "device")
    writer.text("cpu")
    writer.raw([0x85])
    writer.raw("Rsb.")
    for bytes in [
      PyTorchWriter.legacy(writer.bytes, [("0", Self.data)]),
      PyTorchWriter.zip(writer.bytes, [("0", Self.data)]),
    ] {
      #expect(try file(bytes).storedTensors.first?.values() == [0, 1, 2, 3, 4, 5])
    }
  }
}

// MARK: - Protocols

extension PyTorchFileTests {
  @Test(arguments: [3, 4, 5] as [UInt8])
  func laterProtocolsAreRead(version: UInt8) throws {
    var object = PickleWriter.dictionary { writer in
      writer.text("a")
      writer.tensor("0", count: 6, shape: [2, 3])
    }
    object[1] = version
    for bytes in [
      PyTorchWriter.legacy(object, [("0", Self.data)]),
      PyTorchWriter.zip(object, [("0", Self.data)]),
    ] {
      #expect(try file(bytes).storedTensors.first?.values() == [0, 1, 2, 3, 4, 5])
    }
  }
}

// MARK: - Pickles that are refused

extension PyTorchFileTests {
  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"),
    ("numpy.core.multiarray", "_reconstruct"), ("torch._utils", "_rebuild_tensor"),
    ("torch", "load"), ("torch", "CharStorage"),
  ])
  func noOtherGlobalIsAccepted(module: String, name: String) {
    for bytes in files({ writer in
      writer.global(module, name)
      writer.text("echo")
      writer.raw([0x85])
      writer.raw("R")
    })
      + files({ writer in
        // As protocol 4 spells it.
        for text in [module, name] { writer.raw([0x8C, UInt8(text.utf8.count)] + text.utf8) }
        writer.raw([0x93])
      })
    {
      #expect(
        lines(bytes) == [
          "F: global \(module).\(name): is not accepted, and nothing of the file is executed; a "
            + "checkpoint's pickle needs collections.OrderedDict, torch._utils._rebuild_tensor_v2, "
            + "torch._utils._rebuild_parameter, torch.Size, torch.device, torch.FloatStorage, "
            + "torch.HalfStorage, torch.BFloat16Storage, torch.DoubleStorage, torch.ByteStorage, "
            + "torch.BoolStorage, torch.LongStorage, torch.IntStorage"
        ])
    }
  }

  /// The opcodes that can make an object, and all others that torch.save does not write.
  @Test func noOtherOpcodeIsAccepted() {
    let accepted = Set(
      Array("NKMJGX)](}taesuqrhjcQRb.".utf8)
        + [0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x93, 0x94, 0x95])
    for opcode in UInt8.min...UInt8.max where !accepted.contains(opcode) {
      let bytes = PyTorchWriter.zip([0x80, 2, opcode] + Array(repeating: 0, count: 20), [])
      let digits = String(opcode, radix: 16)
      #expect(
        lines(bytes) == ["F: byte 2: the opcode 0x\(digits) is not one that torch.save writes"])
    }
  }

  @Test(
    arguments: [
      ([0x80, 1], "byte 0: pickle protocol 1; accepted: 2 to 5"),
      ([0x80, 6], "byte 0: pickle protocol 6; accepted: 2 to 5"),
      (
        [0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0x80],
        "byte 2: a frame of 9223372036854775809 bytes, the file has 0 more"
      ),
      (
        [0x95, 1, 0, 0],
        "byte 4: the pickle ends in the middle; the file is truncated or damaged"
      ),
      ([0x94], "byte 0: there is no value to remember; the file is damaged"),
      ([0x93], "byte 0: the stack has too few values; the file is damaged"),
      ([0x4E, 0x4E, 0x93], "byte 2: a global name that is no text"),
      (
        [0x8C, 200, 0x61],
        "byte 3: the pickle ends in the middle; the file is truncated or damaged"
      ),
      ([0x80, 2, 0x2E], "byte 2: the pickle ends with 0 values instead of one"),
      ([0x80, 2, 0x28, 0x2E], "byte 3: the pickle ends with 0 values instead of one"),
      ([0x80, 2, 0x4E, 0x4E, 0x2E], "byte 4: the pickle ends with 2 values instead of one"),
      ([0x85], "byte 0: the stack has too few values; the file is damaged"),
      ([0x4E, 0x28, 0x85], "byte 2: the stack has too few values; the file is damaged"),
      ([0x74], "byte 0: a mark is missing; the file is damaged"),
      ([0x71, 0], "byte 0: there is no value to remember; the file is damaged"),
      ([0x68, 9], "byte 0: value 9 was not remembered; the file is damaged"),
      ([0x8A, 9], "byte 2: an integer of 9 bytes; accepted: at most 8"),
      ([0x4E, 0x4E, 0x52], "byte 2: None is called; accepted: a function that makes a tensor"),
      ([0x4E, 0x4E, 0x62], "byte 2: attributes of None; accepted: of a dictionary"),
      ([0x4E, 0x4E, 0x61], "byte 2: values outside a list"),
      ([0x4E, 0x4E, 0x4E, 0x73], "byte 3: keys and values outside a dictionary"),
      ([0x7D, 0x28, 0x4E, 0x75], "byte 3: keys and values outside a dictionary"),
      ([0x29, 0x51], "byte 1: a persistent id that is no storage; accepted: those of torch.save"),
      (
        [0x58, 0xFF, 0xFF, 0xFF, 0xFF],
        "byte 5: the pickle ends in the middle; the file is truncated or damaged"
      ),
      ([0x63, 0x61], "byte 2: the pickle ends in the middle; the file is truncated or damaged"),
      ([0x4E, 0x2E], "holds None; accepted: a state_dict, names and their tensors"),
    ] as [([UInt8], String)])
  func aPickleThatIsNoneIsAnError(pickle: [UInt8], message: String) {
    #expect(lines(PyTorchWriter.zip(pickle, [])) == ["F: \(message)"])
  }

  @Test func nestingHasNoLimitAndNeedsNone() {
    let deep = Array(repeating: UInt8(0x85), count: 500_000)
    #expect(
      lines(PyTorchWriter.zip([0x80, 2, 0x4E] + deep + [0x2E], [])) == [
        "F: holds a tuple or a list; accepted: a state_dict, names and their tensors"
      ])
    // A list that contains itself.
    let own: [UInt8] = [0x80, 2, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]
    #expect(lines(PyTorchWriter.zip(own, [])).count == 1)
    let long = Array(repeating: UInt8(0x4E), count: PickleLimit.operations)
    #expect(
      lines(PyTorchWriter.zip(long + [0x2E], [])) == [
        "F: byte \(PickleLimit.operations - 1): a pickle of more than \(PickleLimit.operations) "
          + "operations"
      ])
  }

  private enum PickleLimit {
    static let operations = 1 << 20
  }

  @Test func whatIsNotAStateDictionaryIsExplained() {
    for bytes in files({ writer in
      writer.text("epoch")
      writer.integer(3)
      writer.text("state_dict")
      writer.raw("}")
      writer.integer(1)
      writer.tensor("0", count: 6, shape: [6])
      writer.text("a")
      writer.tensor("0", count: 6, shape: [6])
      writer.text("a")
      writer.tensor("0", count: 6, shape: [6])
    }) {
      #expect(
        lines(bytes) == [
          "F: epoch: found 3; accepted: a tensor",
          "F: state_dict: found a dictionary; accepted: a tensor; where a state_dict lies inside, "
            + #"save it alone: torch.save(checkpoint["state_dict"], ...)"#,
          "F: has the key 1; accepted: names of tensors",
          "F: a: occurs twice; accepted: once",
        ])
    }
  }
}

// MARK: - Containers that are refused

extension PyTorchFileTests {
  private var object: [UInt8] {
    PickleWriter.dictionary { writer in
      writer.text("a")
      writer.tensor("0", count: 6, shape: [6])
    }
  }

  @Test func aZipArchiveMustHoldWhatThePickleDescribes() {
    #expect(lines(PyTorchWriter.zip(object, [])) == [#"F: has no entry for storage "0""#])
    #expect(
      lines(PyTorchWriter.zip(object, [("0", Self.data + [0])])) == [
        #"F: storage "0" has 25 bytes; 6 elements of F32 are described"#
      ])
    #expect(
      lines(ZipWriter.archive([("x", [1])])) == [
        "F: is a zip archive with 0 entries data.pkl; accepted: what torch.save writes"
      ])
    #expect(
      lines(ZipWriter.archive([("a/data.pkl", object), ("b/data.pkl", object)])) == [
        "F: is a zip archive with 2 entries data.pkl; accepted: what torch.save writes"
      ])
    #expect(
      lines(ZipWriter.archive([("a/data.pkl", object), ("a/constants.pkl", [])])) == [
        "F: is a TorchScript program; accepted: a state_dict that torch.save wrote"
      ])
    #expect(
      lines(ZipWriter.archive([("a/data.pkl", object), ("a/data.pkl", object)])) == [
        #"F: entry "a/data.pkl" occurs twice; accepted: once"#
      ])
  }

  @Test func compressedEncryptedAndBigEndianFilesAreRefused() {
    let entries = [("m/data.pkl", object), ("m/data/0", Self.data)]
    #expect(
      lines(ZipWriter.archive(entries, method: 8)) == [
        #"F: entry "m/data.pkl" is compressed; accepted: entries that are stored as they are"#
      ])
    #expect(
      lines(ZipWriter.archive(entries, flags: 1)) == [
        #"F: entry "m/data.pkl" is encrypted; accepted: archives that torch.save wrote"#
      ])
    let big = "F: was written on a big-endian machine; accepted: little-endian files"
    #expect(
      lines(ZipWriter.archive(entries + [("m/byteorder", Array("big".utf8))])) == [big])
    // The second pickle's True becomes False.
    var legacy = PyTorchWriter.legacy(object, [("0", Self.data)])
    legacy[legacy.firstIndex(of: 0x88)!] = 0x89
    #expect(lines(legacy) == [big])
  }

  @Test func aLegacyFileMustEndWithItsStorages() {
    let whole = PyTorchWriter.legacy(object, [("0", Self.data)])
    #expect(lines(whole) == [])
    #expect(lines(whole.dropLast(1)) == [#"F: is truncated in storage "0""#])
    #expect(lines(whole + [0, 0]) == ["F: 2 bytes after the last storage belong to none"])
    #expect(lines(PyTorchWriter.legacy(object, [])) == [#"F: has no storage "0""#])
    #expect(
      lines(PyTorchWriter.legacy(object, [("0", Array(Self.data.dropLast(4)))])) == [
        #"F: is truncated in storage "0""#
      ])
    #expect(
      lines(PyTorchWriter.legacy(object, [("0", Self.data), ("0", Self.data)])) == [
        #"F: lists the storage "0", which is unknown, or twice"#
      ])
    #expect(
      lines(PyTorchWriter.legacy(object, [("1", Self.data)])) == [
        #"F: lists the storage "1", which is unknown, or twice"#
      ])
    var other = whole
    other[other.firstRange(of: [0x4D, 0xE9, 3])!.lowerBound + 1] = 0xEA
    #expect(lines(other) == ["F: is a PyTorch file of unknown version; accepted: 1001"])
  }

  @Test func oneStorageHasOneTypeAndOneLength() {
    for bytes in files({ writer in
      writer.text("a")
      writer.tensor("0", count: 6, shape: [6])
      writer.text("b")
      writer.tensor("0", count: 3, shape: [3], type: "DoubleStorage")
    }) {
      #expect(lines(bytes).count == 1)
      #expect(
        lines(bytes).first?.hasSuffix(#"storage "0" is 6 elements of F32 and 3 of F64 at once"#)
          == true)
    }
  }

  @Test func whatIsNoPyTorchFileIsAnError() {
    let message = "F: is not a PyTorch file; accepted: what torch.save writes, in both formats"
    for bytes in [[], [1, 2, 3], [0x80, 2, 0x7D, 0x2E], Array("{ \"a\": 1 }".utf8)] as [[UInt8]] {
      #expect(lines(bytes) == [message])
    }
    #expect(
      lines(TinyModel.file()) == [
        "F: is a safetensors file under another name; accepted: a PyTorch file, or this one as "
          + "*.safetensors"
      ])
    #expect(
      lines([0x50, 0x4B, 3, 4]) == [
        "F: is truncated, or no zip archive: the directory at its end is missing"
      ])
  }

  /// A file that ends early is never read as a whole one.
  @Test(arguments: ["zip/pytorch_model.bin", "legacy/pytorch_model.bin"])
  func noBeginningOfAFileIsAFile(file: String) throws {
    let bytes = try CheckpointFixtures.bytes(file)
    #expect(lines(bytes) == [])
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(lines(Array(bytes.prefix(count))).count == 1, "\(count) bytes")
    }
  }
}
