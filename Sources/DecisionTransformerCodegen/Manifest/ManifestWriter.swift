import DecisionTransformer

// A manifest as JSON. `ManifestReader` has the same keys.

extension Manifest {
  /// The bytes of the file.
  public var contents: [UInt8] { Array(ManifestText(json).text.utf8) }

  private var json: JSONValue {
    let facts: [(String, JSONValue?)] = [
      ("format", .integer(Self.format)), ("generator", .string(generator)),
      ("model", .string(model)), ("config_sha256", .string(configDigest)),
      ("codegen_sha256", optionsDigest.map(JSONValue.string)),
      ("layout", Self.digest(layoutDigest)), ("files", .array(files.map(\.json))),
      ("shape", .object(shape)), ("options", .object(options)),
      ("weight_formats", .array(weightFormats.map(\.json))),
      ("targets", .array(targets.map(\.json))), ("attention", JSONValue(attention)),
      ("phases", .array(phases.map(\.json))),
      ("routines", .array(routines.map(\.json))), ("weight_bytes", .integer(weightBytes)),
      ("weights", .array(tensors.map(\.json))), ("unread", .array(unread.map(\.json))),
      ("memory_bytes", .integer(memoryBytes)), ("memory", .array(buffers.map(\.json))),
      ("packed_numbers", packedNumbers?.json),
      ("precision_cost", precisionCost.map(JSONValue.object)),
    ]
    return .members(facts)
  }

  /// A digest or a checksum.
  fileprivate static func digest(_ number: UInt64) -> JSONValue {
    .string("0x" + PackedWeights.digestText(number))
  }
}

extension JSONValue {
  /// An object without the members that are nil.
  fileprivate static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { JSONMember(name: name, value: $0) } })
  }
}

extension Manifest.File {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("content", .string(content.rawValue)),
      ("sha256", digest.map(JSONValue.string)),
      ("base64_offset", base64.map { .integer($0.lowerBound) }),
      ("base64_bytes", base64.map { .integer($0.count) }),
    ])
  }
}

extension Manifest.Phase {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("multiply_adds", .integer(multiplyAdds)),
      ("weight_bytes", .integer(weightBytes)), ("routines", JSONValue(routines)),
    ])
  }
}

extension Manifest.Routine {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("operations", .integer(operationCount)),
      ("multiply_adds", .integer(multiplyAdds)), ("weight_bytes", .integer(weightBytes)),
    ])
  }
}

extension Manifest.Tensor {
  fileprivate var json: JSONValue {
    let (kind, shape): (String, [Int]) =
      switch arrangement {
      case .strips(let depth, let columns, let format): (format.tableName, [depth, columns])
      case .rows(let rows, let columns): (Self.rows, [rows, columns])
      }
    return .members([
      ("name", .string(name)), ("offset", .integer(offset)), ("bytes", .integer(bytes)),
      ("shape", .array(shape.map(JSONValue.integer))), ("arrangement", .string(kind)),
      ("formula", .string(formula)), ("bias", bias.map(JSONValue.string)),
      ("where", definitions.isEmpty ? nil : .object(definitions)), ("from", JSONValue(sources)),
    ])
  }

  /// The arrangement that is none of a format.
  package static let rows = "rows"
}

extension WeightFormat {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("arrangement", .string(tableName)), ("bits", .integer(bits)),
      ("numbers", .string(numbers.rawValue)), ("rows_per_word", .integer(rowsPerWord)),
      ("strip_panels", .integer(stripPanels)), ("scales", .string(scales.rawValue)),
      ("inputs", .string(inputs.rawValue)),
    ])
  }
}

extension Target {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("level", .integer(number)), ("registers", .integer(registers)),
      ("lanes", .integer(lanes)), ("fused_multiply_add", .bool(hasFusedMultiplyAdd)),
      ("dot_products", .string(dotProducts.rawValue)),
    ])
  }
}

extension Manifest.Unread {
  fileprivate var json: JSONValue {
    .members([("reason", .string(reason)), ("tensors", JSONValue(tensors))])
  }
}

extension Manifest.Buffer {
  fileprivate var json: JSONValue {
    .members([
      ("name", .string(name)), ("offset", .integer(offset)), ("bytes", .integer(bytes)),
      ("shape", .string(shape)), ("holds", .string(purpose)),
    ])
  }
}

extension Manifest.PackedNumbers {
  fileprivate var json: JSONValue {
    .members([
      ("checksum", Manifest.digest(checksum)), ("place", .string(place.rawValue)),
      ("self_test", .bool(hasSelfTest)),
    ])
  }
}
