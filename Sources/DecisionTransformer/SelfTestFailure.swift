/// Why a controller must not drive anything: its self test did not pass.
public struct SelfTestFailure: Error, Equatable, Sendable {
  /// What the self test found; `report.firstFailure` says where the difference begins.
  public var report: SelfTestReport
}

extension SelfTestReport {
  /// Goes on where the self test ``passed``. For the start of a program that drives something:
  ///
  ///     try Hopper.selfTest().requirePassed()
  ///
  /// Allocates nothing.
  ///
  /// - Throws: ``SelfTestFailure`` with this report where it has not.
  public func requirePassed() throws(SelfTestFailure) {
    guard passed else { throw SelfTestFailure(report: self) }
  }
}

#if !hasFeature(Embedded)
  extension SelfTestFailure: CustomStringConvertible {
    /// One line: the report, and what it means.
    public var description: String {
      "\(report): this program does not compute its checkpoint here, or its weights were made with other options"
    }
  }
#endif
