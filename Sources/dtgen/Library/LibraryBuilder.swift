import DTGenCommands
import DTGenReports
import Foundation

/// Makes libraries for C of a compiled model: Embedded Swift, so that no Swift runtime has to be there.
struct LibraryBuilder {
  var compilation: Compilation
  var target: LibraryTarget
  var toolchain: Toolchain
  var runtime: RuntimeSources

  private var name: CName { compilation.plan.cName }
  private var model: String { compilation.model.name }

  func build() throws(InvalidInput) -> Library {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dtgen-library-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try OutputFolder(path: folder.path).receive(compilation.files + [weightsInC])
    let sources = compilation.files.map(\.name).filter { $0.hasSuffix(".swift") }
    try compileSwift(runtime.files, module: "DecisionTransformer", in: folder)
    try compileSwift(sources, module: "\(model)Library", in: folder)
    var objects = ["DecisionTransformer.o", "\(model)Library.o"]
    if compilation.checkpointFile != nil {
      try toolchain.run(
        "clang",
        target.clangFlags + [
          "-std=c23", "-O2", "-fPIC", "-ffunction-sections", "-c", weightsInC.name, "-o",
          "weights.o",
        ],
        in: folder)
      objects.append("weights.o")
    }
    try merge(objects, into: "all.o", in: folder)
    let archive = "lib\(name.prefix).a"
    try toolchain.run("llvm-ar", ["rcsD", archive, "all.o"], in: folder)
    var products = [name.header, archive]
    if target.hasSharedLibraries {
      let library = "lib\(name.prefix).so"
      try toolchain.run(
        "clang",
        target.clangFlags + [
          "-shared", "-fuse-ld=lld", "-o", library, "all.o", "-nostartfiles", "-Wl,--no-undefined",
          "-Wl,--strip-all", "-Wl,-z,now", "-Wl,-soname,\(library)", "-Wl,--build-id=none",
        ], in: folder)
      products.append(library)
    }
    let result = OutputFolder(path: folder.path)
    return Library(
      files: products.compactMap { product in
        result.contents(of: product).map { OutputFile(name: product, contents: $0) }
      },
      triple: toolchain.triple,
      requiredSymbols: try undefinedSymbols(of: "all.o", in: folder),
      symbolVersions: target.hasSharedLibraries
        ? try symbolVersions(of: "lib\(name.prefix).so", in: folder) : [])
  }

  private func symbolVersions(
    of library: String, in folder: URL
  ) throws(InvalidInput) -> [String] {
    let symbols = try toolchain.run(
      "llvm-nm", ["--dynamic", "--undefined-only", library], in: folder
    ).split(separator: "\n")
    return symbols.compactMap { symbol in
      symbol.lastIndex(of: "@").map { String(symbol[symbol.index(after: $0)...]) }
    }
  }

  private func undefinedSymbols(
    of object: String, in folder: URL
  ) throws(InvalidInput) -> [String] {
    try toolchain.run(
      "llvm-nm", ["--undefined-only", "--format=just-symbols", object], in: folder
    ).split(separator: "\n").map(String.init).sorted()
  }

  /// One object: what the interface does not reach is left out, and of the rest only the interface can be seen, so
  /// that two models in one program do not meet.
  private func merge(
    _ objects: [String], into object: String, in folder: URL
  ) throws(InvalidInput) {
    let script = OutputFile(
      name: "sections.lds",
      contents: Array(
        "SECTIONS { .text : { KEEP(*(.text.\(name.prefix)_*)) *(.text .text.*) } }\n".utf8))
    _ = try OutputFolder(path: folder.path).receive([script])
    try toolchain.run(
      "ld.lld", ["-r", "--gc-sections", "-T", script.name, "-o", object] + objects, in: folder)
    let unused = [".swift_modhash", ".swift1_autolink_entries", ".linker-options", ".comment"]
    try toolchain.run(
      "llvm-objcopy",
      ["--wildcard", "--keep-global-symbol=\(name.prefix)_*"]
        + unused.map { "--remove-section=\($0)" } + [object], in: folder)
    try toolchain.run("llvm-objcopy", ["--strip-unneeded", object], in: folder)
  }

  /// The flags of SwiftPM's release builds, and those of Embedded Swift. The stack protector would need two symbols
  /// of the C library; what it guards has bounds that the plan fixes.
  private func compileSwift(
    _ sources: [String], module: String, in folder: URL
  ) throws(InvalidInput) {
    try toolchain.run(
      "swiftc",
      target.swiftFlags + [
        "-enable-experimental-feature", "Embedded", "-wmo", "-Xfrontend", "-no-allocations",
        "-Xfrontend", "-disable-stack-protector", "-Xfrontend", "-function-sections",
        "-parse-as-library", "-O", "-swift-version", "6", "-module-name", module,
        "-I", runtime.headers, "-I", ".", "-emit-module", "-emit-module-path",
        "\(module).swiftmodule", "-c", "-o", "\(module).o",
      ] + sources, in: folder)
  }

  /// The weights as read-only data at a multiple of 64 bytes, and the functions that use them.
  private var weightsInC: OutputFile {
    let text = """
      #include "\(name.header)"

      static const _Alignas(64) unsigned char weights[] = {
      #embed "\(OutputNames(model: model).weightsFile)"
      };

      int32_t \(name.prefix)_create(void *memory, size_t memory_size, \(name.type) **\(name.instance)) {
        return \(name.prefix)_create_with_weights(
            memory, memory_size, weights, sizeof weights, \(name.instance));
      }

      const void *\(name.prefix)_weights(size_t *size) {
        if (size != NULL) *size = sizeof weights;
        return weights;
      }
      \(compilation.plan.network.takesEmbeddings ? "" : selfTestInC)
      """
    return OutputFile(name: "weights.c", contents: Array(text.utf8))
  }

  private var selfTestInC: String {
    """

      int32_t \(name.prefix)_self_test(void *memory, size_t memory_size) {
        return \(name.prefix)_self_test_with_weights(memory, memory_size, weights, sizeof weights);
      }

    """
  }
}
