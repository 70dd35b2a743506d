import DecisionTransformer
import DecisionTransformerCodegen
import Programs
import Testing

/// Folded tensors as they lie in the packed weights.
@Suite("Packing")
struct PackingTests {
  @Test("puts every number of a tensor in its place, and zero everywhere else")
  func places() throws {
    for seed in UInt64(0)..<12 {
      let model = RandomModel.model(seed: seed)
      let (plan, checkpoint) = (Plan(model), RandomModel.checkpoint(of: model, seed: seed))
      let folded = FoldedTensors(plan, checkpoint)
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      var expected = [UInt32](repeating: 0, count: plan.weights.floatCount)
      for tensor in plan.weights.tensors {
        switch tensor.arrangement {
        case .rows(let rows, let columns):
          let (values, stride) = (folded.rows(tensor.content), (columns + 15) / 16 * 16)
          for row in 0..<rows {
            for column in 0..<columns {
              expected[tensor.offset + row * stride + column] =
                Float(values[row * columns + column]).bitPattern
            }
          }
        case .strips(let depth, let columns, .float32):
          let map = folded.map(tensor.content)
          let strips = Strips(of: 64, rows: 1 + depth, columns: columns)
          for column in 0..<columns {
            expected[tensor.offset + strips.place(0, column)] = Float(map.bias[column]).bitPattern
            for row in 0..<depth {
              expected[tensor.offset + strips.place(1 + row, column)] =
                Float(map.weights[row, column]).bitPattern
            }
          }
        case .strips(let depth, let columns, .int8):
          let map = folded.map(tensor.content)
          let groups = (depth + 3) / 4
          let strips = Strips(of: 128, rows: 2 + groups, columns: columns)
          for column in 0..<columns {
            let numbers = (0..<depth).map { Float(map.weights[$0, column]) }
            let scale = numbers.map(\.magnitude).max()! / 127
            expected[tensor.offset + strips.place(0, column)] = Float(map.bias[column]).bitPattern
            expected[tensor.offset + strips.place(1, column)] = scale.bitPattern
            for row in 0..<4 * groups {
              let number = row < depth && scale > 0 ? Double(numbers[row]) / Double(scale) : 0
              let byte = UInt32(128 + Int(number.rounded(.toNearestOrEven)))
              expected[tensor.offset + strips.place(2 + row / 4, column)] |=
                byte << UInt32(row % 4 * 8)
            }
          }
        case .strips(let depth, let columns, .int16):
          let map = folded.map(tensor.content)
          let strips = Strips(of: 128, rows: 2 + (depth + 1) / 2, columns: columns)
          let largest = min(32767, Int((Double(Int32.max) / Double(depth)).squareRoot()))
          for column in 0..<columns {
            let numbers = (0..<depth).map { Float(map.weights[$0, column]) }
            let scale = numbers.map(\.magnitude).max()! / Float(largest)
            expected[tensor.offset + strips.place(0, column)] = Float(map.bias[column]).bitPattern
            expected[tensor.offset + strips.place(1, column)] = scale.bitPattern
            for row in 0..<depth where scale > 0 {
              let number = (Double(numbers[row]) / Double(scale)).rounded(.toNearestOrEven)
              let half = UInt32(UInt16(bitPattern: Int16(number)))
              expected[tensor.offset + strips.place(2 + row / 2, column)] |=
                row % 2 == 0 ? half : half << 16
            }
          }
        case .strips(let depth, let columns, let format):
          #expect(format == .bfloat16)
          let map = folded.map(tensor.content)
          let strips = Strips(of: 128, rows: 1 + (depth + 1) / 2, columns: columns)
          for column in 0..<columns {
            expected[tensor.offset + strips.place(0, column)] = Float(map.bias[column]).bitPattern
            for row in 0..<depth {
              let half = bfloat16(Float(map.weights[row, column]))
              expected[tensor.offset + strips.place(1 + row / 2, column)] |=
                row % 2 == 0 ? half : half << 16
            }
          }
        }
      }
      let isExpected = payload.map(\.bitPattern) == expected
      #expect(isExpected, "seed \(seed)")
    }
  }

  @Test("loses nothing but the rounding: a forward pass of the packed numbers is the checkpoint's")
  func forward() throws {
    var noticed = 0
    for seed in UInt64(0)..<12 {
      var model = RandomModel.model(seed: seed)
      (model.options.precision, model.options.outputs) = (.float32, ModelOutput.allCases)
      model.config.allowForward()
      if seed % 2 == 0 {
        // Far from zero: what float32 leaves out of the mean is as much as a thousandth of the deviation.
        let count = model.config.stateDimension
        model.options.stateMean = (0..<count).map { 3000.1 + 7 * Double($0) }
        model.options.stateStandardDeviation = Array(repeating: 0.1, count: count)
      }
      let (plan, config) = (Plan(model), model.config)
      var random = SplitMix64(seed: seed)
      // Weights of the size that trained models have.
      let large = RandomModel.checkpoint(of: model, seed: seed)
      let checkpoint = Checkpoint { name in
        large.values(name).map { name.contains("embed") || name.contains("ln_") ? $0 : $0 / 5 }
      }
      let payload = try Packer.payload(plan, checkpoint: checkpoint, path: "")
      let steps = min(3, config.maximumEpisodeLength, model.window)
      func rows(_ count: Int) -> [[Double]] {
        (0..<steps).map { _ in RandomModel.numbers(count, -1...1, &random) }
      }
      let (states, actions) = (rows(config.stateDimension), rows(config.actionDimension))
      let returns = Array(repeating: 0.5, count: steps)
      let expected = ReferenceInterpreter(config: config, checkpoint: checkpoint).forward(
        states: states, actions: actions, returnsToGo: returns, timesteps: Array(0..<steps))
      func difference(_ payload: [Float]) -> Double {
        var machine = ControlMachine(plan, MachineWeights<Double>(plan, payload: payload))
        let found = machine.forward(
          states: states, actions: actions, returnsToGo: returns, timesteps: Array(0..<steps))
        return zip(found[.action]!, expected.actionPredictions.joined()).map { abs($0 - $1) }.max()!
      }
      #expect(difference(payload) <= 1e-5, "seed \(seed)")
      guard seed % 2 == 0 else { continue }
      // Without the remainder the difference is there in all of these models but one.
      var without = payload
      let remainder = plan.weights.tensor(.stateMeanRemainder)
      for index in 0..<remainder.floatCount { without[remainder.offset + index] = 0 }
      noticed += difference(without) > 1e-5 ? 1 : 0
    }
    #expect(noticed == 5)
  }

  @Test("names the tensors whose product leaves the range of float32")
  func overflow() {
    var config = ModelConfig()
    (config.hiddenSize, config.innerSize, config.layerCount) = (8, 8, 1)
    let model = RandomModel.model(config, GenerationOptions())
    let small = RandomModel.checkpoint(of: model, seed: 1)
    let checkpoint = Checkpoint { name in
      name.contains("c_attn.weight") ? small.values(name).map { $0 * 1e30 } : small.values(name)
    }
    let error = #expect(throws: InvalidInput.self) {
      try Packer.payload(Plan(model), checkpoint: checkpoint, path: "folder")
    }
    let lines = error?.diagnostics.map(\.description) ?? []
    #expect(lines.count == 1)
    #expect(lines.first?.contains("layer0.query") == true)
    #expect(lines.first?.contains("folder: h.0.ln_1, attn.c_attn[q, k], scale: ") == true)
  }

  /// Full strips of `width` columns, then what is left over, in whole vectors; each row by row.
  private struct Strips {
    let (width, rows, columns): (Int, Int, Int)

    init(of width: Int, rows: Int, columns: Int) {
      (self.width, self.rows, self.columns) = (width, rows, columns)
    }

    func place(_ row: Int, _ column: Int) -> Int {
      let first = column - column % width
      let left = (columns - first + 15) / 16 * 16
      return first * rows + row * min(width, left) + column % width
    }
  }

  /// The upper half of the nearest bfloat16; ties go to the even one.
  private func bfloat16(_ value: Float) -> UInt32 {
    let below = value.bitPattern & 0xffff_0000
    let above = below &+ 0x1_0000
    let (low, high) = (Double(Float(bitPattern: below)), Double(Float(bitPattern: above)))
    let (down, up) = (abs(Double(value) - low), abs(high - Double(value)))
    let isUp = up < down || (up == down && below & 0x1_0000 != 0)
    return (isUp ? above : below) >> 16
  }
}
