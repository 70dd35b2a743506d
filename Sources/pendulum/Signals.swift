import Foundation
import Synchronization

/// What the terminal or the system asked for since the program began to listen.
enum Signals {
  /// A handler may only store: it interrupts whatever runs.
  private static let latest = Atomic<Int32>(0)
  private static let isSuspended = Atomic<Bool>(false)

  /// From now on a signal that would end or stop the program waits until the control loop asks.
  static func listen() {
    // Made now, not in a handler.
    latest.store(0, ordering: .relaxed)
    isSuspended.store(false, ordering: .relaxed)
    let ends = [SIGINT, SIGTERM, SIGHUP]
    for number in ends {
      signal(number) { Signals.latest.store($0, ordering: .relaxed) }
    }
    signal(SIGTSTP) { _ in Signals.isSuspended.store(true, ordering: .relaxed) }
    // Whoever started the program may have blocked them; that is inherited.
    var heard = sigset_t()
    sigemptyset(&heard)
    for number in ends + [SIGTSTP] { sigaddset(&heard, number) }
    pthread_sigmask(SIG_UNBLOCK, &heard, nil)
  }

  /// Ctrl-C, for example.
  static var askToEnd: Bool { latest.load(ordering: .relaxed) != 0 }

  /// Ctrl-Z: true once for each.
  static func takeSuspension() -> Bool {
    isSuspended.exchange(false, ordering: .relaxed)
  }
}
