#!/usr/bin/env python3
"""The numbers that a Decision Transformer's checkpoint lacks: computed from its training set, saved for dtgen.

A model is trained on normalised states and scaled returns, and a checkpoint says neither mean nor deviation nor
scale. Wrong ones give plausible, wrong actions, and nothing can detect it. At the end of a training script:

    from save_for_dtgen import save_for_dtgen, statistics

    numbers = statistics("hopper-medium-v2.pkl")
    save_for_dtgen(model, "Hopper.dtmodel", mean=numbers.mean, std=numbers.std, scale=1000, target_return=3600, window=20)

or on the command line, for a checkpoint that is there already:

    python save_for_dtgen.py statistics hopper-medium-v2.hdf5
    python save_for_dtgen.py codegen hopper-medium-v2.hdf5 --scale 1000 --target 3600 --window 20 \\
      --output Hopper.dtmodel/codegen.json

This file needs Python 3.9 or later and NumPy; h5py reads HDF5 files, minari reads Minari's data sets. It may be copied.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import inspect
import json
import os
import pickle
import re
import shutil
import sys
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np

__all__ = ["Refused", "Statistics", "save_for_dtgen", "statistics"]


class Refused(ValueError):
    """Something that dtgen would refuse, or that is no training set: a line for each problem. Nothing was written."""


# --- Statistics of a training set ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statistics:
    """What training normalised with, environment units. S numbers in a state, E episodes.

    `mean` [S] and `std` [S], epsilon included, have the type that they were computed in. `states` is the number of states
    behind them. `returns` [E] are sums of rewards; None where the data has no rewards, or does not say where episodes
    end. `left_out` counts states that are in the data and not in the numbers.
    """

    mean: np.ndarray
    std: np.ndarray
    epsilon: float
    states: int
    left_out: int
    returns: np.ndarray | None

    @property
    def mean_return(self) -> float | None:
        return None if self.returns is None else float(self.returns.mean())

    @property
    def best_return(self) -> float | None:
        return None if self.returns is None else float(self.returns.max())

    def as_json(self) -> dict[str, Any]:
        """For programs, and for `dtgen import --statistics`."""
        return {
            "state_mean": self.mean.tolist(), "state_std": self.std.tolist(), "epsilon": self.epsilon,
            "states": self.states, "states_left_out": self.left_out,
            "episodes": None if self.returns is None else len(self.returns),
            "mean_return": self.mean_return, "best_return": self.best_return,
        }  # fmt: skip


@dataclass(frozen=True)
class TrainingSet:
    """A training set in memory: states [N, S], returns [E] or None, and how many states were not taken."""

    states: np.ndarray
    returns: np.ndarray | None
    left_out: int


@dataclass(frozen=True)
class Choices:
    """What training scripts do in different ways; `statistics` says what each means."""

    final_states: bool = False
    unfinished: bool = False
    longest_episode: int | None = None


def statistics(
    dataset: Any, *, epsilon: float = 1e-6, double: bool = False, final_states: bool = False,
    unfinished: bool = False, longest_episode: int | None = None,
) -> Statistics:  # fmt: skip
    """Mean and deviation of the states that a Decision Transformer was trained on, and the returns of their episodes.

    The formulas are those of the original gym code and of Hugging Face's tutorial: `np.mean(states, axis=0)` and
    `np.std(states, axis=0) + 1e-6` over the states of all episodes, each of which weighs as much as any other.

    `dataset` is one of these, or the path of a file with it:

    * an array [N, S] of states (.npy), or a mapping (.npz, HDF5 as D4RL has it) of `observations` [N, S] and, as far
      as they are there, `rewards` [N], `terminals` [N] and `timeouts` [N], true in the last step of an episode;
    * a list of episodes as the original gym code pickles them (.pkl): mappings with `observations` [T, S], `rewards` [T];
    * a data set of Minari's, or the id of one that is on this machine, such as "mujoco/hopper/medium-v0".

    Training scripts differ in the rest:

    * `epsilon` is added to each deviation, 1e-6 in the scripts named above: it keeps a number that never changes from
      being divided by 0. 0 where training added nothing.
    * `double`: in double precision, as scripts do that make Python's numbers of the states first, Hugging Face's
      tutorial among them. Otherwise in the data's own type, mostly float32, as the original gym code does.
    * `final_states`: Minari's episodes have T + 1 observations, the last of which no action was taken in. It is no state
      of training, and is left out, unless training had it.
    * `unfinished`: in a file of steps in a row, those behind the last end of an episode are left out, as the original
      conversion of D4RL's files does; True counts their states, as scripts do that normalise in front of the split.
    * `longest_episode`: where nothing marks time-outs, an episode ends after so many steps, too.
    """
    if not (np.isfinite(epsilon) and epsilon >= 0):
        raise Refused(f"epsilon: found {epsilon}; accepted: a number of at least 0")
    if longest_episode is not None and longest_episode < 1:
        raise Refused(f"longest_episode: found {longest_episode}; accepted: a number of steps, at least 1")
    training_set = read_training_set(dataset, Choices(final_states, unfinished, longest_episode))
    states = training_set.states.astype(np.float64) if double else training_set.states
    unchanging = np.flatnonzero(states.min(axis=0) == states.max(axis=0))
    std = np.std(states, axis=0) + epsilon
    if len(unchanging) > 0:
        warnings.warn(
            f"numbers of the state that never change in the data: {listed(unchanging)}. Another value of theirs is divided "
            f"by {std[unchanging[0]]:.3g}", stacklevel=2)  # fmt: skip
    return Statistics(np.mean(states, axis=0), std, epsilon, len(states), training_set.left_out, training_set.returns)


def read_training_set(dataset: Any, choices: Choices) -> TrainingSet:
    if isinstance(dataset, (str, os.PathLike)):
        return read_named(os.fspath(dataset), choices)
    if hasattr(dataset, "iterate_episodes"):
        episodes = ({name: getattr(episode, name) for name in COLUMNS[:2]} for episode in dataset.iterate_episodes())
        return from_episodes(episodes, choices)
    if isinstance(dataset, Mapping):
        return from_steps(dataset, choices)
    if isinstance(dataset, np.ndarray):
        return from_steps({"observations": dataset}, choices)
    if isinstance(dataset, Iterable):
        return from_episodes(dataset, choices)
    raise Refused(
        f"data set: found {type(dataset).__name__}; accepted: an array [N, S], a mapping with observations, a list of "
        "episodes, a data set of Minari's, or the path of a file")  # fmt: skip


COLUMNS = ("observations", "rewards", "terminals", "timeouts")


def from_steps(columns: Mapping[str, Any], choices: Choices) -> TrainingSet:
    """Of steps in a row: observations [N, S], and what else there is for each of them."""
    if "observations" not in columns:
        raise Refused(f"data set: has {listed(columns)}; accepted: observations, an array [N, S]")
    states = state_array("observations", columns["observations"])
    count = len(states)
    rewards, *ends = (
        step_array(name, columns[name], count) if name in columns else None for name in COLUMNS[1:]
    )
    ends = [end.astype(bool) for end in ends if end is not None]
    if not ends and choices.longest_episode is None:
        return TrainingSet(states, None, 0)
    bounds = episode_bounds(np.logical_or.reduce(ends) if ends else np.zeros(count, bool), choices.longest_episode)
    kept = count if choices.unfinished else bounds[-1]
    if kept == 0:
        raise Refused(
            "data set: no episode of it ends (terminals, timeouts); accepted: episodes that end, a longest episode, or "
            "unfinished ones")  # fmt: skip
    returns = None
    if rewards is not None and len(bounds) > 1:
        returns = episode_returns(rewards[begin:end] for begin, end in zip(bounds, bounds[1:]))
    return TrainingSet(states[:kept], returns, count - kept)


def episode_bounds(is_end: np.ndarray, longest: int | None) -> list[int]:
    """0, and behind each of E episodes the step [E] that follows it; steps behind the last end are in none."""
    bounds = [0]
    for end in [*(np.flatnonzero(is_end) + 1).tolist(), None]:
        if longest is not None:
            bounds += range(bounds[-1] + longest, len(is_end) + 1 if end is None else end, longest)
        if end is not None:
            bounds.append(end)
    return bounds


def from_episodes(episodes: Iterable[Any], choices: Choices) -> TrainingSet:
    """Of episodes: mappings with observations [T, S] or [T + 1, S], and rewards [T]."""
    states, rewards, left_out = [], [], 0
    for index, episode in enumerate(episodes):
        place = f"episode {index}"
        if not isinstance(episode, Mapping) or "observations" not in episode:
            found = listed(episode) if isinstance(episode, Mapping) else type(episode).__name__
            raise Refused(f"{place}: found {found}; accepted: a mapping with observations [T, S] and rewards [T]")
        observations = state_array(f"{place}: observations", episode["observations"])
        if "rewards" in episode:
            taken = len(np.asarray(episode["rewards"]))
            if len(observations) == taken + 1 and not choices.final_states:
                observations, left_out = observations[:-1], left_out + 1
            elif len(observations) not in (taken, taken + 1):
                raise Refused(
                    f"{place}: has {len(observations)} observations and {taken} rewards; accepted: as many, or one "
                    "observation more")  # fmt: skip
            rewards.append(step_array(f"{place}: rewards", episode["rewards"], taken))
        states.append(observations)
    if not states:
        raise Refused("data set: has no episode; accepted: at least one")
    widths = sorted({array.shape[1] for array in states})
    if len(widths) > 1:
        raise Refused(f"data set: states have {listed(widths)} numbers; accepted: the same in every episode")
    returns = episode_returns(rewards) if len(rewards) == len(states) else None
    return TrainingSet(state_array("data set", np.concatenate(states)), returns, left_out)


def episode_returns(rewards: Iterable[np.ndarray]) -> np.ndarray:
    return np.array([np.sum(row, dtype=np.float64) for row in rewards])


def state_array(place: str, value: Any) -> np.ndarray:
    """States [N, S], finite."""
    if isinstance(value, (Mapping, tuple)):
        found = listed(value) if isinstance(value, Mapping) else f"{len(value)} parts"
        raise Refused(f"{place}: states have parts ({found}); accepted: one array, joined as training joined them")
    array = number_array(place, value)
    if array.ndim != 2 or 0 in array.shape:
        raise Refused(f"{place}: found an array {list(array.shape)}; accepted: [states, numbers of a state]")
    reject_what_is_not_finite(place, array)
    return array


def step_array(place: str, value: Any, count: int) -> np.ndarray:
    """One finite number [N] for each step; D4RL has some of them as [N, 1]."""
    array = number_array(place, value)
    if array.shape not in ((count,), (count, 1)):
        raise Refused(f"{place}: found an array {list(array.shape)}; accepted: [{count}], one number for each step")
    reject_what_is_not_finite(place, array)
    return array.reshape(count)


def number_array(place: str, value: Any) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:
        raise Refused(f"{place}: found rows of different lengths; accepted: an array of numbers") from None
    if array.dtype.kind not in "fiub":
        raise Refused(f"{place}: found elements of type {array.dtype}; accepted: numbers")
    return array


def reject_what_is_not_finite(place: str, array: np.ndarray) -> None:
    finite = np.isfinite(array)
    if not finite.all():
        index = np.unravel_index(np.argmin(finite), array.shape)
        position = ", ".join(str(part) for part in index)
        raise Refused(f"{place}[{position}]: found {array[index]}; accepted: finite numbers")


# --- Files ----------------------------------------------------------------------------------------------------------


def read_named(name: str, choices: Choices) -> TrainingSet:
    """Of a file, or of a data set of Minari's by its id."""
    if not os.path.exists(name) and re.fullmatch(r"[\w./-]+-v\d+", name):
        dataset = imported("minari", f"{name}, a data set of Minari's,")
        try:
            return read_training_set(dataset.load_dataset(name), choices)
        except FileNotFoundError:
            raise Refused(f"{name}: is not on this machine; `minari download {name}` fetches it") from None
    try:
        return read_file(name, choices)
    except OSError as error:
        raise Refused(f"{name}: cannot be read: {error.strerror or error}") from None
    except Refused as error:
        raise Refused(f"{name}: {error}") from None


def read_file(name: str, choices: Choices) -> TrainingSet:
    if not os.path.isfile(name):
        raise Refused("no such file, nor a name like that of a data set of Minari's (mujoco/hopper/medium-v0)")
    suffix = Path(name).suffix.lower()
    if suffix in (".hdf5", ".h5"):
        return from_steps(hdf5_columns(name), choices)
    if suffix in (".npz", ".npy"):
        return read_training_set(numpy_arrays(name), choices)
    if suffix in (".pkl", ".pickle"):
        with open(name, "rb") as file:
            return read_training_set(ArrayUnpickler(file, encoding="latin1").loaded(), choices)
    raise Refused(f'found the suffix "{suffix}"; accepted: .hdf5, .h5, .npz, .npy, .pkl, .pickle')


def hdf5_columns(name: str) -> dict[str, Any]:
    """The arrays that count; of a file with none, the names of what it has."""
    with imported("h5py", "an HDF5 file").File(name, "r") as file:
        columns = {key: file[key][()] for key in COLUMNS if hasattr(file.get(key), "dtype")}
        return columns or dict.fromkeys(file)


def numpy_arrays(name: str) -> Any:
    try:
        loaded = np.load(name, allow_pickle=False)
        return loaded if isinstance(loaded, np.ndarray) else dict(loaded)
    except (ValueError, EOFError, zipfile.BadZipFile):
        raise Refused("is no file of NumPy's, or has Python objects in it; accepted: arrays of numbers") from None


class ArrayUnpickler(pickle.Unpickler):
    """Makes arrays, numbers and what holds them. A pickle may name any function of Python's to be called: of those
    only what an array is made with is called here, so that a file of somebody else's can do no harm."""

    ALLOWED = {
        "builtins": {"dict", "list"},
        "collections": {"OrderedDict", "defaultdict"},
        "_codecs": {"encode"},
        "numpy": {"dtype", "ndarray"},
        "numpy.core.multiarray": {"_reconstruct", "scalar"},
        "numpy.core.numeric": {"_frombuffer"},
    }

    def find_class(self, module: str, name: str) -> Any:
        module = {"__builtin__": "builtins"}.get(module, module).replace("numpy._core", "numpy.core")
        if name not in self.ALLOWED.get(module, ()):
            raise Refused(f"names {module}.{name}; accepted: a pickle of arrays, lists and dictionaries alone")
        if module.startswith("numpy.core"):  # NumPy 2 has given the module another name.
            try:
                return getattr(importlib.import_module(module.replace("numpy.core", "numpy._core")), name)
            except ModuleNotFoundError:
                pass
        return getattr(importlib.import_module(module), name)

    def loaded(self) -> Any:
        try:
            return self.load()
        except Refused:
            raise
        except Exception as error:  # A damaged pickle may raise anything.
            raise Refused(f"is no pickle of arrays ({type(error).__name__}: {error})") from None


def imported(module: str, what: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Refused(f"{what} is read by {module}, which is not installed; `pip install {module}`") from None


def listed(names: Iterable[Any]) -> str:
    """The first of them, for messages."""
    names = [str(name) for name in names]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "nothing"


# --- What codegen.json accepts --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """Which value a key accepts, and how a message says so."""

    accepted: str
    admits: Callable[[Any], bool]


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def as_float32(value: float) -> np.float32:
    with np.errstate(over="ignore"):
        try:
            return np.float32(value)
        except OverflowError:  # An integer of Python's may have any size.
            return np.float32(np.inf)


def fits_float32(value: Any) -> bool:
    return is_number(value) and bool(np.isfinite(as_float32(value)))


def is_normal(value: Any) -> bool:
    """Whether float32, in which generated code computes, has it in full precision: something is divided by it."""
    return fits_float32(value) and abs(as_float32(value)) >= np.finfo(np.float32).tiny


def whole(least: int, most: int) -> Rule:
    return Rule(
        f"an integer from {least} to {most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most)  # fmt: skip


def one_of(*names: str) -> Rule:
    return Rule(", ".join(f'"{name}"' for name in names), lambda value: value in names)


def is_list_of_outputs(value: Any) -> bool:
    names = ("action", "state", "return", "last_hidden_state", "hidden_states", "attentions")
    return isinstance(value, list) and value != [] and all(value.count(name) == 1 and name in names for name in value)


ANY_NUMBER = Rule("a number that float32 can hold", fits_float32)
FACTOR = Rule("a number other than 0 that float32 can hold (1.2e-38 to 3.4e38, or negative)", is_normal)
ABOVE_ZERO = Rule("a number above 0 that float32 can hold (1.2e-38 to 3.4e38)", lambda value: is_normal(value) and value > 0)
SWITCH = Rule("true or false", lambda value: isinstance(value, bool))
PRECISION = one_of("float32", "bfloat16", "int16", "int8")

# One value for each key. (A return scale below 0, which dtgen accepts, would make the worst return the best.)
RULES = {
    "window": whole(1, 4096),
    "return_scale": ABOVE_ZERO,
    "return_offset": ANY_NUMBER,
    "return_rounding": one_of("step", "first", "unscaled", "none", "integer"),
    "target_return": ANY_NUMBER,
    "actions": one_of("continuous", "discrete"),
    "temperature": ABOVE_ZERO,
    "action_history": one_of("raw", "clamped"),
    "precision": PRECISION,
    "matrix_precisions": Rule(
        f"names of matrices with {PRECISION.accepted}",
        lambda value: isinstance(value, dict) and all(map(PRECISION.admits, value.values()))),  # fmt: skip
    "max_action_error": ABOVE_ZERO,
    "outputs": Rule("an array of outputs, each once", is_list_of_outputs),
    "batch": whole(1, 256),
    "timestep_overflow": one_of("error", "clamp", "wrap"),
    "first_timestep": whole(0, 1),
    "frame_input": one_of("stack", "newest"),
    "model_class": one_of("DecisionTransformerModel", "DecisionTransformerGPT2Model"),
    "tokens": whole(1, 12288),
    "c_interface": SWITCH,
    "explain": SWITCH,
    "access": one_of("public", "package", "internal"),
    "self_test": SWITCH,
    "weights": one_of("automatic", "embedded", "file"),
}
# An array, one number for each of the state's.
STATE_RULES = {"state_mean": ANY_NUMBER, "state_std": ABOVE_ZERO}
# One number, or an array with one for each of the action's.
ACTION_RULES = {
    "action_scale": FACTOR, "action_offset": ANY_NUMBER, "action_minimum": ANY_NUMBER, "action_maximum": ANY_NUMBER,
}  # fmt: skip
KEYS = [*STATE_RULES, *RULES, *ACTION_RULES]


def shown(value: Any) -> str:
    """A value as a message shows it."""
    return f"{len(value)} numbers" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def option_problems(options: Mapping[str, Any], states: int | None, actions: int | None) -> list[str]:
    """What dtgen would say about numbers and words of codegen.json, a line for each.

    `states` and `actions` are the sizes of a state and of an action, None where they are not known. What depends on more
    of the model, `dtgen inspect` says.
    """
    problems = []
    for key, value in options.items():
        if key in STATE_RULES and value is not None:
            problems += vector_problems(key, value, STATE_RULES[key], states, "state")
        elif key in ACTION_RULES and isinstance(value, list):
            count = actions if len(value) != 1 else None
            problems += vector_problems(key, value, ACTION_RULES[key], count, "action")
        else:
            rule = ACTION_RULES.get(key) or RULES.get(key)
            if rule and not rule.admits(value):
                problems.append(f"{key}: found {shown(value)}; accepted: {rule.accepted}")
    return problems or combination_problems(options)


def vector_problems(key: str, value: Any, rule: Rule, count: int | None, what: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{key}: found {shown(value)}; accepted: an array of numbers"]
    if count is not None and len(value) != count:
        return [f"{key}: found {len(value)} numbers; accepted: {count}, one for each number of the {what}"]
    return [
        f"{key}[{index}]: found {shown(element)}; accepted: {rule.accepted}"
        for index, element in enumerate(value)
        if not rule.admits(element)
    ]


def combination_problems(options: Mapping[str, Any]) -> list[str]:
    """Numbers that do not go together, each of which is sound."""
    problems = []
    # null says that the model was trained on raw states.
    options = {key: value for key, value in options.items() if key not in STATE_RULES or value is not None}
    if ("state_mean" in options) != ("state_std" in options):
        problems.append("state_mean, state_std: found one of them; accepted: both or neither")
    elif len(options.get("state_mean", [])) != len(options.get("state_std", [])):
        problems.append("state_mean, state_std: found different lengths; accepted: one number for each of the state's")
    units = [key for key in [*ACTION_RULES, "action_history"] if key in options]
    if options.get("actions") == "discrete":
        problems += [f'{key}: is of vectors; accepted: no such key beside "actions": "discrete"' for key in units]
    elif "temperature" in options:
        problems.append('temperature: is of numbered actions; accepted: beside "actions": "discrete"')
    if options.get("action_history") == "clamped" and not {"action_minimum", "action_maximum"} & options.keys():
        problems.append('action_history: found "clamped" without a bound; accepted: beside action_minimum or action_maximum')
    if "max_action_error" in options and "matrix_precisions" not in options:
        problems.append("max_action_error: found without matrix_precisions; accepted: both, as dtgen calibrate writes them")
    return problems + bound_problems(options) + target_problems(options)


def bound_problems(options: Mapping[str, Any]) -> list[str]:
    if "action_minimum" not in options or "action_maximum" not in options:
        return []
    low, high = (np.atleast_1d(np.float32(options[key])) for key in ("action_minimum", "action_maximum"))
    if len(low) != len(high) and 1 not in (len(low), len(high)):
        return []  # Where the size of an action is known, this has been said.
    is_empty = bool(np.any(low > high))
    return ["action_minimum: found a number above action_maximum; accepted: one that is no larger"] if is_empty else []


def target_problems(options: Mapping[str, Any]) -> list[str]:
    if "target_return" not in options:
        return []
    target, offset = as_float32(options["target_return"]), as_float32(options.get("return_offset", 0))
    with np.errstate(over="ignore"):
        token = (target - offset) / as_float32(options.get("return_scale", 1))
    return [] if np.isfinite(token) else ["target_return: divided by return_scale it is too large for float32"]


def codegen_text(options: Mapping[str, Any]) -> str:
    """codegen.json. Python writes the shortest number that reads back to the same float64; what was a float32 is one
    again when dtgen has read it."""
    return json.dumps(options, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


EXPECTED_KEYS = ("target_return", "states", "rewards", "actions", "tolerance")


def plain(value: Any) -> Any:
    """A value of NumPy's or PyTorch's as JSON has it."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return [plain(element) for element in value] if isinstance(value, (list, tuple)) else value


# --- The model folder -------------------------------------------------------------------------------------------------


def save_for_dtgen(
    model: Any, folder: str | os.PathLike[str], *, mean: Any = None, std: Any = None, scale: float | None = None,
    target_return: float | None = None, window: int | None = None, action_scale: Any = None, action_offset: Any = None,
    precision: str | None = None, expected: Mapping[str, Any] | None = None, overwrite: bool = False, **options: Any,
) -> Path:  # fmt: skip
    """Writes a model folder, `<Name>.dtmodel`: config.json, model.safetensors, and codegen.json with what training knew.

    Nothing is there until all of it is; where something is wrong, nothing is written and what was there stays.

    * `model`: a `DecisionTransformerModel` of transformers, or a class made of it, whose weights `save_pretrained` writes.
    * `folder`: its name is that of the Swift type, upper case first, as Swift's types have it.
    * `mean`, `std`: of the training set's states, S numbers each, environment units; `statistics` has them. Both or
      neither: without them states go in as they are.
    * `scale`: what training divided returns and rewards by. Left out, it is 1.
    * `target_return`: what an episode asks for where the program does not say, environment units, not divided by `scale`.
    * `window`: K of training, in control steps. Left out, it is the configuration's `max_length`; where that is not there
      either, as in transformers 5, dtgen takes 20.
    * `action_scale`, `action_offset`: environment action = model action * scale + offset; one number, or one for each.
    * `precision`: "float32", "bfloat16", "int16" or "int8".
    * `expected`: rows of an episode from its start, for `expected.json`: what this script's own loop was told and gave, by
      which dtgen checks everything else. `states` [T, S], `rewards` [T], of the step before each (nobody looks at the
      first), and `actions` [T, A], environment units, or [T] whole numbers where they are discrete; and, as far as it is
      said, `target_return`, if it is not that of the model, and `tolerance`. Ten rows do.
    * `overwrite`: the folder may be there. Its configuration, options and weights are replaced, other files stay.
    * `options`: further keys of codegen.json, for example `timestep_overflow="clamp"`.

    Returns the folder's path. Raises `Refused`.
    """
    given = {
        "window": window, "state_mean": mean, "state_std": std, "return_scale": scale, "target_return": target_return,
        "action_scale": action_scale, "action_offset": action_offset, "precision": precision, **options,
    }  # fmt: skip
    codegen = {key: plain(value) for key, value in given.items() if value is not None}
    folder = Path(folder)
    problems = name_problems(folder.name) + unknown_keys(codegen)
    states, actions = model_sizes(model)
    if "window" not in codegen and isinstance(getattr(model.config, "max_length", None), int):
        codegen["window"] = model.config.max_length
    problems += option_problems(codegen, states, actions) + weight_problems(model) + place_problems(folder, overwrite)
    rows = None if expected is None else {key: plain(value) for key, value in expected.items() if value is not None}
    if rows is not None:
        problems += expected_problems(rows, codegen, states, actions)
    if problems:
        raise Refused("\n".join(problems))
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    try:
        unfinished.mkdir()
        save_checkpoint(model, unfinished)
        (unfinished / "codegen.json").write_text(codegen_text(codegen), encoding="utf-8")
        if rows is not None:
            (unfinished / "expected.json").write_text(json.dumps(rows, allow_nan=False) + "\n", encoding="utf-8")
        put_in_place(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder


def expected_problems(rows: Mapping[str, Any], codegen: Mapping[str, Any], states: int, actions: int) -> list[str]:
    """What dtgen would say about expected.json, a line for each column."""
    is_discrete = codegen.get("actions") == "discrete"
    problems = [
        f"expected: {key}: is no key; accepted: {', '.join(EXPECTED_KEYS)}" for key in rows if key not in EXPECTED_KEYS
    ]
    if "target_return" not in rows and "target_return" not in codegen:
        problems.append("expected: target_return: is missing; accepted: what the episode asked for, environment units")
    for key, rule in [("target_return", ANY_NUMBER), ("tolerance", ABOVE_ZERO)]:
        if key in rows and not rule.admits(rows[key]):
            problems.append(f"expected: {key}: found {shown(rows[key])}; accepted: {rule.accepted}")
    count = len(rows["states"]) if isinstance(rows.get("states"), list) else 0
    shapes = {"states": (count, states), "rewards": (count,), "actions": (count,) if is_discrete else (count, actions)}
    for key, shape in shapes.items():
        try:
            array = number_array(f"expected: {key}", rows.get(key, []))
            if array.shape != shape or not 1 <= count <= 1000:
                wanted = ", ".join(["T", *map(str, shape[1:])])
                raise Refused(f"expected: {key}: found an array {list(array.shape)}; accepted: [{wanted}], T from 1 to 1000")
            reject_what_is_not_finite(f"expected: {key}", array)
        except Refused as error:
            problems.append(str(error))
            continue
        if key == "actions" and is_discrete and not all(value in range(actions) for value in rows[key]):
            problems.append(f"expected: actions: found another number; accepted: whole numbers from 0 to {actions - 1}")
    return problems


def model_sizes(model: Any) -> tuple[int, int]:
    """Numbers in a state and in an action, as the model's configuration has them."""
    config = getattr(model, "config", None)
    if not hasattr(model, "save_pretrained") or getattr(config, "model_type", None) != "decision_transformer":
        raise Refused(f"model: found {type(model).__name__}; accepted: a DecisionTransformerModel of transformers")
    return config.state_dim, config.act_dim


def weight_problems(model: Any) -> list[str]:
    damaged = [name for name, tensor in model.state_dict().items() if not bool(tensor.float().isfinite().all())]
    return [f"model: has numbers that are not finite in {listed(damaged)}; accepted: finite weights"] if damaged else []


def save_checkpoint(model: Any, folder: Path) -> None:
    # transformers before 4.35 writes a pickle otherwise, and 5 has the argument no longer.
    has_choice = "safe_serialization" in inspect.signature(model.save_pretrained).parameters
    model.save_pretrained(folder, **({"safe_serialization": True} if has_choice else {}))
    for name, accepted in [("config.json", "config.json"), ("model.safetensors*", "model.safetensors")]:
        if not any(folder.glob(name)):
            raise Refused(f"model: its save_pretrained writes no {accepted}; accepted: one that does")


# Names that a model cannot have, beside those that do not begin with a capital letter: words of Swift's, types of its
# library, and what generated code uses. dtgen has the same (ModelName.swift), and SaveForDtgenTests compares them.
TAKEN_NAMES = set(
    """
    Action ActionChoice Actor AlignedMemory Any AnyHashable AnyIterator AnyKeyPath AnyObject AnySequence Array
    ArraySlice AsyncSequence AsyncStream BatchStepError BidirectionalCollection BinaryFloatingPoint BinaryInteger
    BitwiseCopyable Bool CCall CChar CController CDecisionTransformer CStatus CancellationError CaseIterable Character
    ClosedRange Codable CodingKey Collection CollectionOfOne CommandLine Comparable ContiguousArray ContinuousClock
    Copyable CustomDebugStringConvertible CustomStringConvertible DecisionTransformer Decodable Decoder DecodingError
    Dictionary Double Duration EmptyCollection Encodable Encoder EncodingError Equatable Error Escapable
    ExpressibleByArrayLiteral ExpressibleByFloatLiteral ExpressibleByIntegerLiteral ExpressibleByStringLiteral
    FixedWidthInteger Float Float16 Float32 Float64 Float80 FloatingPoint ForwardError ForwardInput Foundation
    FrameController FrameMath FramePattern GeneratedCodeFormat2 Hashable Hasher Identifiable InitializationError
    InlineArray Int Int128 Int16 Int32 Int64 Int8 IteratorProtocol KeyPath LosslessStringConvertible ManagedBuffer
    MemoryLayout Mirror MutableCollection MutableRawSpan MutableSpan Never Numbers Numeric ObjectIdentifier
    OpaquePointer OptionSet Optional OutputRawSpan OutputSpan PackedWeights PhaseOperation Processor Protocol
    RandomAccessCollection RandomNumberGenerator Range RangeReplaceableCollection RawRepresentable RawSpan Repeated
    Result SIMD SIMD16 SIMD2 SIMD3 SIMD32 SIMD4 SIMD64 SIMD8 SIMDMask SIMDScalar SIMDStorage Self SelfTest
    SelfTestReport SelfTestStage SelfTestable Sendable Sequence Set SetAlgebra SignedInteger SignedNumeric Slice Span
    State StateController StaticBigInt StaticString StepError Strideable String StringProtocol Substring SuspendingClock
    Swift SystemRandomNumberGenerator Task TaskGroup TextOutputStream TrunkError Type UInt UInt128 UInt16 UInt32 UInt64
    UInt8 UTF16 UTF32 UTF8 UTF8Span Unicode UnicodeScalar Unmanaged UnsafeBufferPointer UnsafeMutableBufferPointer
    UnsafeMutablePointer UnsafeMutableRawBufferPointer UnsafeMutableRawPointer UnsafePointer UnsafeRawBufferPointer
    UnsafeRawPointer UnsignedInteger Void WholeReturn
    """.split()
)


def name_problems(name: str) -> list[str]:
    match = re.fullmatch(r"([A-Z][A-Za-z0-9_]*)\.dtmodel", name)
    if not match:
        return [
            f'folder: found "{name}"; accepted: <Name>.dtmodel, where <Name> is a capital letter (A-Z), then letters, '
            "digits and underscores, as in Hopper.dtmodel"
        ]
    if match[1] in TAKEN_NAMES:
        return [f'folder: "{match[1]}" is a name that Swift or generated code has; accepted: a name that is free']
    return []


def unknown_keys(options: Mapping[str, Any]) -> list[str]:
    problems = []
    for key in options:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            accepted = f'did you mean "{near[0]}"?' if near else f"accepted: {', '.join(KEYS)}"
            problems.append(f"{key}: is no key of codegen.json; {accepted}")
    return problems


def place_problems(folder: Path, overwrite: bool) -> list[str]:
    if not folder.parent.is_dir():
        return [f"folder: {folder.parent} is no folder; accepted: a place that is there"]
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return [f"folder: {folder} is a link or a file; accepted: a folder, or a name that is free"]
    if folder.exists() and not overwrite:
        return [f"folder: {folder} is there already; accepted: a name that is free, or overwrite=True"]
    return []


def put_in_place(finished: Path, folder: Path) -> None:
    """The new folder under its name, with the old one's files that do not belong to the model saved before."""
    if not folder.exists():
        finished.rename(folder)
        return
    for entry in folder.iterdir():
        is_model = re.match(r"config\.json$|codegen\.json$|(model|pytorch_model)\b", entry.name)
        # A folder has its expected rows in one file.
        is_replaced = entry.name == "expected.safetensors" and (finished / "expected.json").exists()
        if is_model or is_replaced or (finished / entry.name).exists():
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, finished / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, finished / entry.name, follow_symlinks=False)
    replaced = folder.with_name(f".{folder.name}.{os.getpid()}.replaced")
    folder.rename(replaced)
    try:
        finished.rename(folder)
    except BaseException:
        replaced.rename(folder)
        raise
    shutil.rmtree(replaced)


# --- An existing codegen.json -------------------------------------------------------------------------------------------


def read_options(path: Path) -> dict[str, Any]:
    """The keys of a codegen.json in their order; none where there is no such file."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise Refused(f"{path}: has a key twice; accepted: each once")
        return members

    def refuse(literal: str) -> Any:
        raise Refused(f"{path}: has {literal}; accepted: numbers of JSON")

    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: cannot be read: {error}") from None
    try:
        options = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise Refused(f"{path}: is no JSON: {error}; accepted: a JSON object") from None
    if not isinstance(options, dict):
        raise Refused(f"{path}: accepted: a JSON object")
    return options


def config_sizes(path: Path) -> tuple[int | None, int | None]:
    """Numbers in a state and in an action, of the config.json beside a codegen.json; None where it does not say."""
    sizes = read_options(path.parent / "config.json")
    states, actions = (sizes.get(key) for key in ("state_dim", "act_dim"))
    return (states if isinstance(states, int) else None), (actions if isinstance(actions, int) else None)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What is said about every key of `after`, a line for each."""
    lines = []
    for key, value in after.items():
        if key not in before:
            lines.append(f"  new      {key}: {shown(value)}")
        elif before[key] != value:
            lines.append(f"  changed  {key}: {shown(before[key])}, now {shown(value)}")
        else:
            lines.append(f"  kept     {key}")
    return lines


def write_whole(path: Path, text: str) -> None:
    """The file has the old text or the new one, whatever happens in between."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, path)
    except BaseException as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Refused(f"{path}: cannot be written: {error.strerror}") from None
        raise


# --- The command line ---------------------------------------------------------------------------------------------------


def statistics_text(name: str, numbers: Statistics) -> str:
    left_out = f", {numbers.left_out} left out" if numbers.left_out else ""
    lines = [f"{name}: {numbers.states} states of {len(numbers.mean)} numbers{left_out}"]
    lines += ["  number          mean     deviation"]
    lines += [f"  {index:6} {mean:13.6g} {std:13.6g}" for index, (mean, std) in enumerate(zip(numbers.mean, numbers.std))]
    if numbers.returns is None:
        return "\n".join([*lines, "  returns: not known; the data has no rewards, or does not say where episodes end"])
    episodes = "1 episode" if len(numbers.returns) == 1 else f"{len(numbers.returns)} episodes"
    return "\n".join([*lines, f"  returns of {episodes}: mean {numbers.mean_return:.6g}, best {numbers.best_return:.6g}"])


def target_return(wanted: str | float | None, numbers: Statistics) -> float | None:
    if wanted not in ("best", "mean"):
        return wanted
    if numbers.returns is None:
        raise Refused(f"--target: the data does not say what its {wanted} return is; accepted: a number")
    return numbers.best_return if wanted == "best" else numbers.mean_return


def number_or_word(text: str) -> str | float:
    return text if text in ("best", "mean") else float(text)


def one_or_several(text: str) -> float | list[float]:
    numbers = [float(part) for part in text.split(",")]
    return numbers[0] if len(numbers) == 1 else numbers


def new_options(arguments: argparse.Namespace, numbers: Statistics) -> dict[str, Any]:
    given = {
        "window": arguments.window, "state_mean": numbers.mean.tolist(), "state_std": numbers.std.tolist(),
        "return_scale": arguments.scale,
        "target_return": target_return(arguments.target, numbers),
        "action_scale": arguments.action_scale, "action_offset": arguments.action_offset, "precision": arguments.precision,
    }  # fmt: skip
    return {key: value for key, value in given.items() if value is not None}


def print_statistics(arguments: argparse.Namespace, numbers: Statistics) -> None:
    if arguments.json:
        print(json.dumps(numbers.as_json(), indent=2, allow_nan=False))
    else:
        print(statistics_text(arguments.dataset, numbers))


def write_codegen(arguments: argparse.Namespace, numbers: Statistics) -> None:
    path = arguments.output
    if path and not path.parent.is_dir():
        raise Refused(f"{path.parent}: is no folder; accepted: a model folder that is there, the file is written into it")
    before = read_options(path) if path else {}
    after = {**before, **new_options(arguments, numbers)}
    if "return_scale" not in after:
        raise Refused("--scale: is missing; accepted: what training divided returns by, 1 where by nothing")
    problems = option_problems(after, *(config_sizes(path) if path else (None, None)))
    if problems:
        raise Refused("\n".join(f"{path}: {problem}" if path else problem for problem in problems))
    if path is None:
        print(codegen_text(after), end="")
        return
    write_whole(path, codegen_text(after))
    print("\n".join([str(path), *changes(before, after)]))


def parser() -> argparse.ArgumentParser:
    program = argparse.ArgumentParser(
        description="Mean and deviation of the states that a Decision Transformer was trained on, which dtgen needs and a "
        "checkpoint has not.")  # fmt: skip
    commands = program.add_subparsers(required=True, metavar="command")
    data = data_arguments()
    show = commands.add_parser("statistics", parents=[data], help="show them, and the returns of the episodes")
    show.add_argument("--json", action="store_true", help="as JSON, which dtgen import --statistics reads")
    show.set_defaults(run=print_statistics)
    write = commands.add_parser("codegen", parents=[data], help="write them into codegen.json")
    write.add_argument("--output", type=Path, metavar="FILE", help="codegen.json of a model folder: its other keys stay as "
                       "they are. Without it the text is printed")  # fmt: skip
    write.add_argument("--scale", type=float, metavar="NUMBER", help="what training divided returns by; 1 where by nothing")
    write.add_argument("--target", type=number_or_word, metavar="RETURN", help="the return that an episode asks for where "
                       'the program does not say: a number, or "best" or "mean" of the data')  # fmt: skip
    write.add_argument("--window", type=int, metavar="K", help="control steps of context in training")
    write.add_argument("--action-scale", type=one_or_several, metavar="NUMBERS", help="environment action = model action * "
                       "this; one number, or several with commas between them")  # fmt: skip
    write.add_argument("--action-offset", type=one_or_several, metavar="NUMBERS", help="added behind that")
    write.add_argument("--precision", metavar="NAME", help=f"of stored weights: {PRECISION.accepted}")
    write.set_defaults(run=write_codegen)
    return program


def data_arguments() -> argparse.ArgumentParser:
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("dataset", help="the training set: a file of D4RL's (.hdf5), of NumPy's (.npz, .npy), a pickled "
                      "list of episodes (.pkl), or the id of a data set of Minari's")  # fmt: skip
    data.add_argument("--epsilon", type=float, default=1e-6, metavar="NUMBER", help="added to each deviation, as training "
                      "did; 1e-6 where nothing is said, as in the original gym code")  # fmt: skip
    data.add_argument("--double", action="store_true", help="compute in double precision, as Hugging Face's tutorial does; "
                      "otherwise in the data's own type, as the original gym code does")  # fmt: skip
    data.add_argument("--final-states", action="store_true", help="count the last observation of an episode, too, in which "
                      "no action was taken")  # fmt: skip
    data.add_argument("--unfinished", action="store_true", help="count the steps behind the last end of an episode, too")
    data.add_argument("--longest-episode", type=int, metavar="STEPS", help="an episode ends after so many steps, too: for "
                      "data that does not mark time-outs")  # fmt: skip
    return data


def main(arguments: list[str] | None = None) -> int:
    """0 done, 1 something wrong with the data or the file, 2 wrong usage."""
    parsed = parser().parse_args(arguments)
    try:
        with warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            numbers = statistics(
                parsed.dataset, epsilon=parsed.epsilon, double=parsed.double, final_states=parsed.final_states,
                unfinished=parsed.unfinished, longest_episode=parsed.longest_episode)  # fmt: skip
        parsed.run(parsed, numbers)
    except Refused as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return 1
    for remark in remarks:
        print(f"warning: {remark.message}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
