/// What the caller is told.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  /// Something is wrong with the input, checked-in output is stale, or numbers differ.
  case wrongInput = 1
  case wrongUsage = 2
}
