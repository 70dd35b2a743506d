#!/usr/bin/env python3
"""What it costs to embed weights: the build of a user's package with weights of several sizes, in the
program ("embedded") and beside it ("file"), and the time the program takes to make its first controller.

usage: Tests/Checks/Consumer/embedding-cost.py [--configuration debug|release]

Nothing but Python and Swift is needed. The models have random weights.
"""

import argparse
import array
import json
import math
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
# Hidden size and layers; the first is the shape of Hopper.
SHAPES = [(128, 3), (256, 7), (384, 10)]

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Robot",
  dependencies: [.package(path: "../decision-transformer")],
  targets: [
    .executableTarget(
      name: "Robot",
      dependencies: [.product(name: "DecisionTransformer", package: "decision-transformer")],
      plugins: [.plugin(name: "DecisionTransformerPlugin", package: "decision-transformer")])
  ]
)
"""

MAIN = """import DecisionTransformer

let begin = ContinuousClock.now
%s
let took = ContinuousClock.now - begin
robot.reset(targetReturn: 1)
print("packed", Robot.packedWeightsSize, "first", took / Duration.milliseconds(1))
"""
EMBEDDED = "var robot = try Robot()"
FILE = "var robot = try Robot(weights: PackedWeights(path: CommandLine.arguments[1]))"


def tensors(hidden, layers):
    """Names and shapes of a checkpoint as Hugging Face saves it: 11 state and 3 action components."""
    yield "embed_timestep.weight", [1000, hidden]
    for name, size in [("return", 1), ("state", 11), ("action", 3)]:
        yield f"embed_{name}.weight", [hidden, size]
        yield f"embed_{name}.bias", [hidden]
    for name in ["embed_ln", "encoder.ln_f"]:
        yield f"{name}.weight", [hidden]
        yield f"{name}.bias", [hidden]
    yield "encoder.wpe.weight", [1024, hidden]
    for layer in range(layers):
        block = f"encoder.h.{layer}."
        for name in ["ln_1", "ln_2"]:
            yield f"{block}{name}.weight", [hidden]
            yield f"{block}{name}.bias", [hidden]
        for name, depth, columns in [
            ("attn.c_attn", hidden, 3 * hidden),
            ("attn.c_proj", hidden, hidden),
            ("mlp.c_fc", hidden, 4 * hidden),
            ("mlp.c_proj", 4 * hidden, hidden),
        ]:
            yield f"{block}{name}.weight", [depth, columns]
            yield f"{block}{name}.bias", [columns]
    for name, size in [("action.0", 3), ("state", 11), ("return", 1)]:
        yield f"predict_{name}.weight", [size, hidden]
        yield f"predict_{name}.bias", [size]


def write_model(folder, hidden, layers):
    """A model folder with random weights."""
    config = {"model_type": "decision_transformer", "state_dim": 11, "act_dim": 3, "max_ep_len": 1000}
    config |= {"hidden_size": hidden, "n_layer": layers, "n_head": 1}
    (folder / "config.json").write_text(json.dumps(config))
    stream = random.Random(hidden)
    noise = array.array("f", (stream.gauss(0, 0.02) for _ in range(1 << 16))).tobytes()
    header, end, counts = {}, 0, []
    for name, shape in tensors(hidden, layers):
        count = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + count]}
        end += count
        counts.append(count)
    text = json.dumps(header).encode()
    with open(folder / "model.safetensors", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for count in counts:
            start = 4 * stream.randrange(len(noise) // 4)
            file.write((noise[start:] + noise * (count // len(noise) + 1))[:count])


def run(*command):
    """Seconds, the largest memory of a process of it in MB, and the output of a command."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: failed\n{output}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024, output


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--configuration", choices=["debug", "release"], default="debug")
    configuration = parser.parse_args().configuration
    directory = Path(tempfile.mkdtemp())
    try:
        measure(directory, configuration)
    finally:
        shutil.rmtree(directory)


def measure(directory, configuration):
    package = directory / "Robot"
    model = package / "Sources/Robot/Robot.dtmodel"
    model.mkdir(parents=True)
    (directory / "decision-transformer").symlink_to(REPOSITORY)
    (package / "Package.swift").write_text(MANIFEST)
    build = ["swift", "build", "--package-path", str(package), "-c", configuration]
    program = package / ".build" / configuration / "Robot"
    print(f"{configuration} build of the package after a change of the model")
    print("packed MB  weights   build s  compiler MB  program MB  first controller ms")
    for index, (hidden, layers) in enumerate(SHAPES):
        write_model(model, hidden, layers)
        for kind, code in [("file", FILE), ("embedded", EMBEDDED)]:
            (package / "Sources/Robot/main.swift").write_text(MAIN % code)
            (model / "codegen.json").write_text(json.dumps({"weights": kind, "window": 20}))
            if index == 0 and kind == "file":
                run(*build)  # everything that does not depend on the model
                (model / "codegen.json").write_text(json.dumps({"weights": kind, "window": 19}))
            seconds, memory, _ = run(*build)
            files = list(package.glob(".build/plugins/outputs/**/Robot.weights"))
            arguments = [str(program)] + ([str(files[0])] if kind == "file" else [])
            starts = [run(*arguments)[2] for _ in range(5)]
            packed = int(re.search(r"packed (\d+)", starts[0])[1]) / 1e6
            first = statistics.median(float(re.search(r"first ([\d.e-]+)", text)[1]) for text in starts)
            size = program.stat().st_size / 1e6
            print(
                f"{packed:9.1f}  {kind:8}  {seconds:7.1f}  {memory:11.0f}  {size:10.1f}  {first:19.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
