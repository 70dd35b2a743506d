import DecisionTransformerCodegen
import Foundation
import Testing

/// Generated code against the plan it renders.
@Suite("Rendering")
struct RenderingTests {
  static let seeds = UInt64(0)..<25

  @Test("lists every tensor and every buffer in the header, with its place and its size")
  func header() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      let header = code.lines.prefix { $0.hasPrefix("//") }.map { $0.dropFirst(2) }
      func expectRow(_ name: String, _ expected: [Int]) {
        let row = header.first { $0.hasPrefix("   \(name) ") } ?? ""
        // Thousands are one space apart, columns more.
        let columns = row.replacing("  ", with: "\t").replacing(" ", with: "").split(
          separator: "\t")
        for number in expected {
          #expect(columns.contains("\(number)"), "\(name) of seed \(seed): \(row)")
        }
      }
      for tensor in code.plan.weights.tensors {
        expectRow(tensor.name, [tensor.offset, tensor.byteCount])
      }
      for buffer in code.plan.memory.buffers {
        expectRow(
          buffer.name.identifier, [buffer.offset, 4 * buffer.floatCount])
      }
    }
  }

  @Test("uses the layout's offsets, all of them and no others")
  func offsets() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      let weights = code.offsets(after: #/\bweights(?: \+ |\[)([0-9_]+)/#)
      let memory = code.offsets(after: #/\bmemory \+ ([0-9_]+)/#)
      let keepsActions = code.plan.shape.window > 1 || !code.plan.forward.isEmpty
      let tensors = code.plan.weights.tensors.filter { tensor in
        switch tensor.content {
        case .embedAction: keepsActions
        // They follow the embedding of their input.
        case .entryValue, .entryQuery, .entryInner: false
        default: true
        }
      }
      #expect(weights.union([0]) == Set(tensors.map(\.offset)), "seed \(seed)")
      #expect(memory.union([0]) == Set(code.plan.memory.buffers.map(\.offset)), "seed \(seed)")
    }
  }

  @Test("prints every routine and every kernel once, and nothing that is never called")
  func functions() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      let names = code.text.matches(of: #/func ([A-Za-z0-9_]+)[(<]/#).map { String($0.1) }
      let planned = code.plan.routines.map(\.name.description) + code.plan.kernels.map(\.name)
      for name in planned {
        #expect(names.count { $0 == name } == 1, "\(name) of seed \(seed)")
      }
      let called = Set(code.text.matches(of: #/([A-Za-z0-9_]+)[(]/#).map { String($0.1) })
      #expect(Set(planned).isSubset(of: called), "seed \(seed)")
    }
  }

  @Test("chooses between tilings only where there are several, and never opens a block for nothing")
  func blocks() {
    // Every matrix is one panel wide: one row has the same tiling on every level.
    var config = ModelConfig()
    (config.stateDimension, config.actionDimension, config.maximumEpisodeLength) = (3, 2, 8)
    (config.hiddenSize, config.innerSize, config.layerCount) = (15, 1, 1)
    var options = GenerationOptions()
    options.window = 2
    let models = [RandomModel.model(config, options)] + Self.seeds.map(RandomModel.model)
    for model in models {
      let lines = Code(model).lines.map { $0.drop { $0 == " " } }
      #expect(!lines.contains("{"), "\(model.config)")
    }
  }

  @Test("depends on the name, the shape and the options, and not on their owner")
  func stability() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      #expect(code.text == Code(seed: seed).text)
      #expect(!code.text.contains("import Foundation"))
      #expect(code.text.contains("struct Robot: ~Copyable"))
    }
  }
}

private struct Code {
  let plan: Plan
  let text: String
  let lines: [Substring]

  init(seed: UInt64) { self.init(RandomModel.model(seed: seed)) }

  init(_ model: Model) {
    plan = Plan(model)
    text = String(decoding: Compiler.source(plan).contents, as: UTF8.self)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  func offsets(after pattern: Regex<(Substring, Substring)>) -> Set<Int> {
    Set(text.matches(of: pattern).map { Int($0.1.replacing("_", with: ""))! })
  }
}
