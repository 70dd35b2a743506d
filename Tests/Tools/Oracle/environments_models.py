#!/usr/bin/env python3
"""The model folders of environments.py: each model in each precision.

    python environments_models.py <folder>

Writes <folder>/<precision>/<Model>.dtmodel, copies that differ in codegen.json alone. `budget` gets a bound and an
episode beside it, for `dtgen calibrate` to choose by. The folders of the source tree stay as they are.
"""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from rollouts import run

REPOSITORY = Path(__file__).resolve().parents[3]
# Each has a folder of its name.
PRECISIONS = ("float32", "bfloat16", "int8", "budget")
# Of `budget`, environment units: what `dtgen calibrate` finds for each model is then a mixture.
MAX_ACTION_ERROR = 0.004
# Before the first that is tested: a bound that holds where it was measured says little.
CALIBRATION_SEED = 99
# Ten windows: what is measured takes as long as the episode is, once for each matrix and more.
CALIBRATION_STEPS = 200
CALIBRATION_FILE = "calibration.safetensors"


@dataclass(frozen=True)
class Case:
    """A model folder, the prefix of its library's functions, and where it acts for which targets."""

    folder: str
    prefix: str
    environment: str
    targets: tuple[float, ...]

    @property
    def folder_name(self):
        return Path(self.folder).name


CASES = [
    Case("Sources/hopper/Hopper.dtmodel", "hopper", "Hopper-v5", (1000, 1800, 3000)),
    Case("Tests/Data/Models/HalfCheetah.dtmodel", "half_cheetah", "HalfCheetah-v5", (1000, 3000, 5000)),
    Case("Sources/pendulum/Pendulum.dtmodel", "pendulum", "Pendulum-v1",
         (-1600, -1200, -800, -400, -200)),
]  # fmt: skip


def options(precision):
    """What codegen.json says of it."""
    if precision == "budget":
        return {"max_action_error": MAX_ACTION_ERROR}
    return {} if precision == "float32" else {"precision": precision}


def copy_folder(source, destination, changes):
    """The folder again, with some options of codegen.json changed."""
    if destination.exists():
        shutil.rmtree(destination)
    destination.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(source / name, destination / name)
    options = json.loads((source / "codegen.json").read_text())
    for key in ("precision", "matrix_precisions", "max_action_error"):
        options.pop(key, None)
    (destination / "codegen.json").write_text(json.dumps(options | changes, indent=2) + "\n")


def record(environment, controller, target, folder):
    """An episode's beginning, as `dtgen calibrate` takes it; returns its number of steps."""
    episode = run(environment, controller, target, CALIBRATION_SEED)
    columns = {"states": episode.states, "rewards": episode.rewards}
    tensors = {
        name: np.ascontiguousarray(column[:CALIBRATION_STEPS], np.float32)
        for name, column in columns.items()
    }
    save_file(tensors, folder / CALIBRATION_FILE, {"target_return": repr(float(target))})
    return len(tensors["states"])


def precisions_in(folder):
    """What codegen.json says: a precision for all matrices, and those that have another."""
    options = json.loads((folder / "codegen.json").read_text())
    return {
        "precision": options.get("precision", "float32"),
        "matrix_precisions": options.get("matrix_precisions", {}),
    }


def make(root, progress):
    import gymnasium
    import torch

    from hugging_face import HuggingFaceController

    torch.set_num_threads(1)
    for case in CASES:
        source = REPOSITORY / case.folder
        for precision in PRECISIONS:
            copy_folder(source, root / precision / case.folder_name, options(precision))
        controller = HuggingFaceController(source)
        target = controller.options.target_return
        environment = gymnasium.make(case.environment)
        steps = record(environment, controller, target, root / "budget" / case.folder_name)
        environment.close()
        progress(f"{case.environment}: {steps} steps of seed {CALIBRATION_SEED}, target {target:g}, to calibrate with")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]), lambda text: print(text, file=sys.stderr, flush=True))
