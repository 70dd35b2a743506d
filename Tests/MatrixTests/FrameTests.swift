import CAllocationHook
import DecisionTransformer
import DecisionTransformerCodegen
import Foundation
import ModelMatrix
import RecordedEpisodes
import TestFolders
import Testing

extension NewestFrame: FrameChoiceController {}
extension PixelActions: FrameChoiceController {}

/// States that are pictures, through the build plugin: `NewestFrame` is given one frame a step, `PixelActions` all four.
@Suite("Frames")
struct FrameTests {
  private let episode: ChoiceEpisode
  private let logits: [[Double]]
  private let numbers: [Int]

  /// Recorded by Tests/Tools/Oracle/record_frames.py, with PyTorch in float64.
  init() throws {
    let path = TestData.goldens.appending(path: "Frames/NewestFrame.safetensors").path
    let file = try SafetensorsFile(path: path)
    let states = RecordedEpisode.rows(file.rawBytes(of: "states").map { Float($0) }, of: 120)
    episode = ChoiceEpisode(
      states: states, rewards: file.values(of: "rewards"), targetReturn: 4.6)
    let answers = file.doubles(of: "actions")
    logits = states.indices.map { Array(answers[5 * $0..<5 * $0 + 5]) }
    numbers = logits.map { $0.firstIndex(of: $0.max()!)! }
  }

  private func bytes(_ step: Int) -> [UInt8] { episode.states[step].map { UInt8($0) } }

  @Test("one a step, give PyTorch's logits, whichever way an episode is driven")
  func newest() throws {
    for pace in Pace.all(tellingActions: false) {
      var controller = try NewestFrame()
      let found = try episode.run(&controller, pace)
      #expect(found.numbers == numbers, "\(pace)")
      #expect(
        largestDifference(found.logits.map { $0.map(Double.init) }, logits) <= 2e-5, "\(pace)")
      // A second episode sees nothing of the first one's frames.
      #expect(try episode.run(&controller, pace).logits == found.logits, "\(pace)")
    }
  }

  @Test("and the reference in double precision gives the same")
  func reference() throws {
    let folder = TestData.model("NewestFrame").path
    let model = try ModelFolder(path: folder).readModel().model
    var remarks: [Diagnostic] = []
    let checkpoint = try #require(
      try CheckpointReader.read(folder: folder, config: model.config, remarks: &remarks))
    var controller = ReferenceController(model: model, checkpoint: checkpoint)
    controller.reset(targetReturn: 4.6)
    for (step, state) in episode.states.enumerated() {
      let found = controller.act(state: state, reward: step == 0 ? 0 : episode.rewards[step - 1])
      // The recorded ones come of the same float32 numbers.
      #expect(largestDifference([found], [logits[step]]) <= 1e-12, "step \(step)")
    }
  }

  @Test("pass the self test; other weights or another option do not")
  func selfTests() throws {
    for report in try [NewestFrame.selfTest(), PixelActions.selfTest()] {
      #expect(report.passed && report.comparisonCount > 100, "\(report)")
    }
    let other = try PackedModel(folder: TestData.model("NewestFrame")) { $0.frameInput = .stack }
    #expect(throws: InitializationError.self) {
      try other.withWeights { try NewestFrame.selfTest(weights: $0) }
    }
    let packed = try PackedModel(folder: TestData.model("NewestFrame"))
    for tensor in packed.plan.weights.tensors where tensor.name.hasPrefix("convolution") {
      var changed = packed
      // Far enough to wake a filter that all windows leave at zero.
      changed.change(word: tensor.offset + tensor.arrangement.place(row: 0, column: 0)) { $0 + 8 }
      let failure = try changed.withWeights { try NewestFrame.selfTest(weights: $0) }.firstFailure
      #expect(failure?.stage == .embedding && failure?.step == 0, "\(tensor.name)")
    }
  }

  @Test("of another size are refused, and no step is taken then")
  func refusals() throws {
    var controller = try NewestFrame()
    controller.reset()
    for count in [0, 119, 121, 360] {
      let frames = [UInt8](repeating: 7, count: count)
      #expect(throws: StepError.wrongByteCount(found: count, expected: 120)) {
        try controller.act(frames.span)
      }
      #expect(throws: StepError.wrongByteCount(found: count, expected: 120)) {
        try controller.act(frames.span, uniform: 0.5)
      }
    }
    #expect(
      "\(StepError.wrongByteCount(found: 121, expected: 120))"
        == "the frames have 121 bytes; accepted: 120")
    #expect(try controller.act(bytes(0).span) == numbers[0])
    #expect(NewestFrame.stateDimension == 120 && PixelActions.stateDimension == 4 * 84 * 84)
  }

  @Test("go through without the allocator", .enabled(if: allocation_counting_is_supported()))
  func allocations() throws {
    let (first, second) = (bytes(0), bytes(1))
    var controller = try NewestFrame()
    let calls = try allocatorCallCount {
      controller.reset()
      _ = try controller.act(first.span)
      controller.prepare()
      let number = try controller.act(second.span, reward: 1, uniform: 0.25)
      try controller.prepare(executed: number, reward: 1)
      _ = controller.logits[0]
    }
    #expect(calls == 0)
  }

  @Test("through C are the Swift type's")
  func throughC() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Int(newest_frame_memory_size()), alignment: Int(newest_frame_memory_alignment()))
    defer { memory.deallocate() }
    var pointer: OpaquePointer?
    let size = UInt(memory.count)
    #expect(newest_frame_self_test(memory.baseAddress, size) == 0)
    #expect(newest_frame_create(memory.baseAddress, size, &pointer) == 0)
    #expect(newest_frame_frame_bytes() == 120)
    #expect(newest_frame_reset(pointer, 4.6) == 0)
    var number: Int32 = -1
    #expect(newest_frame_act(pointer, nil, 0, &number) == 1)
    for step in episode.states.indices {
      let reward = step == 0 ? 0 : episode.rewards[step - 1]
      // Bytes may lie anywhere.
      let frames = [0] + bytes(step)
      let status = frames.withUnsafeBufferPointer {
        newest_frame_act(pointer, $0.baseAddress! + 1, reward, &number)
      }
      #expect(status == 0 && Int(number) == numbers[step], "step \(step)")
      if step % 2 == 0 { #expect(newest_frame_prepare(pointer) == 0) }
    }
  }
}
