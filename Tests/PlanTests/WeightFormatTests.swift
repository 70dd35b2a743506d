import AddedValues
import DecisionTransformer
import DTGenReports
import DecisionTransformerCodegen
import Foundation
import Programs
import Testing

/// Formats as values: what they do to numbers, where these lie, and what is planned and written for them.
@Suite("A weight format")
struct WeightFormatTests {
  private static let seeds = UInt64(0)..<10

  /// Those of integers.
  private static let integers = WeightFormat.added + [.int8, .int16]

  @Test("gives back each of its integers, whatever row of a word it is in")
  func integers() {
    for format in Self.integers {
      let largest = 1 << (format.bits - 1) - 1
      let scale = format.scale(of: [Float(largest) / 8, -1])
      #expect(scale == 0.125)
      for integer in stride(from: -largest, through: largest, by: format.bits == 8 ? 1 : 77) {
        let number = Float(integer) / 8
        for row in 0..<format.rowsPerWord {
          // Neighbours of both signs, which must not change it.
          var numbers = (0..<format.rowsPerWord).map { Float($0 % 2 == 0 ? -largest : 3) / 8 }
          numbers[row] = number
          let word = format.encode(numbers[...], scale: scale, depth: 2)
          let decoded = numbers.indices.map { format.decode(word, row: $0, scale: scale) }
          #expect(decoded == numbers, "\(format.name), \(integer) in row \(row)")
        }
      }
    }
  }

  @Test("is off by half a step at most, and keeps zero and the largest numbers")
  func steps() {
    var random = SplitMix64(seed: 3)
    for format in Self.integers {
      for exponent in -12...12 {
        let size = Double(sign: .plus, exponent: 3 * exponent, significand: 1)
        let column = RandomModel.numbers(40, -size...size, &random).map { Float($0) } + [0]
        let scale = format.scale(of: column)
        let stored = column.map {
          format.decode(
            format.encode([$0], scale: scale, depth: column.count), row: 0, scale: scale)
        }
        #expect(stored.last == 0)
        for (number, stored) in zip(column, stored) {
          let limit = Double(scale) / 2 + Double(number.magnitude) * 1e-7
          #expect(abs(Double(number) - Double(stored)) <= limit, "\(format.name): \(number)")
        }
        let largest = column.max { $0.magnitude < $1.magnitude }!
        #expect(abs(stored[column.firstIndex(of: largest)!] / largest - 1) < 1e-6)
      }
      // Half-way, to the even integer; a column of zeros; one whose scale is too small for float32.
      let word = format.encode([2.5], scale: 1, depth: 1)
      #expect(format.decode(word, row: 0, scale: 1) == 2)
      #expect(format.scale(of: [0, 0]) == 0)
      let zeros = format.encode([0, 0], scale: 0, depth: 2)
      #expect((0..<format.rowsPerWord).allSatisfy { format.decode(zeros, row: $0, scale: 1) == 0 })
      let tiny = Float.leastNonzeroMagnitude
      #expect(format.decode(format.encode([tiny], scale: 0, depth: 1), row: 0, scale: 0) == 0)
    }
  }

  @Test("of integers packs biases, scales and words, and zero everywhere else")
  func packing() throws {
    for seed in Self.seeds {
      let model = RandomModel.model(seed: seed)
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      for format in Self.integers {
        let plan = model.plan(format: format)
        let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
        let folded = FoldedTensors(plan, checkpoint)
        for tensor in plan.weights.tensors {
          guard case .strips(let depth, let columns, format) = tensor.arrangement else { continue }
          let map = folded.map(tensor.content)
          let place = "\(tensor.name) of seed \(seed), \(format.name)"
          var known: Set<Int> = []
          for column in 0..<columns {
            func number(_ row: Int) -> Float {
              tensor.arrangement.number(row: row, column: column, at: tensor.offset, in: payload)
            }
            let scalePlace = try #require(tensor.arrangement.scalePlace(column: column))
            let scale = payload[tensor.offset + scalePlace]
            known.formUnion([tensor.arrangement.place(row: 0, column: column), scalePlace])
            let largest = (0..<depth).map { abs(Float(map.weights[$0, column])) }.max()!
            let integer =
              format == .int16
              ? Int((Double(Int32.max) / Double(depth)).squareRoot()) : 1 << (format.bits - 1) - 1
            #expect(scale == largest / Float(min(integer, 32767)), "\(place)")
            #expect(number(0) == Float(map.bias[column]), "\(place)")
            for row in 0..<depth {
              known.insert(tensor.arrangement.place(row: 1 + row, column: column))
              let exact = map.weights[row, column]
              let limit = Double(scale) / 2 + abs(exact) * 2e-7
              #expect(abs(Double(number(1 + row)) - exact) <= limit, "\(place): row \(row)")
            }
          }
          let words = 2 + (depth + format.rowsPerWord - 1) / format.rowsPerWord
          #expect(known.count == columns * words, "\(place)")
          #expect(tensor.floatCount == (columns + 15) / 16 * 16 * words, "\(place)")
          for index in 0..<tensor.floatCount where !known.contains(index) {
            #expect(payload[tensor.offset + index].bitPattern == 0, "\(place): word \(index)")
          }
        }
      }
    }
  }

  @Test("changes no tensor but the blocks' matrices")
  func others() throws {
    for seed in Self.seeds {
      let model = RandomModel.model(seed: seed)
      let checkpoint = RandomModel.checkpoint(of: model, seed: seed)
      let plans = [model.plan(format: .float32), model.plan(format: .integers16)]
      guard plans[0].forms[0] != .carried else { continue }  // There an entry is a product of them.
      let payloads = try plans.map { try Packer.payload($0, checkpoint: checkpoint, path: "") }
      for (tensor, other) in zip(plans[0].weights.tensors, plans[1].weights.tensors) {
        #expect(tensor.content == other.content)
        guard other.format == .float32 else { continue }
        #expect(
          payloads[0][tensor.offset..<tensor.offset + tensor.floatCount]
            == payloads[1][other.offset..<other.offset + other.floatCount],
          "\(tensor.name) of seed \(seed)")
      }
    }
  }

  @Test("is a value of the plan: read back it is the same, and another one has another digest")
  func plans() throws {
    for seed in Self.seeds {
      let models = [RandomModel.model(seed: seed), RandomModel.trunk(seed: seed)]
      for model in models {
        let plans = WeightFormat.all.map { model.plan(format: $0) }
        #expect(Set(plans.map(\.layoutDigest)).count == plans.count)
        for (plan, format) in zip(plans, WeightFormat.all) {
          let read = try JSONDecoder().decode(Plan.self, from: Data(PlanText(plan).json.utf8))
          #expect(read == plan && read.deployment.format == format)
          #expect(plan.widenedFormat == (format.needsWidening ? format : nil))
          for tensor in plan.weights.tensors {
            let isOfRows = if case .rows = tensor.arrangement { true } else { false }
            let isMatrix = tensor.name.hasPrefix("layer") && !isOfRows
            #expect(tensor.format == (isMatrix ? format : .float32), "\(tensor.name)")
          }
        }
      }
    }
  }

  @Test("is named in the header and in kernels, and in no other model")
  func code() {
    for seed in Self.seeds {
      let model = RandomModel.model(seed: seed)
      for format in WeightFormat.all {
        let code = Compiler.sources(model.plan(format: format))
          .map { String(decoding: $0.contents, as: UTF8.self) }
        #expect(code[0].contains(" · \(format.name)\n"), "seed \(seed)")
        let kernels = code[1]
        #expect(kernels.contains("_\(format.name)") == (format != .float32), "seed \(seed)")
        #expect(
          kernels.contains("scaled: true")
            == (format.scales == .perColumn && format.inputs == .floats), "seed \(seed)")
        for other in Self.integers where other != format {
          #expect(!code.joined().contains(other.name), "\(format.name) names \(other.name)")
        }
      }
    }
  }

  @Test("of integers computes what the checkpoint does, nearly")
  func accuracy() throws {
    for seed in Self.seeds {
      var model = RandomModel.model(seed: seed)
      (model.options.outputs, model.options.batch) = ([.action, .lastHiddenState], 1)
      model.config.allowForward()
      let large = RandomModel.checkpoint(of: model, seed: seed)
      let checkpoint = Checkpoint { name in
        large.values(name).map { name.contains("embed") || name.contains("ln_") ? $0 : $0 / 5 }
      }
      var random = SplitMix64(seed: seed)
      let state = RandomModel.numbers(model.config.stateDimension, -1...1, &random)
      let action = RandomModel.numbers(model.config.actionDimension, -1...1, &random)
      let exact = ReferenceInterpreter(config: model.config, checkpoint: checkpoint).forward(
        states: [state], actions: [action], returnsToGo: [0.5], timesteps: [0]
      ).actionPredictions.flatMap { $0 }
      let errors = try Self.integers.map { format in
        let plan = model.plan(format: format)
        let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
        var machine = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
        let found = machine.forward(
          states: [state], actions: [action], returnsToGo: [0.5], timesteps: [0])
        return zip(found[.action]!, exact).map { abs($0 - $1) }.max()!
      }
      // 8 bits: a step is 256 times as large.
      #expect(
        errors[0] <= 2e-3 && errors[1] <= 0.5 && errors[2] <= 0.5, "seed \(seed): \(errors)")
    }
  }
}
