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
from pathlib import Path
from typing import Any, ClassVar, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Controller", "ControllerError", "Library", "LibraryError", "NumberedController"]

Vector = NDArray[np.float32]

# What each function returns and takes, without the prefix. Pointers to numbers are plain addresses:
# an array's address is an integer, and no object is made for a call.
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "create": (c_int32, c_void_p, c_size_t, POINTER(c_void_p)),
    "create_with_weights": (
        c_int32, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_void_p)),
    "self_test": (c_int32, c_void_p, c_size_t),
    "self_test_with_weights": (c_int32, c_void_p, c_size_t, c_void_p, c_size_t),
    "reset": (c_int32, c_void_p, c_float),
    "act": (c_int32, c_void_p, c_void_p, c_float, c_void_p),
    "act_without_reward": (c_int32, c_void_p, c_void_p, c_void_p),
    "prepare": (c_int32, c_void_p),
    "prepare_executed": (c_int32, c_void_p, c_void_p),
    "prepare_executed_with_reward": (c_int32, c_void_p, c_void_p, c_float),
    "retarget": (c_int32, c_void_p, c_float),
    "last_error": (c_char_p, c_void_p),
    "status_message": (c_char_p, c_int32),
    "version": (c_char_p,),
    "layout_digest": (c_char_p,),
    "memory_size": (c_size_t,),
    "memory_alignment": (c_size_t,),
    "state_dimension": (c_size_t,),
    "frame_bytes": (c_size_t,),
    "action_dimension": (c_size_t,),
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

# The status of a call that another thread's call keeps out; it leaves no message in the controller.
BUSY = 4
# Those of numbers that this client refuses, as the library would.
NON_FINITE_REWARD, NON_FINITE_RETURN, INVALID_UNIFORM, NO_SUCH_ACTION = 32, 33, 39, 40
LARGEST = float(np.finfo(np.float32).max)
BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))


class ControllerError(RuntimeError):
    """A call that the library refused: its status, as in the header, and its message.

    A refused `act` has not taken a step; the controller goes on with the next valid call.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message} (status {status})")
        self.status = status
        self.message = message


class LibraryError(OSError):
    """A shared library that cannot be loaded: it is missing, or for another machine."""


class Library:
    """The functions of one model's shared library, and the constants that they tell.

    It has an `action_dimension` where actions are vectors, an `action_count` where they are numbers.
    """

    action_dimension: int
    action_count: int

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
        self._signatures = NUMBERED_SIGNATURES if self.has_numbered_actions else SIGNATURES
        self.version = self._text("version")
        self.layout_digest = self._text("layout_digest")
        self.memory_size: int = self.function("memory_size")()
        self.memory_alignment: int = self.function("memory_alignment")()
        # Where states are frames, they are bytes.
        self.has_frames = self._has("frame_bytes")
        size = "frame_bytes" if self.has_frames else "state_dimension"
        self.state_dimension: int = self.function(size)()
        if self.has_numbered_actions:
            self.action_count = self.function("action_count")()
        else:
            self.action_dimension = self.function("action_dimension")()

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

    def self_test(self, weights: NDArray[Any] | None = None) -> None:
        """Raises ControllerError unless this library computes its checkpoint on this machine.

        It replays the episode that was recorded with the weights, in memory of its own; it takes as
        long as some hundred steps.
        """
        memory = self.allocate()
        place = (memory.ctypes.data, memory.nbytes)
        if weights is None:
            self.check(self.function("self_test")(*place))
        else:
            self.check(self.function("self_test_with_weights")(*place, *_bytes(weights)))

    def _has(self, name: str) -> bool:
        try:
            self._library[f"{self.name}_{name}"]
        except AttributeError:
            return False
        return True

    def _text(self, name: str) -> str:
        text: bytes = self.function(name)()
        return text.decode()


class _Controller:
    """What a controller is whatever its actions are."""

    # Whether they are numbers, and the class for a library in which it is the other way round.
    _takes_numbers: ClassVar[bool]
    _other: ClassVar[str]

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
        if self.library.has_numbered_actions != self._takes_numbers:
            kind = "numbers" if self.library.has_numbered_actions else "vectors"
            raise ValueError(
                f"{self.library.path}: its actions are {kind}; accepted: a library for "
                f"{type(self).__name__}; for this one use {self._other}"
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
        self._reset = self.library.function("reset")
        self._act = self.library.function("act")
        self._act_without_reward = self.library.function("act_without_reward")
        self._prepare = self.library.function("prepare")
        self._prepare_executed = self.library.function("prepare_executed")
        self._prepare_rewarded = self.library.function("prepare_executed_with_reward")
        self._retarget = self.library.function("retarget")

    @property
    def state_dimension(self) -> int:
        """Numbers of a state; where states are frames, their bytes."""
        return self.library.state_dimension

    def __repr__(self) -> str:
        kind = type(self)
        facts = ", ".join(f"{name}={value!r}" for name, value in self._facts().items())
        return f"<{kind.__module__}.{kind.__qualname__} of {self.library.path.name}: {facts}>"

    def _facts(self) -> dict[str, Any]:
        """What it shows of itself."""
        size = "action_count" if self._takes_numbers else "action_dimension"
        return {"state_dimension": self.state_dimension, size: getattr(self.library, size)}

    def _state(self, state: ArrayLike) -> NDArray[Any]:
        """The state as C reads it."""
        if self.library.has_frames:
            return _frames(state, self.state_dimension)
        return _vector(state, self.state_dimension, "state")

    def self_test(self) -> None:
        """Raises ControllerError unless this controller's library and weights compute their checkpoint
        on this machine.

        It works in memory of its own: an episode that runs does not notice it. For the start of a program.
        """
        self.library.self_test(self._weights)

    def reset(self, target_return: float) -> None:
        """Starts an episode in which `target_return` is to be collected."""
        self._call(self._reset, _number(target_return, "target_return", NON_FINITE_RETURN))

    def retarget(self, target_return: float) -> None:
        """Asks for `target_return` in the rest of the episode."""
        self._call(self._retarget, _number(target_return, "target_return", NON_FINITE_RETURN))

    def _call(self, function: Callable[..., int], *arguments: Any) -> None:
        status = function(self._controller, *arguments)
        if status == BUSY:
            self.library.check(status)
        if status:
            message: bytes = self._last_error(self._controller)
            raise ControllerError(status, message.decode())


class Controller(_Controller):
    """One episode at a time of one generated controller; everything in environment units.

    Controllers of one library share its weights.
    """

    _takes_numbers = False
    _other = "NumberedController"

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


class NumberedController(_Controller):
    """`Controller` for a model whose actions are numbers, 0 to `action_count` - 1.

    Nothing random is inside: whoever wants actions drawn brings the random numbers.
    """

    _takes_numbers = True
    _other = "Controller"

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


def _place(out: Vector | None, size: int) -> Vector:
    """Where C writes: the caller's array, or a new one."""
    if out is None:
        return np.empty(size, np.float32)
    if out.dtype != np.float32 or out.shape != (size,) or not out.flags.carray:
        raise ValueError(
            f"out: {out.dtype} of shape {out.shape}; accepted: a contiguous, writable array of "
            f"float32 of shape ({size},)"
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
