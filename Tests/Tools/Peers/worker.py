"""One peer in a process of its own, pinned to one core, measured round by round.

Started by peers.py. Speaks JSON lines: first a report on the build, then one line per round asked.
"""

import gc
import importlib
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback

TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2, "int8": 5e-2}


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(run, seconds, least):
    """Latencies of single calls in microseconds, sorted, after a warm-up that is not counted."""
    clock = time.perf_counter_ns
    end = clock() + 50_000_000
    for _ in range(50):
        run()
        if clock() > end:
            break
    samples = []
    end = clock() + int(seconds * 1e9)
    gc.collect()
    gc.disable()
    while True:
        start = clock()
        run()
        stop = clock()
        samples.append(stop - start)
        if stop > end and len(samples) >= least:
            break
    gc.enable()
    return sorted(sample / 1000 for sample in samples)


class Worker:
    def __init__(self, entry, work):
        from runtimes import Case

        self.precision = entry["precision"]
        module = importlib.import_module(f"runtimes.{entry['module']}")
        self.case = Case(entry["form"], self.precision, entry["options"], work)
        self.peer = module.build(self.case)
        self.rounds = 0
        self.difference, means = 0.0, []
        for index, arrays in enumerate(self.case.inputs):
            self.peer.load(arrays)
            self.peer.run()
            means.append(self.compare(index))
        self.mean_difference = sum(means) / len(means)
        self.check()
        # A round has at least so many calls; with a batch a call is many.
        self.least = max(3, 100 // len(self.case.expected[0]))
        self.version = module.versions()
        # What a call costs with nothing to compute: part of the time as users see it.
        empty = self.case.with_form("empty")
        call = module.build(empty)
        call.load(empty.example)
        self.call = percentile(measure(call.run, 0.1, 100), 0.5)

    def compare(self, index):
        """Compares the last actions with Hugging Face's on the same inputs; the mean difference."""
        expected = self.case.expected[index]
        differences = abs(self.peer.read().reshape(expected.shape) - expected)
        # A difference that is not a number stays, and is refused.
        self.difference = float(max(differences.max(), self.difference, key=lambda x: (x != x, x)))
        return float(differences.mean())

    def check(self):
        if not self.difference <= TOLERANCE[self.precision]:
            raise ValueError(
                f"wrong actions: they differ from Hugging Face's by up to {self.difference:.2g}, "
                f"{self.mean_difference:.2g} in the mean; accepted: {TOLERANCE[self.precision]:g}"
            )

    def round(self, seconds):
        index = self.rounds % len(self.case.inputs)
        self.rounds += 1
        self.peer.load(self.case.inputs[index])
        samples = measure(self.peer.run, seconds, self.least)
        self.compare(index)
        self.check()
        return {
            "p50": percentile(samples, 0.5),
            "p99": percentile(samples, 0.99),
            "min": samples[0],
            "max": samples[-1],
            "calls": len(samples),
        }


def reason(error):
    """A failure in one line, for the table; the log has the rest."""
    name, text = type(error).__name__, str(error)
    if isinstance(error, subprocess.CalledProcessError):
        name = f"{pathlib.Path(error.cmd[0]).name} ended with status {error.returncode}"
        text = error.stderr or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if "error" in line.lower()] or lines
    return ": ".join([name, *lines[:1]])[:200]


def main():
    # What libraries print goes to the log; the answers keep the original standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    request = json.loads(sys.stdin.readline())
    try:
        # Before any library counts the cores.
        os.sched_setaffinity(0, {request["core"]})
        worker = Worker(request["entry"], request["work"])
        names = ("version", "difference", "mean_difference", "call")
        answer({name: getattr(worker, name) for name in names})
        for line in sys.stdin:
            result = worker.round(json.loads(line)["seconds"])
            answer(result | {"difference": worker.difference})
    except Exception as error:
        traceback.print_exc()
        answer({"error": reason(error)})


if __name__ == "__main__":
    main()
