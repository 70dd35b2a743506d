import DecisionTransformer

/// The controller, and the memory of its episodes: everything that may allocate comes before.
nonisolated(unsafe) private var controller: Model? = nil

@_cdecl("prepare_subject")
public func prepareSubject() {
  controller = try! Model()
  // Type information and symbols are made when they are first asked for.
  runEpisodes()
}

/// Two episodes: every member that a control loop calls, refusals among them.
@_cdecl("run_episodes")
public func runEpisodes() {
  controller!.reset()
  controller!.run()
  controller!.reset(targetReturn: 1)
  controller!.run()
}

@_cdecl("allocate")
public func allocate() {
  UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16).deallocate()
}

extension Model {
  fileprivate mutating func run() {
    var isRefused = false
    for step in 0..<3 * Self.window {
      let state = State { Float((step * 37 + $0 * 53) % 101 - 50) / 50 }
      do throws(StepError) {
        let action = try act(state, reward: step % 4 == 3 ? nil : 1)
        if step == Self.window { retarget(2) }
        switch step % 4 {
        case 0: prepare()
        case 1: try prepare(executed: action)
        case 2: try prepare(executed: action, reward: 1)
        default: break
        }
        if step % 4 == 2 { _ = try act(state) }
      } catch {
        isRefused = true
      }
      do throws(StepError) {
        _ = try act(State(repeating: .nan))
      } catch {
        isRefused = true
      }
    }
    precondition(isRefused)
  }
}
