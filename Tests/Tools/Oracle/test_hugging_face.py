"""The loop that everything is compared with gives the recorded episodes' actions again."""

import unittest
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open

from hugging_face import HuggingFaceController

REPOSITORY = Path(__file__).resolve().parents[3]
RECORDED = {
    "Sources/hopper/Hopper.dtmodel": "Sources/hopper/Resources/episode.safetensors",
    "Tests/Data/Models/HalfCheetah.dtmodel": "Tests/Data/Episodes/HalfCheetah.safetensors",
    "Sources/pendulum/Pendulum.dtmodel": "Tests/Data/Episodes/Pendulum.safetensors",
}


class RecordedEpisodes(unittest.TestCase):
    def test_actions_and_returns_to_go(self):
        torch.set_num_threads(1)
        for folder, recording in RECORDED.items():
            with self.subTest(folder), safe_open(REPOSITORY / recording, "numpy") as file:
                episode = {name: file.get_tensor(name) for name in file.keys()}
                controller = HuggingFaceController(REPOSITORY / folder)
                controller.reset(float(file.metadata()["target_return"]))
                steps = range(len(episode["states"]))
                rewards = np.concatenate([[0], episode["rewards"]])
                for step in steps:
                    action = controller.act(episode["states"][step], rewards[step])
                    # The recording normalised in float32, which is as far as it may be off.
                    difference = np.abs(action - episode["env_actions"][step]).max()
                    self.assertLess(difference, 2e-6, f"step {step}")
                    controller.prepare(executed=episode["env_actions"][step])
                tokens = controller.returns_to_go[: len(steps), 0].numpy()
                self.assertEqual(tokens.tobytes(), episode["returns_to_go"].tobytes())


if __name__ == "__main__":
    unittest.main()
