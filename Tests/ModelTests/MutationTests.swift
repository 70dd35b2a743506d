import DecisionTransformerCodegen
import Foundation
import Programs
import Testing

/// Damaged files: whatever the bytes are, reading ends with a value or with an error.
@Suite("Damaged files")
struct MutationTests {
  @Test("Mutated JSON is read or rejected with messages of one line", arguments: 0..<6)
  func mutations(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var outcomes = (read: 0, rejected: 0)
    for _ in 0..<1000 {
      var bytes = Array(Self.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        Self.mutate(&bytes, &random)
      }
      var remarks: [Diagnostic] = []
      do throws(InvalidInput) {
        _ = try ModelConfigReader.read(bytes, path: "config.json", remarks: &remarks)
        outcomes.read += 1
      } catch {
        #expect(!error.diagnostics.isEmpty)
        #expect(
          error.diagnostics.allSatisfy { !$0.description.unicodeScalars.contains { $0.value < 32 } }
        )
        outcomes.rejected += 1
      }
      do throws(InvalidInput) {
        _ = try GenerationOptionsReader.read(bytes, path: "codegen.json", config: ModelConfig())
      } catch {
        #expect(!error.diagnostics.isEmpty)
      }
    }
    // Both kinds must occur, or the mutations would be too harmless or too harsh to show anything.
    #expect(outcomes.read > 50)
    #expect(outcomes.rejected > 50)
  }

  @Test("Every beginning of a JSON text is rejected")
  func truncations() {
    let bytes = Array(Self.text.utf8)
    for count in 0..<bytes.count {
      #expect(throws: JSONError.self) { try JSONParser.parse(Array(bytes[..<count])) }
    }
  }

  @Test("What is accepted, Foundation accepts too", arguments: 0..<4)
  func foundation(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var acceptedCount = 0
    for _ in 0..<1000 {
      var bytes = Array(Self.text.utf8)
      Self.mutate(&bytes, &random)
      guard Self.error(bytes) == nil else { continue }
      acceptedCount += 1
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(bytes)) }
    }
    #expect(acceptedCount > 100)
  }

  @Test("Random bytes are read or rejected", arguments: 0..<4)
  func noise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("{}[]\",:\\u0123456789.eE+-truefalsn \n\u{80}é".utf8)
    for _ in 0..<1000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      guard let error = Self.error(bytes) else { continue }
      #expect(
        (1...bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count).contains(
          error.line))
      #expect((1...bytes.count + 1).contains(error.column))
    }
  }

  private static func error(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONParser.parse(bytes)
      return nil
    } catch {
      return error
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    let position = Int.random(in: 0..<max(1, bytes.count), using: &random)
    guard position < bytes.count else { return }
    let end = min(bytes.count, position + Int.random(in: 1...8, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(position..<end)
    case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
    case 4: bytes.insert(Array("{}[]\",:\\-.e01".utf8).randomElement(using: &random)!, at: position)
    default: bytes.swapAt(position, end - 1)
    }
  }

  private static let text = #"""
    {
      "act_dim": 6, "action_tanh": true, "activation_function": "gelu_new",
      "architectures": ["DecisionTransformerModel", "\u00e9\ud83d\ude00 é"],
      "layer_norm_epsilon": 1e-05, "n_inner": null, "n_layer": 3, "n_head": 2,
      "resid_pdrop": 0.1, "nested": {"a": [1, -2.5e+3, {}], "b": []}, "max_length": 20,
      "state_mean": [0.5, 1], "state_std": [1, 2], "window": 20
    }
    """#
}
