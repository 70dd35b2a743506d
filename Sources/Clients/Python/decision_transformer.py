"""A generated controller from Python: `dtgen library` makes its shared library, ctypes calls it.

    hopper = Controller("build/libhopper.so")
    hopper.self_test()                            # once: does it compute its checkpoint here?
    hopper.reset(target_return=3000)
    action = hopper.act(state)                    # float32, environment units
    ...                                           # send it; the environment answers
    hopper.prepare()                              # while the world moves
    action = hopper.act(next_state, reward)

Where actions are numbers, it is NumberedController, and `act` gives an int:

    cart_pole = NumberedController("build/libcart_pole.so")
    cart_pole.reset(target_return=130)
    action = cart_pole.act(state)                 # the action with the largest logit
    action = cart_pole.act(next_state, reward, uniform=generator.random())  # one that is drawn

Several agents are a BatchController or a NumberedBatchController: the same, with an array by agent for each of
state, reward and action. Where the model has outputs besides the action, a Controller has `forward`.
The trunk alone is a Trunk:

    trunk = Trunk("build/libtrunk.so")
    last_hidden_state = trunk.forward(inputs_embeds)        # (tokens, hidden size), float32
    last_hidden_state = trunk.forward(further_embeds)       # behind those before

Nothing is needed but NumPy. Nothing has to be closed: a controller lives in memory of its own, which
Python frees with it, and the library allocates none.

One controller serves one thread at a time; the library never waits. ctypes releases the interpreter's
lock during a call, so controllers in several threads run at the same time. A second thread that calls
a controller in the middle of a call is refused.
"""

import ctypes
import operator
import os
import reprlib
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_float, c_int32, c_size_t, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "BatchController", "Comparison", "Controller", "ControllerError", "ForwardResult", "Library",
    "LibraryError", "NumberedBatchController", "NumberedController", "SelfTestError",
    "SelfTestReport", "Trunk",
]  # fmt: skip

Vector = NDArray[np.float32]

# What each function returns and takes, without the prefix. Pointers to numbers are plain addresses:
# an array's address is an integer, and no object is made for a call.
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "create": (c_int32, c_void_p, c_size_t, POINTER(c_void_p)),
    "create_with_weights": (
        c_int32, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_void_p)),
    "weights": (c_void_p, POINTER(c_size_t)),
    "self_test": (c_int32, c_void_p, c_size_t),
    "report_self_test": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "reset": (c_int32, c_void_p, c_float),
    "act": (c_int32, c_void_p, c_void_p, c_float, c_void_p),
    "act_without_reward": (c_int32, c_void_p, c_void_p, c_void_p),
    "prepare": (c_int32, c_void_p),
    "prepare_executed": (c_int32, c_void_p, c_void_p),
    "prepare_executed_with_reward": (c_int32, c_void_p, c_void_p, c_float),
    "retarget": (c_int32, c_void_p, c_float),
    "forward": (
        c_int32, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
    "action_predictions": (c_int32, c_void_p, c_void_p, c_size_t),
    "state_predictions": (c_int32, c_void_p, c_void_p, c_size_t),
    "return_predictions": (c_int32, c_void_p, c_void_p, c_size_t),
    "last_hidden_state": (c_int32, c_void_p, c_void_p, c_size_t),
    "hidden_states": (c_int32, c_void_p, c_void_p, c_size_t),
    "attentions": (c_int32, c_void_p, c_void_p, c_size_t),
    "next_state": (c_int32, c_void_p, c_void_p),
    "next_return": (c_int32, c_void_p, c_void_p),
    "last_error": (c_char_p, c_void_p),
    "last_error_index": (c_int32, c_void_p),
    "last_error_agent": (c_int32, c_void_p),
    "status_message": (c_char_p, c_int32),
    "version": (c_char_p,),
    "layout_digest": (c_char_p,),
    "memory_size": (c_size_t,),
    "memory_alignment": (c_size_t,),
    "state_dimension": (c_size_t,),
    "frame_bytes": (c_size_t,),
    "action_dimension": (c_size_t,),
    "hidden_size": (c_size_t,),
    "layer_count": (c_size_t,),
    "head_count": (c_size_t,),
}  # fmt: skip

# The same where actions are numbers: what else there is, and what takes a number in place of an array.
NUMBERED_SIGNATURES: dict[str, tuple[Any, ...]] = SIGNATURES | {
    "act_drawn": (c_int32, c_void_p, c_void_p, c_float, c_float, c_void_p),
    "act_drawn_without_reward": (c_int32, c_void_p, c_void_p, c_float, c_void_p),
    "logits": (c_int32, c_void_p, c_void_p),
    "prepare_executed": (c_int32, c_void_p, c_int32),
    "prepare_executed_with_reward": (c_int32, c_void_p, c_int32, c_float),
    "action_count": (c_size_t,),
}

# Of several agents: arrays of what one agent has.
BATCH_SIGNATURES: dict[str, tuple[Any, ...]] = SIGNATURES | {
    "reset_agent": (c_int32, c_void_p, c_size_t, c_float),
    "retarget_agent": (c_int32, c_void_p, c_size_t, c_float),
    "act": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p),
    "act_without_rewards": (c_int32, c_void_p, c_void_p, c_void_p),
    "act_drawn": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
    "act_drawn_without_rewards": (c_int32, c_void_p, c_void_p, c_void_p, c_void_p),
    "logits": (c_int32, c_void_p, c_size_t, c_void_p),
    "prepare_executed_with_rewards": (c_int32, c_void_p, c_void_p, c_void_p),
    "action_count": (c_size_t,),
    "batch": (c_size_t,),
}

# Of the trunk alone.
TRUNK_SIGNATURES: dict[str, tuple[Any, ...]] = SIGNATURES | {
    "forward": (
        c_int32, c_void_p, c_size_t, c_void_p, c_void_p, c_void_p, c_int32, c_void_p),
    "past_length": (c_int32, c_void_p, POINTER(c_size_t)),
    "reset": (c_int32, c_void_p),
    "crop": (c_int32, c_void_p, c_size_t),
    "token_capacity": (c_size_t,),
    "position_count": (c_size_t,),
}  # fmt: skip

# By the name of the class that a library is for: what tells it apart, what it is, and its functions.
KINDS: dict[str, tuple[tuple[str, ...], str, dict[str, tuple[Any, ...]]]] = {
    "Trunk": (("token_capacity",), "it is a trunk without controller", TRUNK_SIGNATURES),
    "NumberedBatchController": (
        ("batch", "action_count"), "it is for several agents, whose actions are numbers", BATCH_SIGNATURES),
    "BatchController": (("batch",), "it is for several agents", BATCH_SIGNATURES),
    "NumberedController": (("action_count",), "it is for one agent, whose actions are numbers", NUMBERED_SIGNATURES),
    "Controller": ((), "it is for one agent, whose actions are vectors", SIGNATURES),
}  # fmt: skip

# The status of a call that another thread's call keeps out; it leaves no message in the controller.
BUSY = 4
# Those of numbers that this client refuses, as the library would.
NON_FINITE_REWARD, NON_FINITE_RETURN, INVALID_UNIFORM, NO_SUCH_ACTION = 32, 33, 39, 40
NO_SUCH_AGENT = 42
LARGEST = float(np.finfo(np.float32).max)
BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))


class ControllerError(RuntimeError):
    """A call that the library refused: its status, as in the header, and its message.

    `index` is the number of the component, action, step or token that it is about, `agent` that of the
    agent; None where there is none. A refused `act` has not taken a step; the controller goes on with the
    next valid call.
    """

    def __init__(
        self, status: int, message: str, index: int | None = None, agent: int | None = None
    ) -> None:
        super().__init__(f"{message} (status {status})")
        self.status = status
        self.message = message
        self.index = index
        self.agent = agent


@dataclass(frozen=True)
class Comparison:
    """One number of a self test beside the expected one.

    `stage` is 0 for the embedded state token, 1, 2, ... for the token after block 0, 1, ..., and -1 for the
    action. A difference beyond its tolerance is a failure.
    """

    stage: int
    step: int
    index: int
    difference: float
    tolerance: float


@dataclass(frozen=True)
class SelfTestReport:
    """What a self test compared: how much, the worst difference, and where it failed first."""

    step_count: int
    comparison_count: int
    worst: Comparison
    first_failure: Comparison | None = None


class SelfTestError(ControllerError):
    """A self test that found a difference; `report` says where."""

    def __init__(self, status: int, message: str, report: SelfTestReport) -> None:
        first = report.first_failure or report.worst
        super().__init__(
            status,
            f"{message}: stage {first.stage}, step {first.step}, number {first.index} differs by "
            f"{first.difference:.1e}, tolerance {first.tolerance:.1e}",
        )
        self.report = report


class _Comparison(ctypes.Structure):
    _fields_ = [
        ("stage", c_int32), ("step", c_int32), ("index", c_int32), ("difference", c_float),
        ("tolerance", c_float)]  # fmt: skip

    def read(self) -> Comparison:
        return Comparison(self.stage, self.step, self.index, self.difference, self.tolerance)


class _Report(ctypes.Structure):
    _fields_ = [
        ("step_count", c_int32), ("comparison_count", c_int32), ("has_failed", c_int32),
        ("worst", _Comparison), ("first_failure", _Comparison)]  # fmt: skip

    def read(self) -> SelfTestReport:
        failure = self.first_failure.read() if self.has_failed else None
        return SelfTestReport(self.step_count, self.comparison_count, self.worst.read(), failure)


class LibraryError(OSError):
    """A shared library that cannot be loaded: it is missing, or for another machine."""


class Library:
    """The functions of one model's shared library, and the constants that they tell.

    It has an `action_dimension` where actions are vectors, an `action_count` where they are numbers, a
    `batch` where agents are several; a trunk has a `token_capacity` and a `position_count` in place of all
    these. `kind` is the name of the class that it is for.
    """

    state_dimension: int
    action_dimension: int
    action_count: int
    batch: int
    hidden_size: int
    layer_count: int
    head_count: int
    token_capacity: int
    position_count: int

    def __init__(self, path: str | os.PathLike[str], name: str | None = None) -> None:
        """`name` is the prefix of the functions; libhopper.so has `hopper`."""
        self.path = Path(path)
        self.name = name or self.path.name.split(".")[0].removeprefix("lib")
        # A path without a slash would be searched for where the system's libraries are.
        try:
            self._library = ctypes.CDLL(str(self.path.absolute()))
        except OSError as error:
            raise LibraryError(
                f"{self.path}: cannot be loaded: {error}; accepted: the shared library that "
                "`dtgen library` made for this machine"
            ) from None
        self.has_numbered_actions = self._has("action_count")
        self.kind = next(
            kind for kind, (names, _, _) in KINDS.items() if all(map(self._has, names)))
        self._signatures = KINDS[self.kind][2]
        self.version = self._text("version")
        self.layout_digest = self._text("layout_digest")
        self.memory_size: int = self.function("memory_size")()
        self.memory_alignment: int = self.function("memory_alignment")()
        # Where states are frames, they are bytes.
        self.has_frames = self._has("frame_bytes")
        self.has_forward = self.kind != "Trunk" and self._has("forward")
        if self.has_frames:
            self.state_dimension = self.function("frame_bytes")()
        for size in (
            "state_dimension", "action_dimension", "action_count", "batch", "hidden_size",
            "layer_count", "head_count", "token_capacity", "position_count"):  # fmt: skip
            if self._has(size):
                setattr(self, size, self.function(size)())

    def function(self, name: str) -> Callable[..., Any]:
        """The C function of this name without its prefix, with its types."""
        try:
            function = self._library[f"{self.name}_{name}"]
        except AttributeError:
            raise ValueError(
                f"{self.path}: it has no function {self.name}_{name}; accepted: the shared library "
                "of `dtgen library`, and as `name` the prefix of its functions"
            ) from None
        function.restype, *function.argtypes = self._signatures[name]
        return function

    def status_message(self, status: int) -> str:
        message: bytes = self.function("status_message")(status)
        return message.decode()

    def check(self, status: int) -> None:
        if status:
            raise ControllerError(status, self.status_message(status))

    def allocate(self) -> NDArray[np.uint8]:
        """Memory for one controller, at the address that it needs."""
        block = np.zeros(self.memory_size + self.memory_alignment, np.uint8)
        offset = -block.ctypes.data % self.memory_alignment
        return block[offset : offset + self.memory_size]

    def self_test(self, weights: NDArray[Any] | None = None) -> SelfTestReport | None:
        """Raises ControllerError unless this library computes its checkpoint on this machine.

        It replays the episode that was recorded with the weights, in memory of its own; it takes as
        long as some hundred steps. What it compared is returned, and in the SelfTestError of a difference.
        """
        if self.kind == "Trunk":
            raise ValueError(f"{self.path}: a trunk has no self test; accepted: a controller's library")
        memory = self.allocate()
        place = (memory.ctypes.data, memory.nbytes)
        if weights is None:
            size = c_size_t()
            address = self.function("weights")(ctypes.byref(size))
            if not address:
                self.check(self.function("self_test")(*place))
                return None
            packed = (address, size.value)
        else:
            packed = _bytes(weights)
        found = _Report()
        status = self.function("report_self_test")(*place, *packed, ctypes.addressof(found))
        if found.has_failed:
            raise SelfTestError(status, self.status_message(status), found.read())
        self.check(status)
        return found.read()

    def _has(self, name: str) -> bool:
        try:
            self._library[f"{self.name}_{name}"]
        except AttributeError:
            return False
        return True

    def _text(self, name: str) -> str:
        text: bytes = self.function(name)()
        return text.decode()


class _Instance:
    """What lives in memory of its own, made by a library's `create`."""

    # The class for whose libraries it is: a name of KINDS.
    _kind: ClassVar[str]

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """Allocates the controller's memory, the only memory it will ever use.

        `library` is the path of a shared library, or a `Library` that several controllers share.
        `weights` are the bytes of `<Name>.weights` where they are not in the library, for instance
        `np.memmap(path, np.uint8, "r")`; any number of controllers share one such array.
        """
        self.library = library if isinstance(library, Library) else Library(library, name)
        if self.library.kind != self._kind:
            raise ValueError(
                f"{self.library.path}: {KINDS[self.library.kind][1]}; accepted: a library for "
                f"{type(self).__name__}; for this one use {self.library.kind}"
            )
        self._memory = self.library.allocate()
        self._weights = weights
        self._controller = c_void_p()
        place = (self._memory.ctypes.data, self._memory.nbytes)
        result = ctypes.byref(self._controller)
        if weights is None:
            status = self.library.function("create")(*place, result)
        else:
            create = self.library.function("create_with_weights")
            status = create(*place, *_bytes(weights), result)
        self.library.check(status)
        self._last_error = self.library.function("last_error")
        self._last_index = self.library.function("last_error_index")
        self._last_agent = self.library.function("last_error_agent")
        self._reset = self.library.function("reset")

    def __repr__(self) -> str:
        kind = type(self)
        facts = ", ".join(f"{name}={value!r}" for name, value in self._facts().items())
        return f"<{kind.__module__}.{kind.__qualname__} of {self.library.path.name}: {facts}>"

    def _facts(self) -> dict[str, Any]:
        """What it shows of itself."""
        raise NotImplementedError

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        status = function(self._controller, *arguments)
        if status == BUSY:
            self.library.check(status)
        if status:
            message: bytes = self._last_error(self._controller)
            index = self._last_index(self._controller)
            agent = self._last_agent(self._controller)
            raise ControllerError(
                status, message.decode(), index if index >= 0 else None, agent if agent >= 0 else None)


class _SelfTested(_Instance):
    """What a controller is whatever its actions are, and however many agents it has."""

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """As of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._act = self.library.function("act")
        self._prepare = self.library.function("prepare")
        self._prepare_executed = self.library.function("prepare_executed")

    @property
    def state_dimension(self) -> int:
        """Numbers of a state; where states are frames, their bytes."""
        return self.library.state_dimension

    def _facts(self) -> dict[str, Any]:
        size = "action_count" if self.library.has_numbered_actions else "action_dimension"
        return {"state_dimension": self.state_dimension, size: getattr(self.library, size)}

    def self_test(self) -> SelfTestReport | None:
        """Raises ControllerError unless this controller's library and weights compute their checkpoint
        on this machine.

        It works in memory of its own: an episode that runs does not notice it. For the start of a program.
        What it compared is returned, and in the SelfTestError of a difference; None without weights.
        """
        return self.library.self_test(self._weights)


@dataclass(frozen=True)
class ForwardResult:
    """What `forward` gives, float32, by Hugging Face's names and in its shapes; None for what the model's
    `outputs` leave out.

    T steps are 3T tokens. The first axis, of 1, is there where the arguments had it.
    """

    state_preds: Vector | None = None
    """(1, T, state dimension), normalised"""
    action_preds: Vector | None = None
    """(1, T, action dimension), model units"""
    return_preds: Vector | None = None
    """(1, T, 1), scaled"""
    last_hidden_state: Vector | None = None
    """(1, 3T, hidden size), after ln_f"""
    hidden_states: tuple[Vector, ...] | None = None
    """(1, 3T, hidden size) for what enters each block, and the last one"""
    attentions: tuple[Vector, ...] | None = None
    """(1, heads, 3T, 3T) for each block"""


class _Controller(_SelfTested):
    """What a controller of one agent is whatever its actions are."""

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """As of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._act_without_reward = self.library.function("act_without_reward")
        self._prepare_rewarded = self.library.function("prepare_executed_with_reward")
        self._retarget = self.library.function("retarget")

    def _state(self, state: ArrayLike) -> NDArray[Any]:
        """The state as C reads it."""
        if self.library.has_frames:
            return _frames(state, self.state_dimension)
        return _vector(state, self.state_dimension, "state")

    def reset(self, target_return: float) -> None:
        """Starts an episode in which `target_return` is to be collected."""
        self._call(self._reset, _number(target_return, "target_return", NON_FINITE_RETURN))

    def retarget(self, target_return: float) -> None:
        """Asks for `target_return` in the rest of the episode."""
        self._call(self._retarget, _number(target_return, "target_return", NON_FINITE_RETURN))


class Controller(_Controller):
    """One episode at a time of one generated controller; everything in environment units.

    Controllers of one library share its weights.
    """

    _kind = "Controller"

    @property
    def action_dimension(self) -> int:
        """Numbers of an action."""
        return self.library.action_dimension

    def act(
        self, state: ArrayLike, reward: float | None = None, *, out: Vector | None = None
    ) -> Vector:
        """The action for `state`.

        `reward` is what the environment paid for the previous action, finite; it is ignored in an
        episode's first step, and None where it was zero or `prepare` was given it. A state that is a contiguous
        float32 array is read in place, and the action is written into `out` if there is one: then a
        step copies no array and makes none. Where states are frames it is an array of uint8, of
        any shape with `state_dimension` bytes.
        """
        state = self._state(state)
        out = _place(out, self.action_dimension)
        if reward is None:
            self._call(self._act_without_reward, state.ctypes.data, out.ctypes.data)
        else:
            number = _number(reward, "reward", NON_FINITE_REWARD)
            self._call(self._act, state.ctypes.data, number, out.ctypes.data)
        return out

    def prepare(self, *, executed: ArrayLike | None = None, reward: float | None = None) -> None:
        """Does what does not need the next state: call it when the action is on its way.

        `executed` is the action that was really executed, where it was clipped or overridden. With
        the `reward` of that action, the next `act` has half the work and is not given it again.
        """
        if executed is None:
            if reward is not None:
                raise ValueError("reward: given without executed; accepted: both, or to act")
            self._call(self._prepare)
            return
        executed = _vector(executed, self.action_dimension, "executed")
        if reward is None:
            self._call(self._prepare_executed, executed.ctypes.data)
        else:
            number = _number(reward, "reward", NON_FINITE_REWARD)
            self._call(self._prepare_rewarded, executed.ctypes.data, number)

    def forward(
        self,
        states: ArrayLike,
        actions: ArrayLike,
        returns_to_go: ArrayLike,
        timesteps: ArrayLike,
        attention_mask: ArrayLike | None = None,
    ) -> ForwardResult:
        """Hugging Face's `DecisionTransformerModel.forward` over T steps, 1 to the window, in model units.

        `states` (1, T, state dimension) are normalised, `actions` (1, T, action dimension),
        `returns_to_go` (1, T, 1) are scaled, `timesteps` (1, T) integers, and `attention_mask` (1, T) is 1
        for a step that is attended to, 0 for padding; None is all ones. The first axis may be left out of
        all of them. The episode stays as it is.
        """
        function = self._optional("forward")
        steps = np.asarray(timesteps)
        lead = steps.shape[:-1]
        if steps.ndim == 0 or lead not in ((), (1,)):
            raise ValueError(f"timesteps: shape {steps.shape}; accepted: (1, T) or (T,)")
        count: int = steps.shape[-1]
        library, size = self.library, self.action_dimension
        steps = _integers(steps, lead + (count,), "timesteps", np.intp)
        states = _floats(states, lead + (count, self.state_dimension), "states")
        actions = _floats(actions, lead + (count, size), "actions")
        returns = _floats(returns_to_go, lead + (count, 1), "returns_to_go")
        mask = None
        if attention_mask is not None:
            mask = _mask(attention_mask, lead + (count,))
        self._call(
            function, count, states.ctypes.data, actions.ctypes.data, returns.ctypes.data,
            steps.ctypes.data, None if mask is None else mask.ctypes.data)  # fmt: skip
        tokens = 3 * count
        hidden = lead + (tokens, library.hidden_size)
        layers = library.layer_count
        return ForwardResult(
            self._result("state_predictions", lead + (count, self.state_dimension)),
            self._result("action_predictions", lead + (count, size)),
            self._result("return_predictions", lead + (count, 1)),
            self._result("last_hidden_state", hidden),
            self._results("hidden_states", layers + 1, hidden),
            self._results("attentions", layers, lead + (library.head_count, tokens, tokens)),
        )

    def next_state(self, out: Vector | None = None) -> Vector:
        """The state that the model expects after the latest prepared action, environment units."""
        function = self._optional("next_state")
        out = _place(out, self.state_dimension)
        self._call(function, out.ctypes.data)
        return out

    def next_return(self) -> float:
        """The return-to-go that the model expects after the latest prepared action, environment units."""
        function, target_return = self._optional("next_return"), c_float()
        self._call(function, ctypes.byref(target_return))
        return target_return.value

    def _optional(self, name: str) -> Callable[..., int]:
        """A function of those models whose `outputs` need it."""
        if not self.library._has(name):
            raise ValueError(
                f"{self.library.path}: the model has no {name}; accepted: one whose codegen.json "
                'asks for it, with "outputs"'
            )
        return self.library.function(name)

    def _result(self, name: str, shape: tuple[int, ...]) -> Vector | None:
        """One of the latest forward, if the model has it."""
        if not self.library._has(name):
            return None
        result = np.empty(shape, np.float32)
        self._call(self.library.function(name), result.ctypes.data, result.size)
        return result

    def _results(self, name: str, count: int, shape: tuple[int, ...]) -> tuple[Vector, ...] | None:
        """One by layer."""
        result = self._result(name, (count, *shape))
        return None if result is None else tuple(result)


class NumberedController(_Controller):
    """`Controller` for a model whose actions are numbers, 0 to `action_count` - 1.

    Nothing random is inside: whoever wants actions drawn brings the random numbers.
    """

    _kind = "NumberedController"

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """As of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._act_drawn = self.library.function("act_drawn")
        self._act_drawn_without_reward = self.library.function("act_drawn_without_reward")
        self._logits = self.library.function("logits")

    @property
    def action_count(self) -> int:
        """Actions to choose from."""
        return self.library.action_count

    def act(
        self, state: ArrayLike, reward: float | None = None, *, uniform: float | None = None
    ) -> int:
        """The number of the action for `state`: the one with the largest logit, of equal ones the first.

        With `uniform`, at least 0 and below 1, it is drawn from softmax(logits / temperature), the
        temperature being the model's: its number is how many of the cumulative probabilities are at
        most `uniform`, as in NumPy's `choice`. `state` and `reward` are as in `Controller.act`.
        """
        state = self._state(state)
        action = c_int32()  # of this call: another thread's may follow before it is read
        place = ctypes.byref(action)
        if reward is None:
            if uniform is None:
                self._call(self._act_without_reward, state.ctypes.data, place)
            else:
                drawn = _fraction(uniform, "uniform")
                self._call(self._act_drawn_without_reward, state.ctypes.data, drawn, place)
        else:
            number = _number(reward, "reward", NON_FINITE_REWARD)
            if uniform is None:
                self._call(self._act, state.ctypes.data, number, place)
            else:
                drawn = _fraction(uniform, "uniform")
                self._call(self._act_drawn, state.ctypes.data, number, drawn, place)
        return action.value

    def logits(self, out: Vector | None = None) -> Vector:
        """Those of the latest `act`, by action; zeros before an episode's first."""
        out = _place(out, self.action_count)
        self._call(self._logits, out.ctypes.data)
        return out

    def prepare(
        self, *, executed: SupportsIndex | None = None, reward: float | None = None
    ) -> None:
        """Does what does not need the next state: call it when the action is on its way.

        `executed` is the number of the action that was really executed, an int or one of NumPy's. With
        the `reward` of that action, the next `act` has half the work and is not given it again.
        """
        if executed is None:
            if reward is not None:
                raise ValueError("reward: given without executed; accepted: both, or to act")
            self._call(self._prepare)
            return
        number = _action(executed, self.action_count, "executed")
        if reward is None:
            self._call(self._prepare_executed, number)
        else:
            self._call(self._prepare_rewarded, number, _number(reward, "reward", NON_FINITE_REWARD))


class _BatchController(_SelfTested):
    """What a controller of several agents is whatever their actions are."""

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """As of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._act_without_rewards = self.library.function("act_without_rewards")
        self._prepare_rewarded = self.library.function("prepare_executed_with_rewards")
        self._reset_agent = self.library.function("reset_agent")
        self._retarget_agent = self.library.function("retarget_agent")

    @property
    def batch(self) -> int:
        """Agents."""
        return self.library.batch

    def _facts(self) -> dict[str, Any]:
        return {"batch": self.batch} | super()._facts()

    def reset(self, target_return: float, *, agent: SupportsIndex | None = None) -> None:
        """Starts an episode of every agent in which `target_return` is to be collected; with `agent`, 0 to
        `batch` - 1, of that one alone: the others go on with theirs."""
        number = _number(target_return, "target_return", NON_FINITE_RETURN)
        if agent is None:
            self._call(self._reset, number)
        else:
            self._call(self._reset_agent, _agent(agent, self.batch), number)

    def retarget(self, target_return: float, *, agent: SupportsIndex) -> None:
        """Asks one agent for `target_return` in the rest of its episode."""
        number = _number(target_return, "target_return", NON_FINITE_RETURN)
        self._call(self._retarget_agent, _agent(agent, self.batch), number)

    def _states(self, states: ArrayLike) -> Vector:
        return _floats(states, (self.batch, self.state_dimension), "states")

    def _numbers(self, numbers: ArrayLike, name: str) -> Vector:
        """One for each agent."""
        return _floats(numbers, (self.batch,), name)

    def _prepare_with(self, executed: NDArray[Any] | None, rewards: ArrayLike | None) -> None:
        if executed is None:
            if rewards is not None:
                raise ValueError("rewards: given without executed; accepted: both, or to act")
            self._call(self._prepare)
        elif rewards is None:
            self._call(self._prepare_executed, executed.ctypes.data)
        else:
            paid = self._numbers(rewards, "rewards")
            self._call(self._prepare_rewarded, executed.ctypes.data, paid.ctypes.data)


class BatchController(_BatchController):
    """Several agents with one generated controller, one step of all of them at a time; everything in
    environment units. Each agent has an episode of its own, and the bits that it would have alone."""

    _kind = "BatchController"

    @property
    def action_dimension(self) -> int:
        """Numbers of an action."""
        return self.library.action_dimension

    def act(
        self, states: ArrayLike, rewards: ArrayLike | None = None, *, out: Vector | None = None
    ) -> Vector:
        """The actions, (batch, action dimension), for `states`, (batch, state dimension).

        `rewards`, (batch,), are what was paid for the previous actions, as in `Controller.act`; None where
        they were zero or `prepare` was given them. Contiguous float32 arrays are read in place, and the
        actions are written into `out` if there is one. Every agent must have an episode with steps left.
        """
        states = self._states(states)
        out = _place(out, self.batch, self.action_dimension)
        if rewards is None:
            self._call(self._act_without_rewards, states.ctypes.data, out.ctypes.data)
        else:
            paid = self._numbers(rewards, "rewards")
            self._call(self._act, states.ctypes.data, paid.ctypes.data, out.ctypes.data)
        return out

    def prepare(
        self, *, executed: ArrayLike | None = None, rewards: ArrayLike | None = None
    ) -> None:
        """Does what does not need the next states: call it when the actions are on their way.

        `executed`, (batch, action dimension), are the actions that were really executed, `rewards`,
        (batch,), what they earned; the next `act` is not given those again.
        """
        if executed is not None:
            executed = _floats(executed, (self.batch, self.action_dimension), "executed")
        self._prepare_with(executed, rewards)


class NumberedBatchController(_BatchController):
    """`BatchController` for a model whose actions are numbers, 0 to `action_count` - 1.

    Nothing random is inside: whoever wants actions drawn brings the random numbers.
    """

    _kind = "NumberedBatchController"

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """As of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._act_drawn = self.library.function("act_drawn")
        self._act_drawn_without_rewards = self.library.function("act_drawn_without_rewards")
        self._logits = self.library.function("logits")

    @property
    def action_count(self) -> int:
        """Actions to choose from."""
        return self.library.action_count

    def act(
        self,
        states: ArrayLike,
        rewards: ArrayLike | None = None,
        *,
        uniforms: ArrayLike | None = None,
        out: NDArray[np.int32] | None = None,
    ) -> NDArray[np.int32]:
        """The numbers of the agents' actions, (batch,), for `states`, (batch, state dimension): those with the
        largest logits; with `uniforms`, (batch,), each at least 0 and below 1, drawn as in
        `NumberedController.act`. `rewards` and `out` are as in `BatchController.act`.
        """
        states = self._states(states)
        actions = _place(out, self.batch, dtype=np.int32)
        numbers = []
        if rewards is not None:
            numbers.append(self._numbers(rewards, "rewards"))
        if uniforms is not None:
            drawn = np.asarray(uniforms)
            if drawn.dtype.kind == "f":
                # In float32, what is just below 1 may be rounded to 1; what is refused stays so.
                drawn = np.where((drawn < 1) & (drawn > BELOW_ONE), BELOW_ONE, drawn)
            numbers.append(self._numbers(drawn, "uniforms"))
        if rewards is None:
            function = self._act_without_rewards if uniforms is None else self._act_drawn_without_rewards
        else:
            function = self._act if uniforms is None else self._act_drawn
        addresses = [array.ctypes.data for array in numbers]
        self._call(function, states.ctypes.data, *addresses, actions.ctypes.data)
        return actions

    def logits(self, agent: SupportsIndex, out: Vector | None = None) -> Vector:
        """Those of an agent in the latest `act`, by action; zeros before an episode's first."""
        out = _place(out, self.action_count)
        self._call(self._logits, _agent(agent, self.batch), out.ctypes.data)
        return out

    def prepare(
        self, *, executed: ArrayLike | None = None, rewards: ArrayLike | None = None
    ) -> None:
        """Does what does not need the next states: call it when the actions are on their way.

        `executed`, (batch,), integers, are the numbers of the actions that were really executed, `rewards`,
        (batch,), what they earned; the next `act` is not given those again.
        """
        actions = None
        if executed is not None:
            # As int64: what int32 cannot hold must not become the number of an action.
            wide = _integers(executed, (self.batch,), "executed", np.int64)
            for agent, number in enumerate(wide.tolist()):
                if not 0 <= number < self.action_count:
                    raise ControllerError(
                        NO_SUCH_ACTION,
                        f"agent {agent}: there is no action {number}; accepted: 0 to "
                        f"{self.action_count - 1}",
                        number, agent)  # fmt: skip
            actions = wide.astype(np.int32)
        self._prepare_with(actions, rewards)


class Trunk(_Instance):
    """The trunk of a Decision Transformer alone, Hugging Face's `DecisionTransformerGPT2Model`: embeddings in,
    last hidden state out, with a cache of the tokens before.

    However a sequence is cut into calls, its hidden states are the same to the bit.
    """

    _kind = "Trunk"

    def __init__(
        self,
        library: str | os.PathLike[str] | Library,
        name: str | None = None,
        *,
        weights: NDArray[Any] | None = None,
    ) -> None:
        """Allocates the trunk's memory, the only memory it will ever use; as of `Controller`."""
        super().__init__(library, name, weights=weights)
        self._forward = self.library.function("forward")
        self._past_length = self.library.function("past_length")
        self._crop = self.library.function("crop")

    @property
    def hidden_size(self) -> int:
        """Numbers of a token."""
        return self.library.hidden_size

    @property
    def token_capacity(self) -> int:
        """Tokens that the cache holds."""
        return self.library.token_capacity

    @property
    def position_count(self) -> int:
        """Positions, rows of wpe."""
        return self.library.position_count

    @property
    def past_length(self) -> int:
        """Tokens in the cache."""
        length = c_size_t()
        self._call(self._past_length, ctypes.byref(length))
        return length.value

    def _facts(self) -> dict[str, Any]:
        return {
            "hidden_size": self.hidden_size,
            "token_capacity": self.token_capacity,
            "position_count": self.position_count,
        }

    def forward(
        self,
        inputs_embeds: ArrayLike,
        *,
        position_ids: ArrayLike | None = None,
        attention_mask: ArrayLike | None = None,
        use_cache: bool = True,
        out: Vector | None = None,
    ) -> Vector:
        """The last hidden state of T new tokens, which stand behind the P tokens of the cache.

        `inputs_embeds` (1, T, hidden size), `position_ids` (1, T), rows of wpe, None for P, P + 1, ...;
        `attention_mask` (1, P + T), 1 for a token that may be seen, 0 for one that may not, None for all ones.
        The first axis may be left out of all of them; the result, or `out`, has the shape of `inputs_embeds`.
        With `use_cache` the new tokens stay in the cache.
        """
        embeds = np.asarray(inputs_embeds)
        size = self.hidden_size
        if embeds.shape[-1:] != (size,) or embeds.ndim not in (2, 3) or embeds.shape[:-2] not in ((), (1,)):
            raise ValueError(
                f"inputs_embeds: shape {embeds.shape}; accepted: (1, T, {size}) or (T, {size})")
        lead, count = embeds.shape[:-2], int(embeds.shape[-2])
        embeds = _floats(embeds, embeds.shape, "inputs_embeds")
        positions = mask = None
        if position_ids is not None:
            positions = _integers(position_ids, lead + (count,), "position_ids", np.intp)
        if attention_mask is not None:
            mask = _mask(attention_mask, lead + (self.past_length + count,))
        result = _place(out, *embeds.shape)
        if np.may_share_memory(result, embeds):
            raise ValueError("out: it shares memory with inputs_embeds; accepted: another array")
        self._call(
            self._forward, count, embeds.ctypes.data,
            None if positions is None else positions.ctypes.data,
            None if mask is None else mask.ctypes.data, bool(use_cache), result.ctypes.data)  # fmt: skip
        return result

    def reset(self) -> None:
        """Empties the cache."""
        self._call(self._reset)

    def crop(self, length: SupportsIndex) -> None:
        """Keeps the first `length` tokens of the cache; with as many as it has, or more, it stays as it is."""
        number = operator.index(length)
        if number < 0:
            raise ValueError(f"length: {number}; accepted: 0 or more")
        self._call(self._crop, min(number, self.token_capacity))


def _bytes(weights: NDArray[Any]) -> tuple[int, int]:
    """The address and the size of packed weights."""
    if not weights.flags.c_contiguous:
        raise ValueError("weights: not contiguous; accepted: the bytes of <Name>.weights")
    return weights.ctypes.data, weights.nbytes


def _float(value: object, name: str) -> float:
    """The value as a float, which may be infinite or not a number."""
    try:
        if isinstance(value, str | bytes | bytearray):
            raise TypeError
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return np.inf
    except (TypeError, ValueError):
        kind = type(value).__name__
        shown = reprlib.repr(value) if isinstance(value, str | bytes) else "a value"
        raise TypeError(f"{name}: {shown} of type {kind}; accepted: a number") from None


def _number(value: object, name: str, status: int) -> float:
    """The value as a float; refused is what is no number and what float32 cannot hold."""
    number = _float(value, name)
    if not -LARGEST <= number <= LARGEST:
        shown = reprlib.repr(value)
        raise ControllerError(
            status, f"{name}: {shown} is not finite in float32; accepted: a finite number"
        )
    return number


def _fraction(value: object, name: str) -> float:
    """The value as a float that is below 1 in float32, too: what is just below may be rounded to 1."""
    number = _float(value, name)
    if not 0 <= number < 1:
        shown = reprlib.repr(value)
        raise ControllerError(
            INVALID_UNIFORM, f"{name}: {shown} is out of range; accepted: 0 or more, below 1"
        )
    return min(number, BELOW_ONE)


def _action(value: object, count: int, name: str) -> int:
    """The value as the number of an action. ctypes would cut off the bits that int32 has not."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        kind = type(value).__name__
        raise TypeError(
            f"{name}: a value of type {kind}; accepted: the number of an action, an integer"
        ) from None
    if not 0 <= number < count:
        raise ControllerError(
            NO_SUCH_ACTION,
            f"{name}: there is no action {reprlib.repr(number)}; accepted: 0 to {count - 1}",
        )
    return number


def _agent(value: object, batch: int) -> int:
    """The value as the number of an agent. ctypes would make another one of it where size_t has not its bits."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        kind = type(value).__name__
        raise TypeError(
            f"agent: a value of type {kind}; accepted: the number of an agent, an integer"
        ) from None
    if not 0 <= number < batch:
        raise ControllerError(
            NO_SUCH_AGENT, f"there is no agent {reprlib.repr(number)}; accepted: 0 to {batch - 1}")
    return number


def _place(out: NDArray[Any] | None, *shape: int, dtype: Any = np.float32) -> NDArray[Any]:
    """Where C writes: the caller's array, or a new one."""
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray):
        kind = type(out).__name__
        raise TypeError(f"out: a value of type {kind}; accepted: an array of NumPy's")
    if out.dtype != dtype or out.shape != shape or not out.flags.carray:
        raise ValueError(
            f"out: {out.dtype} of shape {out.shape}; accepted: a contiguous, writable array of "
            f"{np.dtype(dtype)} of shape {shape}"
        )
    return out


def _vector(values: ArrayLike, size: int, name: str) -> Vector:
    """The values as C reads them: the array itself if it is one already, else a copy."""
    vector = np.asarray(values, np.float32, order="C")
    if vector.shape != (size,):
        raise ValueError(f"{name}: shape {vector.shape}; accepted: ({size},)")
    return vector if vector.flags.aligned else vector.copy()


def _frames(values: ArrayLike, size: int) -> NDArray[np.uint8]:
    """Bytes as C reads them. Other numbers are refused: frames that were divided by 255 would be black."""
    frames = np.asarray(values, order="C")
    if frames.dtype != np.uint8 or frames.size != size:
        raise ValueError(
            f"state: {frames.dtype} of shape {frames.shape}; accepted: uint8, {size} bytes in all"
        )
    return frames


def _floats(values: ArrayLike, shape: tuple[int, ...], name: str) -> Vector:
    """An array of numbers as C reads it: the array itself if it is one already, else a copy."""
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: {array.dtype}; accepted: real numbers, of any float or integer type")
    if array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape}; accepted: {shape}")
    # What float32 cannot hold becomes infinite, which the library refuses, saying where it is.
    with np.errstate(over="ignore"):
        array = np.asarray(array, np.float32, order="C")
    return array if array.flags.aligned else array.copy()


def _integers(values: ArrayLike, shape: tuple[int, ...], name: str, dtype: Any) -> NDArray[Any]:
    """An array of integers as C reads it. Other numbers are refused: they would be cut off."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name}: {array.dtype}; accepted: integers, of any integer type")
    if array.shape != shape:
        raise ValueError(f"{name}: shape {array.shape}; accepted: {shape}")
    # What the type cannot hold must not become another number; its largest one is none that is accepted.
    held, given = np.iinfo(dtype), np.iinfo(array.dtype)
    array = np.clip(array, max(held.min, given.min), min(held.max, given.max))
    array = np.asarray(array, dtype, order="C")
    return array if array.flags.aligned else array.copy()


def _mask(values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """An attention mask as C reads it: 0 and 1, of any type that Hugging Face's may have."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"attention_mask: {array.dtype}; accepted: 0 and 1, of any number's type or bool")
    if array.shape != shape:
        raise ValueError(f"attention_mask: shape {array.shape}; accepted: {shape}")
    # Bytes are compared, not cut off: what is neither 0 nor 1 stays so, and the library says where it is.
    return np.where(array == 1, 1, np.where(array == 0, 0, 2)).astype(np.uint8)
