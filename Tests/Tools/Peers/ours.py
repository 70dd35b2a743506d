"""The adapter to our own benchmark program: the only place that knows its JSON.

    {"model": "Hopper", "precision": "float32" | "bfloat16" | "int8", "batch": 16,
     "self_test": {"passed": true, ...},
     "act": {"p50": µs, "p99": µs, ...}, "prepare": {...}, "act+prepare": {...}}

or an array of such objects. Without "batch" it is one agent; with it, a time is that of the call for all agents. A phase that is
missing is left out. Figures of a program that did not pass its self test are refused.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys

PHASES = ["act", "prepare", "act+prepare"]


def parse(text, batches=()):
    """`[(precision, phase, agents, {"p50": µs, "p99": µs or None})]`; `batches` are those that the peers are measured with."""
    documents = json.loads(text)
    found = []
    for document in documents if isinstance(documents, list) else [documents]:
        if document.get("self_test", {}).get("passed") is not True:
            raise ValueError(
                f"{document.get('model', 'a model')}: self_test.passed is not true; accepted: the figures "
                "of a program that passed its self test in the same run"
            )
        agents = document.get("batch", 1)
        if agents not in (1, *batches):
            raise ValueError(f"a batch of {agents}, which no peer has; accepted: --batch {agents} beside it")
        for phase in PHASES:
            if phase in document:
                figures = document[phase]
                figures = {"p50": float(figures["p50"]), "p99": figures.get("p99")}
                found.append((document["precision"], phase, agents, figures))
    if not found:
        raise ValueError(f"none of {', '.join(PHASES)} in the JSON")
    return found


class Ours:
    """A JSON file, read in every round, or a command, run in every round on the measured core."""

    def __init__(self, source, core, batches=()):
        self.source, self.core, self.batches = source, core, batches
        self.is_file = pathlib.Path(source).is_file() and source.endswith(".json")

    def round(self):
        try:
            return parse(self.text(), self.batches)
        except ValueError as error:
            sys.exit(f"peers: --ours: `{self.source}`: {error}")

    def text(self):
        if self.is_file:
            return pathlib.Path(self.source).read_text()
        done = subprocess.run(
            shlex.split(self.source),
            stdout=subprocess.PIPE,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
        )
        if done.returncode:
            sys.exit(f"peers: --ours: `{self.source}` ended with status {done.returncode}")
        return done.stdout
