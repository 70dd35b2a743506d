import DTGenReports

/// `__init__.py` of a wheel: the class for Python with this model's library, and its numbers.
struct PythonModule {
  var subject: PackageSubject
  var version: String

  private var client: ClientClass { subject.client }
  private var target: Float? { subject.plan.deployment.targetReturn.map { Float($0) } }
  private var several: Bool { subject.batch > 1 }

  /// A control loop, or a trunk's tokens.
  var example: String {
    guard client != .trunk else {
      return """
        from \(subject.prefix) import Trunk

        trunk = Trunk()
        states = trunk.forward(inputs_embeds)  # (tokens, \(subject.plan.shape.hiddenSize)) in and out, float32
        more = trunk.forward(further_embeds)  # behind those before; trunk.reset() forgets them
        """
    }
    let name = client.nameInWheel
    let reset =
      target.map { "controller.reset()  # asks for \($0)" } ?? "controller.reset(target_return=...)"
    let count =
      subject.frames == nil
      ? "\(subject.stateDimension) numbers" : "\(subject.stateDimension) bytes, uint8"
    let (state, action) =
      several
      ? (
        "(\(subject.batch), \(subject.stateDimension))",
        subject.hasNumberedActions
          ? "(\(subject.batch),), int32, 0 to \(subject.actionDimension - 1)"
          : "(\(subject.batch), \(subject.actionDimension)), float32"
      )
      : (
        count,
        subject.hasNumberedActions
          ? "an int, 0 to \(subject.actionDimension - 1)"
          : "\(subject.actionDimension) numbers, float32"
      )
    let plural = several ? "s" : ""
    return """
      from \(subject.prefix) import \(name)

      controller = \(name)()
      controller.self_test()  # once: does this library compute its checkpoint on this machine?
      \(reset)
      action\(plural) = controller.act(state\(plural))  # \(state) in; \(action)
      controller.prepare()  # while the world moves
      action\(plural) = controller.act(next_state\(plural), reward\(plural))
      """
  }

  var text: String {
    """
    # \(subject.mark)
    \"""\(subject.summary), compiled by \(subject.generator).

    \(example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n"))

    \(units) One thread at a time uses a \(instance); any number
    of \(instance)s, in any threads, share the library's weights.
    \"""

    from functools import cache as _cache
    from pathlib import Path as _Path
    \(client == .trunk ? "" : "from typing import Any, ClassVar\(several ? ", SupportsIndex" : "")\n")\

    from . import decision_transformer as _client
    from .decision_transformer import ControllerError, Library, LibraryError

    __all__ = [\(exported.sorted().map { "\"\($0)\"" }.joined(separator: ", ")), "library"]

    __version__ = "\(version)"


    @_cache
    def library() -> Library:
        \"""The shared library of this package, loaded once; raises LibraryError where it cannot be loaded.\"""
        return Library(_Path(__file__).with_name("\(subject.sharedLibrary)"), "\(subject.prefix)")


    class \(client.nameInWheel)(_client.\(client.rawValue)):
        \"""\(sentence)

        \(units) \(instance.capitalized)s share one set of weights.
        \"""
    \(client == .trunk ? "" : numbers)
        def __init__(self) -> None:
            \"""Allocates the \(instance)'s memory, the only memory it will ever use.\"""
            super().__init__(library())
    \(client == .trunk ? "" : episodes)
    """
  }

  private var exported: [String] {
    [client.nameInWheel, "ControllerError", "Library", "LibraryError"]
  }

  private var instance: String { client == .trunk ? "trunk" : "controller" }

  private var sentence: String {
    if client == .trunk { return "\(subject.model): \(subject.components)." }
    return several
      ? "\(subject.model): \(subject.components)."
      : "One episode at a time of \(subject.model): \(subject.components)."
  }

  /// What a controller of the model tells of itself.
  private var numbers: String {
    """

        window: ClassVar[int] = \(subject.plan.shape.window)
        \"""Control steps of context.\"""

        maximum_episode_length: ClassVar[int] = \(subject.plan.steps.time.stepCount)
        \"""\(subject.plan.steps.endsEpisodes ? "Steps." : "Rows of the timestep table; episodes may be longer.")\"""

        default_target_return: ClassVar[float | None] = \(target.map { "\($0)" } ?? "None")
        \"""What `reset()` asks for\(target == nil ? ": the model says nothing" : "").\"""

    """
  }

  private var episodes: String {
    let value = target.map { " = \($0)" } ?? ""
    let reset =
      several
      ? """
          def reset(
              self, target_return: float\(value), *, agent: SupportsIndex | None = None
          ) -> None:
              \"""Starts an episode of every agent, or of one, in which `target_return` is to be collected.\"""
              super().reset(target_return, agent=agent)
      """
      : """
          def reset(self, target_return: float\(value)) -> None:
              \"""Starts an episode in which `target_return` is to be collected.\"""
              super().reset(target_return)
      """
    return """

      \(reset)

          def _facts(self) -> dict[str, Any]:
              return super()._facts() | {
                  "window": self.window,
                  "default_target_return": self.default_target_return,
              }

      """
  }

  private var units: String {
    guard client != .trunk else {
      return "Hidden states are the same to the bit however a sequence is cut into calls."
    }
    let things =
      (subject.frames == nil ? ["states"] : []) + (subject.hasNumberedActions ? [] : ["actions"])
      + ["rewards"]
    let list = things.joined(separator: ", ")
    return
      "\(list.prefix(1).uppercased())\(list.dropFirst()) and targets are in the environment's units."
  }
}
