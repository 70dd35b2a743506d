"""What the tests drive: Hopper's shared library, and the episode recorded with Hugging Face's model.

The environment variables HOPPER_LIBRARY and HOPPER_WEIGHTS are the paths of libhopper.so and
Hopper.weights, as `dtgen library` and `dtgen generate` made them; check.sh sets them.
"""

import os
import sys
from pathlib import Path

import numpy as np

from decision_transformer import Controller
from safetensors_file import REPOSITORY, read_tensors

TARGET = 3000.0

for variable in ("HOPPER_LIBRARY", "HOPPER_WEIGHTS"):
    if variable not in os.environ:
        sys.exit(f"{variable}: not set; check.sh sets it")
LIBRARY_PATH = Path(os.environ["HOPPER_LIBRARY"])
WEIGHTS_PATH = Path(os.environ["HOPPER_WEIGHTS"])

EPISODE = read_tensors(REPOSITORY / "Sources/hopper/Resources/episode.safetensors")


def started(target_return=TARGET):
    controller = Controller(LIBRARY_PATH)
    controller.reset(target_return)
    return controller


def drive(controller, steps, first=0):
    """The actions for `steps` recorded states, each prepared for."""
    actions = []
    for step in range(first, first + steps):
        reward = EPISODE["rewards"][step - 1] if step else 0.0
        actions.append(controller.act(EPISODE["states"][step], reward))
        controller.prepare()
    return np.array(actions)
