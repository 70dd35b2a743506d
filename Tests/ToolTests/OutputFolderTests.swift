import DecisionTransformerCodegen
import Foundation
import TestFolders
import Testing

@Suite("The output folder")
struct OutputFolderTests {
  @Test("is made, with the folders above it")
  func makesFolders() throws {
    let directory = ScratchFolder(named: "dtgen")
    let folder = OutputFolder(path: directory.path("a/b/c"))
    #expect(folder.contents(of: "X.swift") == nil)
    #expect(try folder.write([file("X.swift", "x")]) == [.written])
    #expect(folder.contents(of: "X.swift") == Array("x".utf8))
  }

  @Test("has folders, as the files' names say")
  func foldersInNames() throws {
    let directory = ScratchFolder(named: "dtgen")
    let folder = OutputFolder(path: directory.path("out"))
    let files = [file("A", "a"), file("lib/B", "b"), file("lib/more/C", "c")]
    #expect(try folder.write(files) == [.written, .written, .written])
    #expect(try folder.write(files) == [.unchanged, .unchanged, .unchanged])
    #expect(folder.contents(of: "lib/more/C") == Array("c".utf8))
    #expect(try directory.entries("out/lib") == ["B", "more"])
    #expect(try directory.entries("out/lib/more") == ["C"])
  }

  @Test("touches only files whose bytes change")
  func touchesOnlyChanges() throws {
    let directory = ScratchFolder(named: "dtgen")
    let folder = OutputFolder(path: directory.path)
    _ = try folder.write([file("A", "a"), file("B", "b")])
    let before = try directory.identity("A")
    #expect(try folder.write([file("A", "a"), file("B", "c")]) == [.unchanged, .written])
    #expect(try directory.identity("A") == before)
    #expect(folder.contents(of: "B") == Array("c".utf8))
  }

  @Test("writes all files or none, and leaves no temporary ones")
  func writesAllOrNone() throws {
    let directory = ScratchFolder(named: "dtgen")
    // A file cannot be staged in a folder that is none.
    let folder = OutputFolder(path: directory.path)
    _ = try folder.write([file("A", "old")])
    try directory.write("no", "")
    #expect(throws: Diagnostic.self) { try folder.write([file("A", "new"), file("no/B", "b")]) }
    #expect(try directory.entries() == ["A", "no"])
    #expect(folder.contents(of: "A") == Array("old".utf8))
  }

  @Test("clears away what a killed writer of the same files left, and nothing else")
  func abandoned() throws {
    let directory = ScratchFolder(named: "dtgen")
    let folder = OutputFolder(path: directory.path)
    // A process that has ended; the first one runs.
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/bin/sh")
    ended.arguments = ["-c", ":"]
    try ended.run()
    ended.waitUntilExit()
    let gone = ended.processIdentifier
    let kept = [
      ".B.\(gone).tmp", ".A.x.tmp", ".A.0.tmp", ".A.tmp",
      ".A.1.tmp", "A.\(gone).tmp",
    ]
    for name in kept + [".A.\(gone).tmp"] { try directory.write(name, "part") }
    #expect(try folder.write([file("A", "a")]) == [.written])
    #expect(try directory.entries() == (kept + ["A"]).sorted())
    // Where nothing changes, too.
    try directory.write(".A.\(gone).tmp", "part")
    #expect(try folder.write([file("A", "a")]) == [.unchanged])
    #expect(try directory.entries() == (kept + ["A"]).sorted())
  }

  @Test("says which path is in the way, and why")
  func reportsObstacles() throws {
    let directory = ScratchFolder(named: "dtgen")
    try directory.write("plain", "a file")
    let below = OutputFolder(path: directory.path("plain/below"))
    let error = #expect(throws: Diagnostic.self) { try below.write([file("A", "a")]) }
    #expect(error?.path == directory.path("plain/below"))
    #expect(error?.message.contains("Not a directory") == true)

    try FileManager.default.createDirectory(
      atPath: directory.path("A"), withIntermediateDirectories: false)
    let folder = OutputFolder(path: directory.path)
    let replaced = #expect(throws: Diagnostic.self) { try folder.write([file("A", "a")]) }
    #expect(replaced?.path == directory.path("A"))
    #expect(try directory.entries() == ["A", "plain"])
  }

  private func file(_ name: String, _ text: String) -> OutputFile {
    OutputFile(name: name, contents: Array(text.utf8))
  }
}
