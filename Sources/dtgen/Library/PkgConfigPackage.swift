import DTGenReports

/// `pkg-config hopper`, which links statically, and `pkg-config hopper-shared`.
struct PkgConfigPackage {
  var subject: PackageSubject
  var hasSharedLibrary: Bool

  var files: [OutputFile] {
    // By its file's name: of two libraries in a folder, -lhopper would take the shared one.
    let option = "-l\(subject.prefix)"
    let statically = file(
      subject.prefix, "the static library", hasSharedLibrary ? "-l:\(subject.archive)" : option)
    let shared = file("\(subject.prefix)-shared", "the shared library", option)
    return hasSharedLibrary ? [statically, shared] : [statically]
  }

  /// Without quotes: pkg-config marks the spaces of `pcfiledir` itself.
  private func file(_ name: String, _ library: String, _ option: String) -> OutputFile {
    let text = """
      # \(subject.mark)
      prefix=${pcfiledir}/../..
      includedir=${prefix}/include
      libdir=${prefix}/lib

      Name: \(name)
      Description: \(subject.summary): \(library)
      Version: \(subject.version.numbers)
      Cflags: -I${includedir}
      Libs: -L${libdir} \(option)

      """
    return OutputFile(name: "lib/pkgconfig/\(name).pc", contents: Array(text.utf8))
  }
}
