#!/usr/bin/env python3
"""Measures other ways to run a Decision Transformer beside ours: same weights, inputs and core.

Every peer lives in a process of its own; all are built and checked first, then measured in
interleaved rounds of random order, so that drift of the machine hits all alike.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import platform
import random
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile

import plot
import report
from catalogue import ENTRIES, batch_entries, int8_settings
from ours import Ours

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS"],
    "1",
)


def batch_size(text):
    if text.isdecimal() and 2 <= int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}; accepted: 2 to 256 agents")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=ROOT / "Sources/hopper/Hopper.dtmodel")
    parser.add_argument("--episode", default=ROOT / "Sources/hopper/Resources/episode.safetensors")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.25, help="per peer and round")
    parser.add_argument("--build-limit", type=float, default=900, help="seconds to build one peer")
    parser.add_argument(
        "--only", help="comma-separated words: entries with one of them in form, name or precision"
    )
    parser.add_argument(
        "--batch", action="append", type=batch_size, default=[], metavar="AGENTS",
        help="adds the whole window of so many agents in one call; may be given more than once",
    )
    parser.add_argument(
        "--int8-settings", action="store_true", help="what int8 was chosen from, and nothing else"
    )
    parser.add_argument(
        "--ours", action="append", default=[], help="JSON file or command of our own benchmark"
    )
    parser.add_argument("--from", dest="earlier", help="render an earlier --json instead")
    parser.add_argument("--json", help="where to write every figure")
    parser.add_argument("--svg", help="where to write the plot")
    parser.add_argument("--markdown", help="where to write the table; standard output by default")
    return parser.parse_args()


class Process:
    """A worker and what it answered."""

    def __init__(self, entry, core, work):
        self.result = dataclasses.asdict(entry) | {"rounds": []}
        self.log = work / f"{entry.identifier}.log"
        environment = os.environ | ONE_THREAD
        environment |= {"HF_HUB_OFFLINE": "1", "TORCHINDUCTOR_CACHE_DIR": str(work / "inductor")}
        self.process = subprocess.Popen(
            [sys.executable, HERE / "worker.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
            env=environment,
        )
        self.reader = concurrent.futures.ThreadPoolExecutor(1)
        self.request = {"entry": dataclasses.asdict(entry), "core": core, "work": str(work)}

    @property
    def failed(self):
        return "reason" in self.result

    def ask(self, request, limit):
        """One line there, one back; a worker that fails, dies or hangs is out, with the reason."""
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            line = self.reader.submit(self.process.stdout.readline).result(limit)
            answer = json.loads(line) if line else {"error": self.death()}
        except concurrent.futures.TimeoutError:
            answer = {"error": f"no answer within {limit:.0f} s"}
        except BrokenPipeError:
            answer = {"error": self.death()}
        if "error" in answer:
            self.result["reason"] = answer["error"]
            self.process.kill()
        return answer

    def death(self):
        status = self.process.wait()
        how = f"by {signal.Signals(-status).name}" if status < 0 else f"with status {status}"
        return f"the process ended {how} while {'measured' if self.built else 'built'}"

    @property
    def built(self):
        return "version" in self.result

    def build(self, limit):
        answer = self.ask(self.request, limit)
        if not self.failed:
            self.result |= answer

    def round(self, seconds):
        answer = self.ask({"seconds": seconds}, 120 + 10 * seconds)
        if not self.failed:
            self.result["difference"] = answer.pop("difference")
            self.result["rounds"].append(answer)

    def end(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class OurFigures:
    """Our own phases over the rounds, in the form of the peers' results."""

    def __init__(self, sources, core, batches):
        self.sources = [Ours(source, core, batches) for source in sources]
        self.results = {}

        for source in self.sources:
            source.round()  # Not counted: a wrong command is found before the long part.

    def round(self):
        for source in self.sources:
            for precision, phase, agents, figures in source.round():
                key = precision, phase, agents
                empty = {"precision": precision, "phase": phase, "batch": agents, "rounds": []}
                self.results.setdefault(key, empty)["rounds"].append(figures)


def progress(text):
    print(text, file=sys.stderr, flush=True)


def candidates(options):
    batches = [f"batch{size}" for size in options.batch]
    if options.int8_settings:
        return [e for form in ("window", "cached", *batches) for e in int8_settings(form)]
    return [*ENTRIES, *(entry for size in options.batch for entry in batch_entries(size))]


def measure(options, work):
    words = [word.strip().lower() for word in options.only.split(",")] if options.only else [""]
    entries = [e for e in candidates(options) if any(map(e.matches, words))]
    if not entries:
        sys.exit(f"peers: --only: no peer is called {options.only}; see catalogue.py")
    ours = OurFigures(options.ours, options.core, options.batch)
    progress("exporting")
    with (work / "export.log").open("w") as log:
        command = [sys.executable, HERE / "export.py", options.model, options.episode, work]
        command += map(str, options.batch)
        done = subprocess.run(command, stdout=log, stderr=log, env=os.environ | ONE_THREAD)
    if done.returncode:
        sys.exit((work / "export.log").read_text() + "peers: the model could not be exported")

    processes = []
    try:
        for entry in entries:
            process = Process(entry, options.core, work)
            processes.append(process)
            process.build(options.build_limit)
            outcome = (
                process.result.get("reason") or f"differs by {process.result['difference']:.1e}"
            )
            progress(f"{entry.identifier}: {outcome}")
        order = random.Random(1)
        for number in range(options.rounds):
            progress(f"round {number + 1} of {options.rounds}")
            turns = [p for p in processes if not p.failed] + [ours]
            for turn in order.sample(turns, len(turns)):
                turn.round() if turn is ours else turn.round(options.seconds)
    finally:
        for process in processes:
            process.end()
    results = [process.result for process in processes]
    return {
        "command": shlex.join(["peers.py", *sys.argv[1:]]),
        "model": pathlib.Path(options.model).stem,
        "processor": processor(),
        "core": options.core,
        "python": platform.python_version(),
        "int8_settings": options.int8_settings,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "peers": [summarized(result) for result in results],
        "ours": [summarized(result) for result in ours.results.values()],
    }


def summarized(result):
    """Adds the medians over the rounds of each round's p50 and p99."""
    for key in ("p50", "p99"):
        figures = [r[key] for r in result["rounds"] if r.get(key) is not None]
        if figures and "reason" not in result:
            result[key] = statistics.median(figures)
    return result


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def main():
    options = arguments()
    if options.earlier:
        results = json.loads(pathlib.Path(options.earlier).read_text())
    else:
        with tempfile.TemporaryDirectory(prefix="peers-") as work:
            results = measure(options, pathlib.Path(work))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    if options.svg:
        pathlib.Path(options.svg).write_text(plot.svg(results))
    table = report.markdown(results)
    if options.markdown:
        pathlib.Path(options.markdown).write_text(table)
    else:
        print(table, end="")


if __name__ == "__main__":
    main()
