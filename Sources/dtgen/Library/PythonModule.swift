import DTGenReports

/// `__init__.py` of a wheel: the class for Python with this model's library, and its numbers.
struct PythonModule {
  var subject: PackageSubject
  var version: String

  private var base: String { subject.hasNumberedActions ? "NumberedController" : "Controller" }
  private var target: Float? { subject.plan.deployment.targetReturn.map { Float($0) } }

  /// A control loop.
  var example: String {
    let reset =
      target.map { "controller.reset()  # asks for \($0)" } ?? "controller.reset(target_return=...)"
    let action =
      subject.hasNumberedActions
      ? "an int, 0 to \(subject.actionDimension - 1)"
      : "\(subject.actionDimension) numbers, float32"
    let state =
      subject.frames == nil
      ? "\(subject.stateDimension) numbers" : "\(subject.stateDimension) bytes, uint8"
    return """
      from \(subject.prefix) import Controller

      controller = Controller()
      controller.self_test()  # once: does this library compute its checkpoint on this machine?
      \(reset)
      action = controller.act(state)  # \(state) in; \(action)
      controller.prepare()  # while the world moves
      action = controller.act(next_state, reward)
      """
  }

  var text: String {
    """
    # \(subject.mark)
    \"""\(subject.summary), compiled by \(subject.generator).

    \(example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n"))

    \(units) One thread at a time uses a controller; any number
    of controllers, in any threads, share the library's weights.
    \"""

    from functools import cache as _cache
    from pathlib import Path as _Path
    from typing import Any, ClassVar

    from . import decision_transformer as _client
    from .decision_transformer import ControllerError, Library, LibraryError

    __all__ = ["Controller", "ControllerError", "Library", "LibraryError", "library"]

    __version__ = "\(version)"


    @_cache
    def library() -> Library:
        \"""The shared library of this package, loaded once; raises LibraryError where it cannot be loaded.\"""
        return Library(_Path(__file__).with_name("\(subject.sharedLibrary)"), "\(subject.prefix)")


    class Controller(_client.\(base)):
        \"""One episode at a time of \(subject.model): \(subject.components).

        \(units) Controllers share one set of weights.
        \"""

        window: ClassVar[int] = \(subject.plan.shape.window)
        \"""Control steps of context.\"""

        maximum_episode_length: ClassVar[int] = \(subject.plan.steps.time.stepCount)
        \"""\(subject.plan.steps.endsEpisodes ? "Steps." : "Rows of the timestep table; episodes may be longer.")\"""

        default_target_return: ClassVar[float | None] = \(target.map { "\($0)" } ?? "None")
        \"""What `reset()` asks for\(target == nil ? ": the model says nothing" : "").\"""

        def __init__(self) -> None:
            \"""Allocates the controller's memory, the only memory it will ever use.\"""
            super().__init__(library())

        def reset(self, target_return: float\(target.map { " = \($0)" } ?? "")) -> None:
            \"""Starts an episode in which `target_return` is to be collected.\"""
            super().reset(target_return)

        def _facts(self) -> dict[str, Any]:
            return super()._facts() | {
                "window": self.window,
                "default_target_return": self.default_target_return,
            }

    """
  }

  private var units: String {
    let things =
      (subject.frames == nil ? ["states"] : []) + (subject.hasNumberedActions ? [] : ["actions"])
      + ["rewards"]
    let list = things.joined(separator: ", ")
    return
      "\(list.prefix(1).uppercased())\(list.dropFirst()) and targets are in the environment's units."
  }
}
