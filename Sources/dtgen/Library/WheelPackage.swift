import DTGenCommands
import DTGenReports

/// `pip install hopper-*.whl`: a Python package with the shared library, the class for Python and what the model's are.
///
/// Written without Python: a wheel is a zip archive with a list of its files and their digests.
struct WheelPackage {
  var subject: PackageSubject
  var client: String
  var sharedLibrary: [UInt8]
  var platform: WheelPlatform

  /// As pip knows it.
  private var version: String { subject.version.inPython(contents: sharedLibrary) }
  private var tag: String { "py3-none-\(platform.tag)" }
  private var information: String { "\(subject.prefix)-\(version).dist-info" }

  func file() throws(InvalidInput) -> OutputFile {
    let name = "\(subject.prefix)-\(version)-\(tag).whl"
    let archive = ZipArchive(files: files)
    guard let bytes = archive.bytes else {
      throw InvalidInput([
        Diagnostic(
          path: name,
          "would have \(archive.byteCount) bytes; accepted: \(ZipArchive.largestByteCount), with a narrower precision for example"
        )
      ])
    }
    return OutputFile(name: name, contents: bytes)
  }

  /// With the information about them last, as the format recommends, and the list of them at its end.
  private var files: [OutputFile] {
    let module = PythonModule(subject: subject, version: version)
    let listed = [
      text("\(subject.prefix)/__init__.py", module.text),
      text("\(subject.prefix)/decision_transformer.py", client),
      OutputFile(name: "\(subject.prefix)/\(subject.sharedLibrary)", contents: sharedLibrary),
      text("\(subject.prefix)/py.typed", ""),
      text("\(information)/METADATA", metadata(module)),
      text(
        "\(information)/WHEEL",
        """
        Wheel-Version: 1.0
        Generator: \(subject.generator)
        Root-Is-Purelib: false
        Tag: \(tag)

        """),
    ]
    let record = "\(information)/RECORD"
    let lines = listed.map { "\($0.name),sha256=\(digest($0)),\($0.contents.count)" }
    return listed + [text(record, (lines + ["\(record),,", ""]).joined(separator: "\n"))]
  }

  private func metadata(_ module: PythonModule) -> String {
    """
    Metadata-Version: 2.1
    Name: \(subject.prefix)
    Version: \(version)
    Summary: \(subject.summary)
    Requires-Python: >=3.10
    Requires-Dist: numpy>=1.21
    Description-Content-Type: text/markdown

    \(subject.summary), compiled by \(subject.generator).

    ```python
    \(module.example)
    ```

    """
  }

  /// The digest in the alphabet of URLs, without padding.
  private func digest(_ file: OutputFile) -> String {
    var text: [UInt8] = []
    Base64.encode(SHA256.digest(of: file.contents), into: &text)
    return String(decoding: text, as: UTF8.self).replacing("+", with: "-")
      .replacing("/", with: "_").replacing("=", with: "")
  }

  private func text(_ name: String, _ text: String) -> OutputFile {
    OutputFile(name: name, contents: Array(text.utf8))
  }
}
