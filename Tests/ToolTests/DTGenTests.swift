import Foundation
import TestFolders
import Testing

/// dtgen as a process: what scripts, build plugins and continuous integration rely on.
@Suite("dtgen")
struct DTGenTests {
  let dtgen = Tool(name: "dtgen")
  let directory: ScratchFolder

  init() throws {
    directory = ScratchFolder(named: "dtgen")
    try directory.writeTinyModel()
  }

  private func run(_ arguments: String...) throws -> Tool.Result {
    try dtgen.run(arguments, directory: directory.path)
  }

  // MARK: Usage

  @Test(
    "explains itself, and each of its commands",
    arguments: [
      "", "generate", "inspect", "plan", "check", "compare", "diff", "trace", "library", "init",
    ])
  func help(verb: String) throws {
    for flag in ["--help", "-h"] {
      let result = try dtgen.run(verb.isEmpty ? [flag] : [verb, flag], directory: directory.path)
      #expect(result.status == 0)
      #expect(result.output.contains("usage: dtgen \(verb)"))
      #expect(result.error == "")
    }
  }

  @Test("prints its version")
  func version() throws {
    let result = try run("--version")
    #expect(result.status == 0)
    #expect(result.output.wholeMatch(of: /dtgen \d+\.\d+\.\d+\n/) != nil)
  }

  @Test(
    "answers wrong usage with status 2, the reason and where help is",
    arguments: [
      ([], "command is missing"),
      (["compile"], "'compile'"),
      (["--verbose"], "'--verbose'"),
      (["generate"], "<Name>.dtmodel"),
      (["generate", "Tiny.dtmodel"], "--output"),
      (["generate", "Tiny.dtmodel", "--output"], "--output"),
      (["generate", "Tiny.dtmodel", "--output="], "--output"),
      (["generate", "Tiny.dtmodel", "--output=a", "--output", "b"], "twice"),
      (["generate", "Tiny.dtmodel", "Other.dtmodel", "--output", "out"], "'Other.dtmodel'"),
      (["generate", "Tiny.dtmodel", "--output", "out", "--json"], "--json"),
      (["inspect"], "<Name>.dtmodel"),
      (["inspect", "Tiny.dtmodel", "--json=yes"], "'yes'"),
      (["inspect", "Tiny.dtmodel", "--html"], "--html"),
      (["inspect", "Tiny.dtmodel", "--html", "a", "--json"], "--html"),
      (["inspect", "Tiny.dtmodel", "--bench", "a"], "--html"),
      (["inspect", "Tiny.dtmodel", "--golden", "a"], "--golden needs --html"),
      (["check", "Tiny.dtmodel"], "--against"),
      (["diff", "Tiny.dtmodel"], "2 folders"),
      (["diff", "Tiny.dtmodel", "b", "c"], "'c'"),
      (["trace", "Tiny.dtmodel"], "--offset"),
      (["trace", "Tiny.dtmodel", "--offset", "x"], "'x'"),
      (["trace", "Tiny.dtmodel", "wpe.weight", "b"], "'b'"),
      (["plan", "Tiny.dtmodel", "--html", "a"], "--html"),
      (["compare", "Tiny.dtmodel"], "--golden"),
      (["library", "Tiny.dtmodel"], "--output"),
      (["library", "Tiny.dtmodel", "--output", "out", "--package", "rpm"], "--package 'rpm'"),
      (
        ["library", "Tiny.dtmodel", "--output", "out", "--package-version", "1"], "--package <kind>"
      ),
      (["compare", "Tiny.dtmodel", "--golden", "a", "--tolerance", "0"], "--tolerance '0'"),
    ] as [([String], String)])
  func wrongUsage(arguments: [String], reason: String) throws {
    let result = try dtgen.run(arguments, directory: directory.path)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.error.contains(reason))
    #expect(result.error.contains("--help"))
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  // MARK: Generate

  @Test("writes over no file that somebody else wrote, and then nothing at all")
  func foreignFiles() throws {
    try directory.write("Tiny.dtmodel/codegen.json", #"{"window": 2, "c_interface": true}"#)
    for name in ["Tiny.swift", "TinyKernels.swift", "tiny.h"] {
      try directory.write("out/\(name)", "// by hand\n")
      for arguments in [
        ["generate", "Tiny.dtmodel", "--output", "out"],
        ["generate", "Tiny.dtmodel", "--output", "out", "--for-build"],
      ] {
        let result = try dtgen.run(arguments, directory: directory.path)
        #expect(result.status == 1)
        #expect(
          result.error.hasSuffix(
            "out/\(name): is there and was not written by dtgen; accepted: a generated file, or none of this name\n"
          ))
        #expect(try directory.entries("out") == [name])
        #expect(try directory.read("out/\(name)") == "// by hand\n")
      }
      try FileManager.default.removeItem(atPath: directory.path("out/\(name)"))
    }
    // What it wrote itself, and an empty file.
    try directory.write("out/Tiny.swift", "")
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    for name in ["out/Tiny.swift", "out/tiny.h"] {
      try directory.write(name, try directory.read(name) + "// changed\n")
    }
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    #expect(try !directory.read("out/Tiny.swift").contains("// changed"))
    // Somebody's own text in place of what it wrote, though the manifest lists that.
    try directory.write("out/Tiny.swift", "// by hand\n")
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 1)
    #expect(try directory.read("out/Tiny.swift") == "// by hand\n")
  }

  @Test(
    "refuses a codegen.json under a name that is nearly right",
    arguments: ["Codegen.json", "codegen.json.bak"])
  func misnamedOptions(name: String) throws {
    try FileManager.default.moveItem(
      atPath: directory.path("Tiny.dtmodel/codegen.json"),
      toPath: directory.path("Tiny.dtmodel/\(name)"))
    let result = try run("generate", "Tiny.dtmodel", "--output", "out")
    #expect(result.status == 1)
    #expect(
      result.error.hasSuffix(
        "\(name): is not read: options are those of codegen.json, which is missing; accepted: that name\n"
      ))
  }

  @Test("writes the type, and says so; the second time there is nothing to do")
  func generates() throws {
    let first = try run("generate", "Tiny.dtmodel/", "--output", "new/out")
    #expect(first.status == 0, "\(first.error)")
    let files = ["Tiny.swift", "TinyKernels.swift", ".Tiny.manifest.json"].map { "new/out/\($0)" }
    #expect(first.output == files.map { "written \($0)\n" }.joined())
    #expect(
      try directory.entries("new/out")
        == [".Tiny.manifest.json", "Tiny.swift", "TinyKernels.swift"])
    #expect(try directory.read("new/out/Tiny.swift").contains("struct Tiny"))
    let before = try files.map(directory.identity)
    let second = try run("generate", "--output=new/out", "--", "Tiny.dtmodel")
    #expect(second.output == files.map { "unchanged \($0)\n" }.joined())
    #expect(try files.map(directory.identity) == before)
  }

  @Test("writes weights beside the code, which does not depend on them")
  func generatesWeights() throws {
    try directory.copyPendulum()
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "both").status == 0)
    let manifest = ".Pendulum.manifest.json"
    let code = ["Pendulum.swift", "PendulumKernels.swift"]
    #expect(try directory.entries("both") == [manifest] + code + ["PendulumWeights.swift"])
    #expect(try run("generate", "Pendulum.dtmodel", "--output", "code", "--code-only").status == 0)
    #expect(try directory.entries("code") == [manifest] + code)
    #expect(try directory.read("both/Pendulum.swift") == directory.read("code/Pendulum.swift"))
    #expect(try !directory.read("code/\(manifest)").contains("packed_numbers"))
    // What the manifest says of the weights stays while the code does.
    let whole = try directory.read("both/\(manifest)")
    #expect(whole.contains("packed_numbers"))
    let again = try run("generate", "Pendulum.dtmodel", "--output", "both", "--code-only")
    #expect(again.output == (code + [manifest]).map { "unchanged both/\($0)\n" }.joined())
    #expect(try directory.read("both/\(manifest)") == whole)
  }

  @Test("writes a header beside the code where codegen.json asks for a C interface")
  func generatesHeader() throws {
    try directory.write("Tiny.dtmodel/codegen.json", #"{"window": 2, "c_interface": true}"#)
    let result = try run("generate", "Tiny.dtmodel", "--output", "out")
    #expect(
      result.output
        == ["Tiny.swift", "TinyKernels.swift", "tiny.h", ".Tiny.manifest.json"]
        .map { "written out/\($0)\n" }.joined())
    let header = try directory.read("out/tiny.h")
    #expect(header.contains("#define TINY_STATE_DIMENSION 3\n"))
    #expect(!header.contains("TINY_DEFAULT_TARGET_RETURN"))
  }

  @Test("writes no header in front of one of C's own")
  func standardHeader() throws {
    for file in ["config.json", "codegen.json"] {
      try directory.write("Math.dtmodel/\(file)", directory.read("Tiny.dtmodel/\(file)"))
    }
    try directory.write("Math.dtmodel/codegen.json", #"{"window": 2, "c_interface": true}"#)
    let result = try run("generate", "Math.dtmodel", "--output", "out")
    #expect(result.status == 1)
    #expect(
      result.error
        == "Math.dtmodel: math.h is a header of C's own library; accepted: another name for the model\n"
    )
    #expect(try directory.entries() == ["Math.dtmodel", "Tiny.dtmodel"])
  }

  @Test("makes no library without the runtime's sources")
  func refusesLibraries() throws {
    try directory.write("Tiny.dtmodel/codegen.json", #"{"window": 2}"#)
    let runtime = try run("library", "Tiny.dtmodel", "--output", "out", "--runtime", directory.path)
    #expect(runtime.status == 1)
    #expect(runtime.error.contains(": holds no runtime library; accepted: --runtime <folder>"))
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  @Test(
    "makes no library of objects that are not ELF, and says so before any work",
    arguments: [
      ("wasm32-unknown-none-wasm", "WebAssembly"), ("arm64-apple-none-macho", "Mach-O"),
      ("arm64-apple-macosx26.0", "Mach-O"), ("x86_64-unknown-windows-msvc", "COFF"),
    ])
  func refusesObjectFormats(triple: String, format: String) throws {
    let result = try run("library", "Tiny.dtmodel", "--output", "out", "--target", triple)
    #expect(result.status == 1)
    #expect(
      result.error.hasPrefix(
        "\(triple): has \(format) objects, of which no library is made; accepted: a target with ELF "
          + "objects"))
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  @Test("says which targets there are where one is not known")
  func unknownTarget() throws {
    let result = try run(
      "library", "Tiny.dtmodel", "--output", "out", "--target", "nonsense-target")
    #expect(result.status == 1)
    #expect(
      result.error.hasPrefix(
        "dtgen library: --target nonsense-target: swiftc does not know it; accepted: "))
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  @Test("says in one line that the C compiler does not know a processor")
  func unknownProcessor() throws {
    for option in ["--march=fastest", "--clang-flags=-mcpu=fastest"] {
      let result = try run("library", "Tiny.dtmodel", "--output", "out", option)
      #expect(result.status == 1)
      #expect(result.error.hasPrefix("dtgen library: \(option.prefix { $0 != "=" })"))
      #expect(result.error.contains("; accepted: native, x86-64-v3 and the other names"))
      #expect(result.error.split(separator: "\n").count == 1)
    }
  }

  /// Only where the toolchain has Embedded Swift, of which libraries are made.
  @Test(
    "says which functions a library needs where the processor has no floating point",
    arguments: [("-mfloat-abi=soft", true), ("-mfloat-abi=hard -mfpu=fpv5-d16", false)])
  func tellsRequiredSymbols(flags: String, isNoted: Bool) throws {
    let result = try run(
      "library", "Tiny.dtmodel", "--output", "out", "--target", "armv7em-none-none-eabi",
      "--clang-flags", "-mcpu=cortex-m7 \(flags)")
    guard !result.error.contains("has no Embedded Swift") else { return }
    #expect(result.status == 0, "\(result.error)")
    let note = "note: out/libtiny.a: beside memcpy, memmove and memset needs "
    #expect(result.error.contains(note) == isNoted, "\(result.error)")
    #expect(result.error.contains("__aeabi_fmul") == isNoted, "\(result.error)")
  }

  @Test("always writes two Swift files for a build, and prints nothing but problems")
  func generatesForBuild() throws {
    try directory.copyPendulum()
    let embedded = try run("generate", "Pendulum.dtmodel", "--output", "a", "--for-build")
    #expect(embedded.status == 0, "\(embedded.error)")
    #expect(embedded.output == "")
    #expect(
      try directory.entries("a") == [
        ".Pendulum.manifest.json", "Pendulum.swift", "PendulumKernels.swift",
        "PendulumWeights.swift",
      ])

    let bare = try run("generate", "Tiny.dtmodel", "--output", "b", "--for-build")
    #expect(bare.status == 0)
    #expect(
      try directory.entries("b")
        == [".Tiny.manifest.json", "Tiny.swift", "TinyKernels.swift", "TinyWeights.swift"])
    #expect(try directory.read("b/TinyWeights.swift").hasPrefix("// Generated by dtgen"))
    #expect(bare.error.contains("note: Tiny.dtmodel: without a checkpoint, model.safetensors or "))
    // The note is above the compiler's errors, which say the same.
    #expect(
      try directory.read("b/TinyWeights.swift").contains(
        "@available(*, unavailable, message: \"Tiny.dtmodel has no checkpoint; put model.safetensors or "
      ))

    let options = try directory.read("Pendulum.dtmodel/codegen.json")
    try directory.write(
      "Pendulum.dtmodel/codegen.json",
      options.replacing("\"window\"", with: "\"weights\": \"file\", \"window\""))
    let file = try run("generate", "Pendulum.dtmodel", "--output", "c", "--for-build")
    #expect(file.status == 0)
    #expect(
      try directory.entries("c")
        == [
          ".Pendulum.manifest.json", "Pendulum.swift", "Pendulum.weights", "PendulumKernels.swift",
          "PendulumWeights.swift",
        ])
    #expect(
      try directory.read("c/PendulumWeights.swift").contains(
        "message: \"the packed weights are in the file Pendulum.weights; open it with PackedWeights(path:) and "
      ))
    #expect(file.error.contains("note: c/Pendulum.weights: "))
    for line in (embedded.error + bare.error + file.error).split(separator: "\n") {
      #expect(line.hasPrefix("note: ") || line.hasPrefix("warning: "))
    }
  }

  @Test("warns of a file that the model no longer produces")
  func leftover() throws {
    try directory.write("out/TinyWeights.swift", "// old")
    let result = try run("generate", "Tiny.dtmodel", "--output", "out")
    #expect(result.status == 0)
    #expect(result.error.contains("warning: out/TinyWeights.swift: "))
  }

  // MARK: Errors

  @Test("reports a missing folder in one line and writes nothing", arguments: [false, true])
  func missingFolder(forBuild: Bool) throws {
    let result = try dtgen.run(
      ["generate", "No.dtmodel", "--output", "out"] + (forBuild ? ["--for-build"] : []),
      directory: directory.path)
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(result.error.hasPrefix(forBuild ? "error: No.dtmodel" : "No.dtmodel"))
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  @Test(
    "names a checkpoint that is not read, and writes nothing",
    arguments: [
      ["generate", "Tiny.dtmodel", "--output", "out"], ["inspect", "Tiny.dtmodel"],
      ["check", "Tiny.dtmodel", "--against", "out"],
      ["library", "Tiny.dtmodel", "--output", "out"],
      ["compare", "Tiny.dtmodel", "--golden", "golden.safetensors"],
      ["generate", "Tiny.dtmodel", "--output", "out", "--for-build"],
    ])
  func unreadCheckpoint(arguments: [String]) throws {
    try directory.write("Tiny.dtmodel/model.pt", "PK\u{3}\u{4}")
    let result = try dtgen.run(arguments, directory: directory.path)
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(
      result.error == (arguments.contains("--for-build") ? "error: " : "")
        + "Tiny.dtmodel/model.pt: looks like a PyTorch file and is not read under this name; "
        + "accepted: pytorch_model.bin beside config.json, or shards that "
        + "pytorch_model.bin.index.json names\n")
    #expect(try directory.entries() == ["Tiny.dtmodel"])
  }

  @Test("does not look for a checkpoint where only code is wanted")
  func unreadCheckpointAndCodeOnly() throws {
    try directory.write("Tiny.dtmodel/model.pt", "")
    let result = try run("generate", "Tiny.dtmodel", "--output", "out", "--code-only")
    #expect(result.status == 0)
    #expect(result.error == "")
    #expect(try run("check", "Tiny.dtmodel", "--against", "out", "--code-only").status == 0)
  }

  @Test("leaves earlier output alone when the input is wrong")
  func wrongInput() throws {
    #expect(try run("generate", "Tiny.dtmodel", "--output", "out").status == 0)
    let code = try directory.read("out/Tiny.swift")
    let before = try directory.identity("out/Tiny.swift")
    try directory.write("Tiny.dtmodel/codegen.json", #"{"windows": 2, "return_scale": 0}"#)
    let result = try run("generate", "Tiny.dtmodel", "--output", "out")
    #expect(result.status == 1)
    #expect(result.error.contains("Tiny.dtmodel/codegen.json: windows: "))
    #expect(result.error.contains("Tiny.dtmodel/codegen.json: return_scale: "))
    #expect(try directory.read("out/Tiny.swift") == code)
    #expect(try directory.identity("out/Tiny.swift") == before)
    #expect(try run("inspect", "Tiny.dtmodel").status == 1)
    #expect(try run("check", "Tiny.dtmodel", "--against", "out").status == 1)
  }

  @Test("reports an output folder that cannot be made")
  func obstructedOutput() throws {
    try directory.write("plain", "")
    let result = try run("generate", "Tiny.dtmodel", "--output", "plain")
    #expect(result.status == 1)
    #expect(result.error.contains("plain"))
  }

  // MARK: Inspect

  @Test("shows shape and options, as text and as the same JSON each time")
  func inspect() throws {
    let text = try run("inspect", "Tiny.dtmodel")
    #expect(text.status == 0)
    #expect(text.output.contains("window"))
    #expect(text.output.contains("2 steps, 6 tokens"))
    let json = try run("inspect", "Tiny.dtmodel", "--json")
    #expect(json.status == 0)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
    let report = try #require(object as? [String: Any])
    #expect((report["shape"] as? [String: Any])?["state_dim"] as? Int == 3)
    #expect((report["options"] as? [String: Any])?["window"] as? Int == 2)
    let plan = try #require(report["plan"] as? [String: Any])
    let sets = try #require(plan["working_sets"] as? [[String: Any]])
    #expect(sets.compactMap { $0["name"] as? String } == ["act", "prepare", "act and prepare"])
    for set in sets {
      let bytes = try ["bytes", "weight_bytes", "memory_bytes"].map {
        try #require(set[$0] as? Int)
      }
      #expect(bytes[0] == bytes[1] + bytes[2] && bytes[1] > 0 && bytes[2] > 0)
    }
    #expect(text.output.contains("what a call touches, in bytes"))
    #expect(try run("inspect", "Tiny.dtmodel", "--json").output == json.output)
  }

  @Test("shows a trunk without what a trunk has not")
  func inspectTrunk() throws {
    try directory.write(
      "Tiny.dtmodel/codegen.json", #"{"model_class": "DecisionTransformerGPT2Model", "tokens": 9}"#)
    let text = try run("inspect", "Tiny.dtmodel")
    #expect(text.status == 0)
    for part in ["DecisionTransformerGPT2Model", "9 tokens", "one token", "6 tokens"] {
      #expect(text.output.contains(part), "\(part)")
    }
    for part in ["state", "action", "window", "return", "prepare", "controller"] {
      #expect(!text.output.contains("  \(part) "), "\(part)")
    }
    let json = try run("inspect", "Tiny.dtmodel", "--json").output
    #expect(json.contains(#""tokens" : 9"#) && !json.contains("state_dim"))
    let comparison = try run("compare", "Tiny.dtmodel", "--golden", "golden.safetensors")
    #expect(comparison.status == 1)
    #expect(
      comparison.error.contains(
        #"Tiny.dtmodel/codegen.json: model_class: found "DecisionTransformerGPT2Model", which has no"#
      ))
  }

  @Test("shows how far float32 is expected to be off, stage by stage")
  func expectedError() throws {
    try directory.copyPendulum()
    let text = try run("inspect", "Pendulum.dtmodel")
    #expect(text.output.contains("expected error of float32: 45 steps"))
    let object = try JSONSerialization.jsonObject(
      with: Data(try run("inspect", "Pendulum.dtmodel", "--json").output.utf8))
    let report = try #require((object as? [String: Any])?["self_test"] as? [String: Any])
    let stages = try #require(report["stages"] as? [[String: Any]])
    #expect(stages.compactMap { $0["name"] as? String }.first == "embedding")
    for stage in stages {
      let error = try #require(stage["largest_error"] as? Double)
      let tolerance = try #require(stage["tolerance"] as? Double)
      #expect(error > 0 && 7.9 * error <= tolerance && tolerance < 1e-4, "\(stage)")
    }
    let options = try directory.read("Pendulum.dtmodel/codegen.json")
    try directory.write(
      "Pendulum.dtmodel/codegen.json",
      options.replacing("\"window\"", with: "\"self_test\": false, \"window\""))
    #expect(try !run("inspect", "Pendulum.dtmodel").output.contains("expected error"))
  }

  // MARK: Compare

  @Test("compares with recorded numbers; 0 where they are equal, 1 beyond the tolerance")
  func compare() throws {
    let folder = TestData.model("EightHeadsOneLayer").path
    let golden = TestData.episodes.appending(path: "EightHeadsOneLayer.safetensors").path
    let equal = try run("compare", folder, "--golden", golden)
    #expect(equal.status == 0, "\(equal.error)")
    #expect(equal.output.hasSuffix("equal within tolerance\n"))
    #expect(equal.output.contains("actions by step, largest error\n"))
    let beyond = try run("compare", folder, "--golden", golden, "--tolerance=1e-12", "--json")
    #expect(beyond.status == 1)
    let object = try JSONSerialization.jsonObject(with: Data(beyond.output.utf8))
    let report = try #require(object as? [String: Any])
    #expect(report["passed"] as? Bool == false)
    let byStep = try #require(report["by_step"] as? [String: Any])
    #expect((byStep["packed"] as? [Double])?.count == report["steps"] as? Int)
    let missing = try run("compare", folder, "--golden", "no.safetensors")
    #expect(missing.status == 1)
    #expect(missing.error.hasPrefix("no.safetensors: "))
    #expect(missing.output == "")
  }
}
