"""A C library that `dtgen library` makes, called through ctypes."""

import ctypes
import pathlib
import shlex
import subprocess
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent


def run_dtgen(command, *words):
    """`command` is dtgen, as a shell would have it."""
    done = subprocess.run(
        [*shlex.split(command), *map(str, words)], capture_output=True, text=True, cwd=ROOT
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def make_library(command, folder, output, march):
    """The library of a model folder."""
    run_dtgen(command, "library", folder, "--output", output, "--march", march)
    prefix = next(output.glob("*.h")).stem
    return Library(output / f"lib{prefix}.so", prefix)


class Library:
    """A C library of ours, one controller in it."""

    def __init__(self, path, prefix):
        self.library = ctypes.CDLL(str(path))
        self.prefix = prefix
        self.function("memory_size").restype = ctypes.c_size_t
        size = self.function("memory_size")()
        self.room = ctypes.create_string_buffer(size + 64)
        memory = ctypes.c_void_p((ctypes.addressof(self.room) + 63) // 64 * 64)
        self.check(self.function("self_test")(memory, ctypes.c_size_t(size)))
        self.controller = ctypes.c_void_p()
        self.check(
            self.function("create")(memory, ctypes.c_size_t(size), ctypes.byref(self.controller))
        )

    def function(self, name):
        return getattr(self.library, f"{self.prefix}_{name}")

    @staticmethod
    def check(status):
        if status != 0:
            raise SystemExit(f"a call of the library returned {status}")

    def reset(self, target):
        self.check(self.function("reset")(self.controller, ctypes.c_float(target)))

    def choose(self, frames, reward):
        """The number of the action for frames of bytes, of a model whose actions are numbers."""
        number = ctypes.c_int32()
        self.check(
            self.function("act")(
                self.controller, ctypes.c_void_p(frames.ctypes.data), ctypes.c_float(reward),
                ctypes.byref(number),
            )
        )
        return number.value

    def logits(self, count):
        logits = (ctypes.c_float * count)()
        self.check(self.function("logits")(self.controller, logits))
        return np.array(logits)

    def prepare(self):
        self.check(self.function("prepare")(self.controller))

    def episode(self, states, target, rewards, output, numbers):
        """Microseconds of every `act` and every `prepare`; what was answered in the last step."""
        self.reset(target)
        act, prepare, timer = self.function("act"), self.function("prepare"), time.perf_counter_ns
        # float would go as double where ctypes is not told.
        act.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_float, ctypes.c_void_p]
        prepare.argtypes = [ctypes.c_void_p]
        acts, prepares = [], []
        for state, reward in zip(states, rewards, strict=True):
            place = state.ctypes.data
            start = timer()
            status = act(self.controller, place, reward, output)
            acted = timer()
            status |= prepare(self.controller)
            prepared = timer()
            self.check(status)
            acts.append((acted - start) / 1e3)
            prepares.append((prepared - acted) / 1e3)
            numbers.append(output[0])
        return acts, prepares
