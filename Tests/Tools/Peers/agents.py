#!/usr/bin/env python3
"""Our generated model with several agents, for `peers.py --batch`: its self test, then latencies as the JSON of `ours.py`.

    swift build -c release --product dtgen
    Tests/Tools/Peers/agents.py Sources/hopper/Hopper.dtmodel --batch 16 --precision int8 > batch16.json

Python's standard library and a Swift toolchain are all it needs.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests/Tools/Benchmarks"))

import sweep  # noqa: E402


def copy(original, folder, batch, precision):
    """The model folder with other options."""
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copy((original / name).resolve(), folder / name)
    options = json.loads((original / "codegen.json").read_text())
    for key in ("c_interface", "outputs"):
        options.pop(key, None)
    options |= {"batch": batch, "precision": precision, "weights": "file", "self_test": True}
    (folder / "codegen.json").write_text(json.dumps(options))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="a <Name>.dtmodel folder")
    parser.add_argument("--batch", type=int, required=True, help="agents, 2 to 256")
    parser.add_argument(
        "--precision", action="append", choices=["float32", "bfloat16", "int16", "int8"], help="may be given more than once"
    )
    parser.add_argument("--seconds", type=float, default=2, help="of measuring each")
    parser.add_argument("--march", default="native", help="what to compile for")
    parser.add_argument("--core", type=int, help="the core to measure on; the last one by default")
    parser.add_argument("--dtgen", default=str(ROOT / ".build/release/dtgen"))
    parser.add_argument("--keep", type=pathlib.Path, help="where programs stay, to be run again: <keep>/<precision>.sh")
    options = parser.parse_args()
    name = options.model.resolve().name.removesuffix(".dtmodel")
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        directory = options.keep or pathlib.Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        workshop = sweep.Workshop(
            directory.resolve(), options.dtgen, options.march, options.core, options.seconds
        )
        for precision in options.precision or ["float32", "bfloat16", "int16", "int8"]:
            folder = (directory / precision).resolve()
            shutil.rmtree(folder, ignore_errors=True)
            copy(options.model, folder / f"{name}.dtmodel", options.batch, precision)
            sweep.run([options.dtgen, "generate", str(folder / f"{name}.dtmodel"), "--output", str(folder)])
            (folder / "Model.swift").write_text(f"typealias Model = {name}\n")
            sweep.run(
                workshop.swiftc
                + ["-module-name", "Agents", "-o", str(folder / "driver")]
                + [str(ROOT / "Sources/dtbench/Samples.swift")]
                + [str(ROOT / "Tests/Tools/Peers/AgentsDriver.swift"), str(folder / "Model.swift")]
                + [str(folder / f"{name}{part}.swift") for part in ("", "Kernels")]
                + workshop.libraries
            )
            command = [str(folder / "driver"), str(folder / f"{name}.weights"), name, precision, str(options.seconds)]
            script = directory / f"{precision}.sh"
            script.write_text("#!/bin/sh\nexec " + " ".join(command) + "\n")
            script.chmod(0o755)
            found.append(json.loads(sweep.run(command, preexec_fn=workshop.pin())))
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
