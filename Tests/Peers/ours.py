"""The adapter to our own benchmark program: the only place that knows its JSON.

    {"model": "Hopper", "precision": "float32" | "bfloat16",
     "act": {"p50": µs, "p99": µs, ...}, "prepare": {...}, "act+prepare": {...}}

or an array of such objects. A phase that is missing is left out.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys

PHASES = ["act", "prepare", "act+prepare"]


def parse(text):
    """`[(precision, phase, {"p50": µs, "p99": µs or None})]`"""
    documents = json.loads(text)
    found = []
    for document in documents if isinstance(documents, list) else [documents]:
        for phase in PHASES:
            if phase in document:
                figures = document[phase]
                figures = {"p50": float(figures["p50"]), "p99": figures.get("p99")}
                found.append((document["precision"], phase, figures))
    if not found:
        raise ValueError(f"none of {', '.join(PHASES)} in the JSON")
    return found


class Ours:
    """A JSON file, read in every round, or a command, run in every round on the measured core."""

    def __init__(self, source, core):
        self.source, self.core = source, core
        self.is_file = pathlib.Path(source).is_file() and source.endswith(".json")

    def round(self):
        if self.is_file:
            return parse(pathlib.Path(self.source).read_text())
        done = subprocess.run(
            shlex.split(self.source),
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
        )
        if done.returncode:
            sys.exit(f"peers: --ours: `{self.source}` ended with status {done.returncode}")
        return parse(done.stdout)
