"""What the tests of numbered actions drive: CartPole's shared library, and two episodes recorded with d3rlpy.

The environment variables CART_POLE_LIBRARY and CART_POLE_WEIGHTS are the paths of libcart_pole.so and
CartPole.weights; check.sh sets them.
"""

import os
import sys
from pathlib import Path

import numpy as np

from decision_transformer import NumberedController
from safetensors_file import REPOSITORY, read_tensors

for variable in ("CART_POLE_LIBRARY", "CART_POLE_WEIGHTS"):
    if variable not in os.environ:
        sys.exit(f"{variable}: not set; check.sh sets it")
LIBRARY_PATH = Path(os.environ["CART_POLE_LIBRARY"])
WEIGHTS_PATH = Path(os.environ["CART_POLE_WEIGHTS"])


class Recording:
    """An episode, and the target that it was recorded with."""

    def __init__(self, file, target):
        tensors = read_tensors(REPOSITORY / "Tests/Data/Families/d3rlpy-cartpole" / file)
        self.target = target
        self.states, self.rewards = tensors["states"], tensors["rewards"]
        self.actions, self.logits = tensors["action_index"].tolist(), tensors["logits"]
        # None where the actions are those with the largest logits.
        self.uniforms = tensors.get("uniform")

    def __len__(self):
        return len(self.states)

    def reward(self, step):
        """What is given to the `act` of this step."""
        return float(self.rewards[step - 1]) if step else 0.0

    def uniform(self, step):
        return None if self.uniforms is None else float(self.uniforms[step])

    def started(self, **named):
        controller = NumberedController(LIBRARY_PATH, **named)
        controller.reset(self.target)
        return controller

    def drive(self, controller, steps=None, first=0):
        """The actions and the logits of `steps` states, each prepared for."""
        actions, logits = [], []
        for step in range(first, first + steps if steps else len(self)):
            actions.append(
                controller.act(self.states[step], self.reward(step), uniform=self.uniform(step))
            )
            logits.append(controller.logits())
            controller.prepare()
        return actions, np.array(logits)


GREEDY = Recording("episode.safetensors", 130.0)
DRAWN = Recording("episode_sampled.safetensors", 60.0)
