/// The small text file that Git leaves in place of a large one until Git LFS has fetched it.
package enum GitLFSPointer {
  package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: "version https://git-lfs".utf8)
  }

  package static func diagnostic(path: String) -> Diagnostic {
    Diagnostic(path: path, "is a Git LFS pointer, not the weights; fetch them with: git lfs pull")
  }
}
