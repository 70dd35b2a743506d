import DecisionTransformer

// A manifest from JSON, which must be one: a key more or less, a number out of range, a tensor that does not begin where
// the one before ends are errors.

extension Manifest {
  /// A manifest is some kilobytes; of a model of a thousand layers it is some megabytes.
  package static let largestFileSize = 16 << 20

  /// The manifest that `bytes` spell.
  ///
  /// - Parameter path: The file as the user knows it, for messages.
  /// - Throws: Everything that is wrong, in the order of the file.
  public static func read(_ bytes: [UInt8], path: String) throws(InvalidInput) -> Manifest {
    var file = JSONObjectFile(bytes, path: path)
    guard !file.isUnreadable else { throw InvalidInput(file.problems) }
    guard file["format"] == .integer(format) else {
      let found = file["format"].map { "found \($0.excerpt)" } ?? "is missing"
      throw InvalidInput([
        Diagnostic(
          path: path, key: "format",
          "\(found); accepted: \(format); generate the output anew with one version of dtgen")
      ])
    }
    let manifest = Manifest(&file)
    guard file.problems.isEmpty else { throw InvalidInput(file.problems) }
    return manifest
  }

  private init(_ file: inout JSONObjectFile) {
    file.expect(
      [
        "format", "generator", "model", "config_sha256", "layout", "files", "shape", "options",
        "weight_formats", "targets", "attention", "phases", "routines", "weight_bytes", "weights",
        "unread", "memory_bytes", "memory",
      ], optional: ["codegen_sha256", "packed_numbers", "precision_cost"])
    generator = file.text("generator")
    model = file.text("model")
    configDigest = file.text("config_sha256")
    optionsDigest = file["codegen_sha256"] == nil ? nil : file.text("codegen_sha256")
    layoutDigest = file.digest("layout")
    files = file.objects("files") { File(&$0) }
    shape = file.facts("shape")
    options = file.facts("options")
    let formats = file.objects("weight_formats") { WeightFormat(&$0) }
    weightFormats = formats
    targets = file.objects("targets") { Target(&$0) }
    attention = file.texts("attention")
    phases = file.objects("phases") { Phase(&$0) }
    routines = file.objects("routines") { Routine(&$0) }
    weightBytes = file.amount("weight_bytes")
    tensors = file.objects("weights") { Tensor(&$0, formats: formats) }
    unread = file.objects("unread") { Unread(&$0) }
    memoryBytes = file.amount("memory_bytes")
    buffers = file.objects("memory") { Buffer(&$0) }
    if file["packed_numbers"] != nil {
      packedNumbers = file.object("packed_numbers") { PackedNumbers(&$0) }
    }
    precisionCost = file["precision_cost"] == nil ? nil : file.facts("precision_cost")
    checkPlaces(&file)
  }

  /// The packed numbers are read by these places.
  private func checkPlaces(_ file: inout JSONObjectFile) {
    guard file.problems.isEmpty else { return }
    var end = 0
    var names: Set<String> = []
    for (index, tensor) in tensors.enumerated() {
      if !names.insert(tensor.name).inserted {
        let name = JSONValue.string(tensor.name).excerpt
        file.reject(
          "weights", element: index, "found \(name) once more; accepted: a name of its own")
        return
      }
      let expected = tensor.arrangement.floatCount * MemoryLayout<Float>.stride
      if tensor.offset != end || tensor.bytes != expected {
        file.reject(
          "weights", element: index,
          "found \(tensor.bytes) bytes at offset \(tensor.offset); accepted: \(expected) at \(end), "
            + "where the tensor before ends")
        return
      }
      end += tensor.bytes
    }
    if end != weightBytes {
      file.reject("weight_bytes", "found \(weightBytes); accepted: \(end), those of all tensors")
    }
  }
}

extension Manifest.File {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["name", "content"], optional: ["sha256", "base64_offset", "base64_bytes"])
    name = file.text("name")
    if name.isEmpty || name == "." || name == ".." || name.contains("/") || name.contains("\0") {
      file.reject(
        "name", "found \(JSONValue.string(name).excerpt); accepted: a file's name without a folder")
    }
    content = .code
    file.read("content", into: &content)
    digest = file["sha256"] == nil ? nil : file.text("sha256")
    if file["base64_offset"] != nil || file["base64_bytes"] != nil {
      let start = file.amount("base64_offset")
      base64 = start..<start + file.amount("base64_bytes")
    }
  }
}

extension Manifest.Phase {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["name", "multiply_adds", "weight_bytes", "routines"])
    name = file.text("name")
    multiplyAdds = file.amount("multiply_adds")
    weightBytes = file.amount("weight_bytes")
    routines = file.texts("routines")
  }
}

extension Manifest.Routine {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["name", "operations", "multiply_adds", "weight_bytes"])
    name = file.text("name")
    operationCount = file.amount("operations")
    multiplyAdds = file.amount("multiply_adds")
    weightBytes = file.amount("weight_bytes")
  }
}

extension Manifest.Tensor {
  fileprivate init(_ file: inout JSONObjectFile, formats: [WeightFormat]) {
    file.expect(
      ["name", "offset", "bytes", "shape", "arrangement", "formula", "from"],
      optional: ["bias", "where"])
    name = file.text("name")
    offset = file.amount("offset")
    bytes = file.amount("bytes")
    let (first, second) = file.pair("shape")
    arrangement = .rows(rows: first, columns: second)
    let kind = file.text("arrangement")
    if let format = formats.first(where: { $0.tableName == kind }) {
      arrangement = .strips(depth: first, columns: second, format: format)
    } else if kind != Self.rows, file["arrangement"] != nil {
      let accepted = Set(formats.map(\.tableName)).sorted() + [Self.rows]
      file.reject(
        "arrangement", found: .string(kind),
        accepted: accepted.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    formula = file.text("formula")
    bias = file["bias"] == nil ? nil : file.text("bias")
    definitions = file["where"] == nil ? [] : file.facts("where")
    sources = file.texts("from")
  }
}

extension WeightFormat {
  /// float32 where it is none.
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect([
      "name", "arrangement", "bits", "numbers", "rows_per_word", "strip_panels", "scales",
      "inputs",
    ])
    var format = WeightFormat.float32
    format.name = file.text("name")
    format.tableName = file.text("arrangement")
    file.read("bits", into: &format.bits, in: 2...32)
    file.read("numbers", into: &format.numbers)
    file.read("rows_per_word", into: &format.rowsPerWord, in: 1...16)
    file.read("strip_panels", into: &format.stripPanels, in: 1...1 << 10)
    file.read("scales", into: &format.scales)
    file.read("inputs", into: &format.inputs)
    if format.bits * format.rowsPerWord > 32 {
      file.reject(
        "rows_per_word",
        "found \(format.rowsPerWord) of \(format.bits) bits; accepted: as many as 32 bits hold")
      format = .float32
    }
    self = format
  }
}

extension Target {
  /// SSE2's where something is missing.
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect([
      "name", "level", "registers", "lanes", "fused_multiply_add", "dot_products",
    ])
    var target = Target.sse2
    target.name = file.text("name")
    file.read("level", into: &target.number, in: 0...255)
    file.read("registers", into: &target.registers, in: 1...1 << 10)
    file.read("lanes", into: &target.lanes, in: 1...1 << 10)
    file.read("fused_multiply_add", into: &target.hasFusedMultiplyAdd)
    file.read("dot_products", into: &target.dotProducts)
    self = target
  }
}

extension Manifest.Unread {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["reason", "tensors"])
    reason = file.text("reason")
    tensors = file.texts("tensors")
  }
}

extension Manifest.Buffer {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["name", "offset", "bytes", "shape", "holds"])
    name = file.text("name")
    offset = file.amount("offset")
    bytes = file.amount("bytes")
    shape = file.text("shape")
    purpose = file.text("holds")
  }
}

extension Manifest.PackedNumbers {
  fileprivate init(_ file: inout JSONObjectFile) {
    file.expect(["checksum", "place", "self_test"])
    checksum = file.digest("checksum")
    place = .program
    file.read("place", into: &place)
    hasSelfTest = false
    file.read("self_test", into: &hasSelfTest)
  }
}
