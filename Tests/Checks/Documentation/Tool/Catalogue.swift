import Foundation

/// A catalogue of articles whose links are plain Markdown, and its copy for docc.
///
/// docc follows `doc:` links only, and finds pictures only inside the catalogue. In the copy, links to articles are
/// such links, pictures lie beside the pages, and of a link to another file of the repository its path is left.
struct Catalogue {
  let root: String
  let path: String

  func write(to copy: String) throws {
    let files = FileManager.default
    try files.copyItem(atPath: path, toPath: copy)
    let articles = "\(copy)/Articles"
    for name in try files.contentsOfDirectory(atPath: articles).sorted() where name.hasSuffix(".md")
    {
      let page = try Page(path: "\(path)/Articles/\(name)", root: root)
      var pictures: [String] = []
      let text = page.replacingParts { part in
        guard case .link(let text, let target, let isPicture) = part, !Page.leadsElsewhere(target)
        else { return nil }
        let file = page.destination(of: target).file
        if isPicture {
          pictures.append(file)
          return "![\(text)](\((file as NSString).lastPathComponent))"
        }
        return Self.link(text, to: file, at: target)
      }
      try text.write(toFile: "\(articles)/\(name)", atomically: true, encoding: .utf8)
      for file in pictures {
        try? files.copyItem(
          atPath: "\(root)/\(file)", toPath: "\(articles)/\((file as NSString).lastPathComponent)")
      }
    }
  }

  private static func link(_ text: String, to file: String, at target: String) -> String {
    // An article lies in the same folder.
    if !target.contains("/"), let name = file.split(separator: "/").last, name.hasSuffix(".md") {
      return "[\(text)](doc:\(name.dropLast(3)))"
    }
    return text == file ? "`\(file)`" : "\(text) (`\(file)`)"
  }
}
