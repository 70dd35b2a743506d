import DecisionTransformer
import Foundation

/// The payload of packed weights, which begins at a multiple of 64 bytes.
package enum ComparedWeights {
  case packed(PackedWeights, owner: MappedFile?)
  case words([Float])
}

extension ComparedWeights {
  /// The weights that a manifest names; nil where it names none, or the file is not there, as where only code is checked in.
  package static func read(of manifest: Manifest, in folder: OutputFolder) throws(InvalidInput)
    -> Self?
  {
    guard let file = manifest.files.first(where: { $0.content == .weights }) else { return nil }
    let place = folder.path(of: file.name)
    guard FileManager.default.fileExists(atPath: place) else { return nil }
    do {
      let mapped = try MappedFile(path: place)
      let packed = try mapped.withBytes { (bytes) throws(InitializationError) in
        guard let text = file.base64 else { return try PackedWeights(bytes) }
        let base64 = UnsafeRawBufferPointer(rebasing: bytes[text.clamped(to: 0..<bytes.count)])
        return try PackedWeights(base64: base64.assumingMemoryBound(to: UInt8.self))
      }
      _ = try packed.payload(
        layoutDigest: manifest.layoutDigest, byteCount: manifest.weightBytes)
      // Decoded weights have memory of their own; the owner keeps the mapping alive beyond this call.
      return .packed(packed, owner: file.base64 == nil ? mapped : nil)
    } catch let error as Diagnostic {
      throw InvalidInput([error])
    } catch {
      throw InvalidInput([
        Diagnostic(
          path: place, "\(error); accepted: packed weights of the code and the manifest beside them"
        )
      ])
    }
  }

  /// Calls `body` with the words of the payload.
  package func withWords<Result>(
    _ manifest: Manifest, _ body: (UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    switch self {
    case .words(let words): return words.withUnsafeBufferPointer(body)
    case .packed(let packed, let owner):
      defer { withExtendedLifetime((packed, owner)) {} }
      guard
        let base = try? packed.payload(
          layoutDigest: manifest.layoutDigest, byteCount: manifest.weightBytes)
      else { preconditionFailure("the payload was checked when it was read") }
      return body(
        UnsafeBufferPointer(
          start: base.assumingMemoryBound(to: Float.self), count: manifest.weightBytes / 4))
    }
  }
}
