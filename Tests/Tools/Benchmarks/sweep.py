#!/usr/bin/env python3
"""How the cost of a step grows with the model, beside the generator's cost model.

Makes models with random weights, generates and compiles each, lets its self test pass, measures `act` and
`prepare`, and prints a table; with --svg a plot too. Python's standard library and a Swift toolchain are all it needs.

    swift build -c release --product dtgen
    Tests/Tools/Benchmarks/sweep.py --svg sweep.svg
"""

import argparse
import array
import itertools
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import plot

ROOT = pathlib.Path(__file__).resolve().parents[3]
STATE, ACTION, EPISODE = 11, 3, 64
HIDDEN, LAYERS, WINDOWS, HEADS = (64, 128, 256, 512), (1, 3, 6, 12), (5, 20, 50), (1, 4, 8)
BASE = {"hidden": 128, "layers": 3, "window": 20, "heads": 1}


def models(full):
    """The shapes to measure: all of them, or one dimension varied at a time."""
    if full:
        for values in itertools.product(HIDDEN, LAYERS, WINDOWS, HEADS):
            yield dict(zip(BASE, values))
        return
    seen = []
    for name, values in zip(BASE, (HIDDEN, LAYERS, WINDOWS, HEADS)):
        for value in values:
            shape = BASE | {name: value}
            if shape not in seen:
                seen.append(shape)
                yield shape


def name_of(shape):
    return "H{hidden}L{layers}K{window}N{heads}".format(**shape)


# --- Models --------------------------------------------------------------------------------------


def tensors(shape):
    """Names and shapes of a checkpoint of Hugging Face's DecisionTransformerModel."""
    hidden = shape["hidden"]
    inner = 4 * hidden
    yield "embed_timestep.weight", (EPISODE, hidden)
    for name, width in (("return", 1), ("state", STATE), ("action", ACTION)):
        yield f"embed_{name}.weight", (hidden, width)
        yield f"embed_{name}.bias", (hidden,)
    yield "embed_ln.weight", (hidden,)
    yield "embed_ln.bias", (hidden,)
    yield "encoder.wpe.weight", (1, hidden)
    for layer in range(shape["layers"]):
        block = f"encoder.h.{layer}"
        for norm in ("ln_1", "ln_2"):
            yield f"{block}.{norm}.weight", (hidden,)
            yield f"{block}.{norm}.bias", (hidden,)
        for name, depth, width in (
            ("attn.c_attn", hidden, 3 * hidden),
            ("attn.c_proj", hidden, hidden),
            ("mlp.c_fc", hidden, inner),
            ("mlp.c_proj", inner, hidden),
        ):
            yield f"{block}.{name}.weight", (depth, width)
            yield f"{block}.{name}.bias", (width,)
    yield "encoder.ln_f.weight", (hidden,)
    yield "encoder.ln_f.bias", (hidden,)
    for name, width in (("action.0", ACTION), ("state", STATE), ("return", 1)):
        yield f"predict_{name}.weight", (width, hidden)
        yield f"predict_{name}.bias", (width,)


class Pool:
    """Random numbers of which weights are made, over and over: what a step costs does not depend on them."""

    def __init__(self, seed=1, count=1 << 16):
        source = random.Random(seed)
        self.numbers = array.array("f", (source.gauss(0, 0.05) for _ in range(count)))
        self.start = 0

    def take(self, count):
        taken = array.array("f")
        while len(taken) < count:
            taken.extend(self.numbers[self.start : self.start + count - len(taken)])
            self.start = (self.start + 7919) % (len(self.numbers) // 2)
        return taken


def write_model(folder, shape, pool, precision="float32"):
    """A `<Name>.dtmodel` folder."""
    folder.mkdir(parents=True)
    config = {
        "architectures": ["DecisionTransformerModel"],
        "model_type": "decision_transformer",
        "state_dim": STATE,
        "act_dim": ACTION,
        "hidden_size": shape["hidden"],
        "n_layer": shape["layers"],
        "n_head": shape["heads"],
        "max_ep_len": EPISODE,
        "n_positions": 1,
        "activation_function": "relu",
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "codegen.json").write_text(
        json.dumps(
            {
                "window": shape["window"],
                "weights": "file",
                "self_test": True,
                "precision": precision,
            }
        )
    )
    header, offset = {}, 0
    for name, size in tensors(shape):
        count = 1
        for dimension in size:
            count *= dimension
        header[name] = {
            "dtype": "F32",
            "shape": list(size),
            "data_offsets": [offset, offset + 4 * count],
        }
        offset += 4 * count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for entry in header.values():
            start, end = entry["data_offsets"]
            file.write(pool.take((end - start) // 4).tobytes())


# --- Building and measuring ----------------------------------------------------------------------


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"sweep: {command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


class Workshop:
    """A temporary folder with the compiled runtime."""

    def __init__(self, directory, dtgen, march, core, seconds, precision="float32"):
        self.directory, self.dtgen = pathlib.Path(directory), dtgen
        self.precision = precision
        self.core, self.seconds = core, seconds
        self.pool = Pool()
        headers = ROOT / "Sources/CDecisionTransformer/include"
        self.swiftc = ["swiftc", "-O", "-wmo", "-parse-as-library", "-swift-version", "6"]
        self.swiftc += ["-Xcc", f"-march={march}", "-I", str(headers), "-I", str(directory)]
        self.swiftc += ["-package-name", "decision-transformer"]
        self.libraries = [self.library(name) for name in ["DecisionTransformer", "Programs"]]

    def library(self, module):
        """The object file of a target of this repository."""
        object_file = str(self.directory / f"{module}.o")
        run(
            self.swiftc
            + ["-module-name", module, "-emit-module", "-c", "-o", object_file]
            + ["-emit-module-path", str(self.directory / f"{module}.swiftmodule")]
            + sorted(map(str, (ROOT / "Sources" / module).glob("*.swift")))
        )
        return object_file

    def pin(self):
        """What a program does before it starts: stays on one core; on Linux only."""
        if not hasattr(os, "sched_setaffinity"):
            return None
        core = max(os.sched_getaffinity(0)) if self.core is None else self.core
        return lambda: os.sched_setaffinity(0, {core})

    def measure(self, shape):
        name = name_of(shape)
        folder = self.directory / name
        write_model(folder / f"{name}.dtmodel", shape, self.pool, self.precision)
        run([self.dtgen, "generate", str(folder / f"{name}.dtmodel"), "--output", str(folder)])
        (folder / "Model.swift").write_text(f"typealias Model = {name}\n")
        shared = ["Ceilings", "Samples"]
        run(
            self.swiftc
            + ["-module-name", "Sweep", "-o", str(folder / "driver")]
            + [str(ROOT / f"Sources/dtbench/{file}.swift") for file in shared]
            + [str(ROOT / "Tests/Tools/Benchmarks/SweepDriver.swift"), str(folder / "Model.swift")]
            + [str(folder / f"{name}{part}.swift") for part in ("", "Kernels")]
            + self.libraries
        )
        output = run(
            [str(folder / "driver"), str(folder / f"{name}.weights"), str(self.seconds)],
            preexec_fn=self.pin(),
        )
        shutil.rmtree(folder)
        return Measurement(shape, json.loads(output))


class Measurement:
    """What was measured of one model, and what the cost model says: microseconds."""

    def __init__(self, shape, result):
        self.shape, self.name = shape, name_of(shape)
        if result.get("selfTestPassed") is not True:
            sys.exit(f"sweep: {self.name}: measured without a passed self test")
        self.act, self.prepare = result["act"], result["prepare"]
        self.bytes = result["feedbackWeightBytes"]
        self.feedback = result["feedbackMultiplyAdds"]
        self.preparation = result["preparationMultiplyAdds"]
        flops, bandwidth = result["gigaflops"], result["gigabytesPerSecond"]
        # An act can be no faster than its weights are read, or its multiply-adds are done.
        self.act_bound = max(self.bytes / bandwidth, 2 * self.feedback / flops) / 1000
        self.prepare_bound = 2 * self.preparation / flops / 1000


COLUMNS = "model", "act MB", "act M", "act us", "bound", "share", "prep M", "prep us", "bound", "share"


def row(m):
    cells = [m.name, f"{m.bytes / 1e6:.2f}", f"{m.feedback / 1e6:.2f}"]
    cells += [f"{m.act:.1f}", f"{m.act_bound:.1f}", f"{100 * m.act_bound / m.act:.0f} %"]
    cells += [f"{m.preparation / 1e6:.1f}", f"{m.prepare:.1f}", f"{m.prepare_bound:.1f}"]
    return cells + [f"{100 * m.prepare_bound / m.prepare:.0f} %"]


def line(cells):
    return f"{cells[0]:<16}" + "".join(f"{cell:>10}" for cell in cells[1:])


def main():
    parser = argparse.ArgumentParser(
        description="How the cost of a step grows with the model.",
        epilog="Columns: megabytes of weights and millions of multiply-adds of a call, its median in"
        " microseconds, the least that the core's measured ceilings allow, and their ratio.",
    )
    parser.add_argument("--full", action="store_true", help="every combination, not one at a time")
    parser.add_argument("--only", help="one model, by the name that the table has")
    parser.add_argument("--seconds", type=float, default=1, help="of measuring each model")
    parser.add_argument("--march", default="native", help="what to compile for")
    parser.add_argument(
        "--precision", default="float32", choices=["float32", "bfloat16", "int16", "int8"], help="of all models"
    )
    parser.add_argument("--core", type=int, help="the core to measure on; the last one by default")
    parser.add_argument("--svg", help="a file for the plot")
    parser.add_argument("--dtgen", default=str(ROOT / ".build/release/dtgen"))
    options = parser.parse_args()

    shapes = [s for s in models(options.full) if options.only in (None, name_of(s))]
    if not shapes:
        sys.exit(f"sweep: --only: no model is called {options.only}")
    measurements = []
    with tempfile.TemporaryDirectory() as directory:
        workshop = Workshop(
            directory, options.dtgen, options.march, options.core, options.seconds, options.precision
        )
        print(line(COLUMNS), flush=True)
        for shape in shapes:
            measurements.append(workshop.measure(shape))
            print(line(row(measurements[-1])), flush=True)
    if options.svg:
        pathlib.Path(options.svg).write_text(plot.svg(measurements))


if __name__ == "__main__":
    main()
