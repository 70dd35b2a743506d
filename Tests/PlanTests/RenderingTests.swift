import DecisionTransformerCodegen
import Foundation
import Testing

/// Generated code against the plan it renders.
@Suite("Rendering")
struct RenderingTests {
  static let seeds = UInt64(0)..<25

  /// Controllers and trunks of every form.
  private static var codes: [Code] {
    seeds.map { Code(seed: $0) } + (0..<5).map { Code(RandomModel.trunk(seed: $0)) }
  }

  @Test("places every packed tensor by name, and names no other place")
  func tensors() {
    for code in Self.codes {
      let declared = code.kernels.places(in: "weights")
      #expect(
        Set(declared.map { "\($0.owner).\($0.member) \($0.offset)" })
          == Set(code.plan.weights.tensors.map { "\($0.name) \($0.offset)" }))
      for tensor in code.plan.weights.tensors {
        #expect(code.model.names(tensor.name), "\(tensor.name) is placed, and nobody reads it")
        #expect(code.kernels.text.contains("// \(tensor.shapeText) \(tensor.arrangementText), "))
      }
      // And back: whatever a phase names of a group is one of its tensors.
      for group in Set(code.plan.weights.tensors.map { $0.name.split(separator: ".")[0] }) {
        for member in code.model.members(of: String(group)) {
          #expect(code.plan.weights.tensors.contains { $0.name == "\(group).\(member)" })
        }
      }
    }
  }

  @Test("places every buffer by name, and reads no other place of the memory")
  func buffers() {
    for code in Self.codes {
      for buffer in code.plan.memory.buffers {
        let name = buffer.name.identifier
        let place = buffer.offset == 0 ? "memory" : "memory + \(Code.literal(buffer.offset))"
        let declarations = code.model.lines.filter { $0.contains("private var \(name): ") }
        #expect(declarations.count == 1 && declarations[0].contains(place), "\(name)")
      }
      let declared = Set(code.plan.memory.buffers.map(\.offset))
      #expect(code.model.offsets(behind: "memory + ").isSubset(of: declared))
      #expect(code.model.offsets(behind: "weights + ").isEmpty)
    }
  }

  @Test("ends every product in its own activation")
  func activations() {
    for code in Self.codes {
      // Wherever lines are broken.
      let text = code.kernels.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for kernel in code.plan.kernels {
        guard case .linear(_, _, _, .activation(let activation), _, _) = kernel else { continue }
        let body = text.components(separatedBy: "func \(code.plan.name(of: kernel))(")[1]
          .components(separatedBy: " static func ")[0]
        let finish = body.components(separatedBy: "Product<")[1].prefix { $0 != ">" }
        let epilogue = text.components(separatedBy: "enum \(finish): Epilogue ")[1]
          .components(separatedBy: " private enum ")[0]
        #expect(
          epilogue.contains("VectorMath.\(activation.functionName)(sums)"),
          "\(code.plan.name(of: kernel)) ends in \(finish)")
      }
    }
  }

  @Test("fits into a page's width, and calls no token by a number")
  func width() {
    for code in Self.codes {
      for line in code.model.lines + code.kernels.lines {
        #expect(line.count <= 110, "\(line)")
      }
      if code.plan.network.controlSteps != nil {
        #expect(!code.model.text.contains("token: \(code.plan.shape.stateToken))"))
      }
    }
  }

  @Test("reads alike in every precision, but for the names of kernels")
  func precisions() {
    for seed in Self.seeds {
      for model in [RandomModel.model(seed: seed), RandomModel.trunk(seed: seed)] {
        let all = WeightFormat.all.map { (format: $0, plan: model.plan(format: $0)) }
        // Products of integers cost less, so that another form may be the cheapest.
        let plans = all.filter { $0.plan.forms == all[0].plan.forms }
        #expect(plans.count >= all.count { $0.format.inputs == .floats })
        // Rounded weights may fit into a cache, and need not be read ahead.
        let phases = plans.map { format, plan in
          Code(plan).model.phases.replacing("_\(format.name)", with: "")
            .replacing("Kernels.readAhead(weights, memory, count: readAheadCount) ", with: "")
        }
        #expect(phases[0].count > 1000 && Set(phases).count == 1, "seed \(seed)")
      }
    }
  }

  @Test("declares every tile that it names, whatever precision each matrix has")
  func tiles() {
    for hidden in [32, 64, 96] {
      for batch in 1...2 {
        for shift in 0..<4 {
          var model = RandomModel.huggingFace(seed: 1)
          (model.config.hiddenSize, model.config.innerSize) = (hidden, 4 * hidden)
          (model.config.headCount, model.config.layerCount) = (2, 3)
          (model.options.outputs, model.options.batch, model.options.precision) =
            ([.action], batch, .float32)
          (model.options.window, model.options.actionScale, model.options.actionOffset) =
            (3, [1], [0])
          let names = Plan(model).matrices.map(\.name)
          model.options.matrixPrecisions = Dictionary(
            uniqueKeysWithValues: names.enumerated().map {
              ($1, WeightPrecision.allCases[($0 + shift) % WeightPrecision.allCases.count])
            })
          let text = Code(Plan(model)).kernels.text
          let named = Set(text.matches(of: /\b(\w*Sums\d+)\.self/).map { String($0.1) })
          #expect(!named.isEmpty)
          for name in named {
            #expect(text.contains("struct \(name):"), "\(hidden), \(batch), \(shift)")
          }
        }
      }
    }
  }

  @Test("prints every routine and every kernel once, and nothing that is never called")
  func functions() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      let routines = code.plan.routines.map(\.name.description).filter { $0 != "readAhead" }
      for name in routines {
        #expect(code.model.text.ranges(of: "func \(name)(").count == 1, "\(name) of seed \(seed)")
        #expect(code.model.text.ranges(of: " \(name)(").count >= 2, "\(name) of seed \(seed)")
      }
      for kernel in code.plan.kernels {
        let name = code.plan.name(of: kernel)
        #expect(code.kernels.text.ranges(of: "func \(name)(").count == 1, "\(name)")
        #expect(code.model.text.contains("Kernels.\(name)("), "\(name)")
      }
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
      let code = Code(model)
      let lines = (code.model.lines + code.kernels.lines).map { $0.drop { $0 == " " } }
      #expect(!lines.contains("{"), "\(model.config)")
    }
  }

  @Test("depends on the name, the shape and the options, and not on their owner")
  func stability() {
    for seed in Self.seeds {
      let code = Code(seed: seed)
      let again = Code(seed: seed)
      #expect(code.model.text == again.model.text && code.kernels.text == again.kernels.text)
      #expect(!(code.model.text + code.kernels.text).contains("import Foundation"))
      #expect(
        code.model.text.contains(
          /struct Robot: (DecisionTransformer::\w+, )?~Copyable/))
    }
  }
}

/// A plan and its two generated files.
private struct Code {
  let plan: Plan
  let model: File
  let kernels: File

  init(seed: UInt64) { self.init(RandomModel.model(seed: seed)) }

  init(_ model: Model) { self.init(Plan(model)) }

  init(_ plan: Plan) {
    self.plan = plan
    let files = Compiler.sources(plan).map {
      File(text: String(decoding: $0.contents, as: UTF8.self))
    }
    (self.model, kernels) = (files[0], files[1])
  }

  /// As generated code prints a number.
  static func literal(_ value: Int) -> String {
    var digits = Array(String(value))
    guard digits.count > 4 else { return String(digits) }
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert("_", at: place) }
    return String(digits)
  }

  struct File {
    let text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Words of code, in order; comments have none.
    private var words: [Substring] {
      lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") }.flatMap { line in
        line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
      }
    }

    /// All behind the memory, in one line: another name may break a line elsewhere.
    var phases: String {
      let lines = lines.drop { !$0.hasPrefix("// MARK: - ") }
      return lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    func names(_ name: String) -> Bool { words.contains { $0 == name } }

    func members(of group: String) -> Set<Substring> {
      Set(words.filter { $0.hasPrefix("\(group).") }.map { $0.dropFirst(group.count + 1) })
    }

    /// The numbers that follow `text`.
    func offsets(behind text: String) -> Set<Int> {
      Set(
        self.text.ranges(of: text).compactMap { range in
          let digits = self.text[range.upperBound...].prefix { $0.isNumber || $0 == "_" }
          return Int(digits.replacing("_", with: ""))
        })
    }

    /// What is declared as a place in `region`: the type that has it, its name, its offset.
    func places(in region: String) -> [(owner: String, member: String, offset: Int)] {
      var owner = ""
      return lines.compactMap { line in
        let words = line.split(separator: " ")
        if words.first == "struct" {
          owner = words[1].prefix(1).lowercased() + words[1].dropFirst()
        }
        guard words.first == "var", line.contains("get { \(region)"), words.count > 6 else {
          return nil
        }
        let member = words[1].filter { $0 != ":" && $0 != "`" }
        let offset = words.firstIndex(of: "+").map { words[$0 + 1].filter { $0 != "_" } } ?? "0"
        return (owner, member, Int(offset) ?? -1)
      }
    }
  }
}
