import DecisionTransformerCodegen
import Foundation
import Testing
import Toolchain

/// The machine code of the activation functions: a straight line, so that the work does not depend on the numbers.
@Suite(.enabled(if: !AssemblyTarget.all.isEmpty, "no target to compile for"))
struct ActivationAssemblyTests {
  /// A function of one vector for each of the runtime's that some activation is computed by.
  private static let source: (file: OutputFile, names: Set<String>) = {
    let names = Set(
      Activation.allCases.map { activation in
        var config = ModelConfig()
        (config.hiddenSize, config.innerSize, config.layerCount) = (16, 16, 1)
        config.activation = activation
        let model = Model(
          name: "Robot", config: config, options: GenerationOptions(), configDigest: "")
        let code = Compiler.sources(Plan(model)).map {
          String(decoding: $0.contents, as: UTF8.self)
        }.joined()
        return String(code.firstMatch(of: #/enum Activate\b(?s:.*?)VectorMath\.(\w+)\(/#)!.1)
      })
    let functions = names.sorted().map { name in
      "@inline(never) public func apply_\(name)(_ x: Vector) -> Vector { VectorMath.\(name)(x) }\n"
    }
    let text = "import DecisionTransformer\n" + functions.joined()
    return (OutputFile(name: "Activations.swift", contents: Array(text.utf8)), names)
  }()

  @Test("an activation is a straight line at every vector level", arguments: AssemblyTarget.all)
  func straightLine(target: AssemblyTarget) throws {
    let listing = try target.listing(of: [Self.source.file])
    #expect(Self.source.names.count >= 16)
    for name in Self.source.names {
      let functions = listing.functions.filter { $0.symbol.contains("apply_\(name)") }
      let instructions = functions.flatMap(\.instructions)
      #expect(!instructions.isEmpty, "\(name)")
      // What leaves the function is no jump in it.
      let jumps = instructions.filter {
        $0.isCall || ($0.isJump && !$0.operands.contains("apply_"))
      }
      #expect(jumps.isEmpty, "\(name): \(jumps)")
    }
  }
}
