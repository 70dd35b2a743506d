"""emx-onnx-cgen's C, compiled by gcc into a shared library and called through ctypes."""

import ctypes
import importlib.metadata
import os
import pathlib
import subprocess
import sys

import numpy as np

from runtimes import Peer


def compiler():
    return os.environ.get("CC", "gcc")


def versions():
    first = subprocess.run(
        [compiler(), "-dumpfullversion"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return f"emx-onnx-cgen {importlib.metadata.version('emx-onnx-cgen')}, gcc {first}"


def build(case):
    flags = case.options["flags"]
    layout = case.options.get("layout", "") if case.form == "cached" else ""
    stem = f"emx-{case.form}{layout}-{os.getpid()}"
    source, library = case.work / f"{stem}.c", case.work / f"{stem}.so"
    # Next to the interpreter. All temporaries go on the stack, all weights into the C file.
    generator = pathlib.Path(sys.executable).parent / "emx-onnx-cgen"
    command = [generator, "compile", case.onnx(layout), source, "--model-name", "model"]
    command += ["--large-temp-threshold", "0", "--large-weight-threshold", "0", "--restrict-arrays"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    subprocess.run(
        [compiler(), *flags, "-shared", "-fPIC", "-o", library, source, "-lm"],
        check=True,
        capture_output=True,
        text=True,
    )
    function = ctypes.CDLL(str(library)).model
    function.restype = None
    inputs = [array.copy() for array in case.example]
    action = np.zeros_like(case.expected[0])
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in [*inputs, action]]

    def load(arrays):
        for held, array in zip(inputs, arrays, strict=True):
            held[...] = array

    return Peer(load, lambda: function(*pointers), action.copy)
