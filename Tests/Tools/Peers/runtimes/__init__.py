"""One module per peer. Each has `build(case) -> Peer` and `versions() -> str`.

Only `run` is timed: inputs are in place before it, as they would be in a good application, and the
result is read after it. Every peer runs on one thread.
"""

import collections
import json
import pathlib

import numpy as np

Peer = collections.namedtuple("Peer", "load run read")
"""`load(arrays)` puts inputs in place, `run()` computes, `read()` returns the action."""


class Case:
    """What a peer is asked to build: a form of the model, its files and example inputs.

    form       "window", "batch16" (the windows of 16 agents), "cached" or "empty" (one addition:
               what a call costs)
    kind       the form without the size of its batch
    precision  "float32", "bfloat16" or "int8"
    options    the peer's own
    """

    def __init__(self, form, precision, options, work):
        self.form, self.precision, self.options = form, precision, options
        self.kind = "window" if form.startswith("batch") else form
        self.work = pathlib.Path(work)
        settings = json.loads((self.work / "settings.json").read_text())
        self.config, self.snapshot = settings["config"], pathlib.Path(settings["snapshot"])
        self.names = settings["inputs"][form]
        with np.load(self.work / "inputs.npz") as arrays:
            self.expected = arrays[f"{form}/expected"]
            self.inputs = self.cases(arrays, form)
            self.calibration = self.cases(arrays, f"{form}/calibration") if form != "empty" else []

    def cases(self, arrays, folder):
        columns = [arrays[f"{folder}/{name}"] for name in self.names]
        return [list(map(np.ascontiguousarray, case)) for case in zip(*columns, strict=True)]

    @property
    def named_calibration(self):
        return [dict(zip(self.names, case, strict=True)) for case in self.calibration]

    @property
    def example(self):
        return self.inputs[0]

    def onnx(self, layout=""):
        return self.work / f"{self.form}{layout}.onnx"

    def holds_cache(self, name):
        return name.startswith(("keys_", "values_"))

    def with_form(self, form):
        return Case(form, self.precision, self.options, self.work)
