import Foundation

/// How much of what has to be compiled for a vector level is tested: a sample, or with `LEVELS=all` everything.
public enum TestExtent {
  public static let isComplete = ProcessInfo.processInfo.environment["LEVELS"] == "all"
}
