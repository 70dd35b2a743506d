"""States that are frames of bytes: d3rlpy's recorded choices, and arrays that are no frames."""

import os
import sys
import unittest

import numpy as np

from decision_transformer import ControllerError, NumberedController
from safetensors_file import REPOSITORY, read_tensors

if "PIXEL_LIBRARY" not in os.environ:
    sys.exit("PIXEL_LIBRARY: not set; check.sh sets it")
EPISODE = read_tensors(
    REPOSITORY / "Tests/Data/Families/d3rlpy-discrete-pixel-e/episode.safetensors"
)


class Frames(unittest.TestCase):
    def setUp(self):
        self.controller = NumberedController(os.environ["PIXEL_LIBRARY"])
        self.controller.reset(6.0)

    def test_choices_are_those_that_were_recorded(self):
        self.controller.self_test()
        self.assertTrue(self.controller.library.has_frames)
        self.assertEqual(self.controller.state_dimension, 4 * 84 * 84)
        for step, frames in enumerate(EPISODE["states"]):
            reward = float(EPISODE["rewards"][step - 1]) if step else 0.0
            # Of any shape, and lying anyhow.
            given = frames if step % 3 else frames.reshape(-1)
            given = np.asfortranarray(given) if step % 2 else given
            self.assertEqual(self.controller.act(given, reward), EPISODE["action_index"][step])
            difference = np.abs(self.controller.logits() - EPISODE["logits"][step]).max()
            self.assertLess(difference, 2e-5 * np.ptp(EPISODE["logits"]))
            self.controller.prepare()

    def test_what_is_no_frames_is_refused_and_takes_no_step(self):
        frames = EPISODE["states"][0]
        for wrong, what in (
            (frames.astype(np.float32) / 255, "float32"),
            (frames.astype(np.int64), "int64"),
            (frames[:3], "(3, 84, 84)"),
            (frames.tolist(), "int64"),
        ):
            with self.assertRaisesRegex(ValueError, "accepted: uint8, 28224 bytes in all") as caught:
                self.controller.act(wrong)
            self.assertIn(what, str(caught.exception))
        with self.assertRaises(ControllerError):
            self.controller.prepare(executed=0)
        self.assertEqual(self.controller.act(frames), EPISODE["action_index"][0])


if __name__ == "__main__":
    unittest.main()
