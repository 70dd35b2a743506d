"""The model folders differ in what they should, and the episode is as dtgen reads it."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
from safetensors import safe_open

import environments_models as models

HOPPER = models.REPOSITORY / "Sources/hopper/Hopper.dtmodel"


class Corridor:
    """An environment whose state counts the steps; it ends after `length`."""

    def __init__(self, length):
        self.length = length

    def reset(self, seed):
        self.seed, self.steps = seed, 0
        return np.array([0.0, seed]), {}

    def step(self, action):
        self.steps += 1
        return np.array([self.steps, action[0]]), -0.5 * self.steps, self.steps == self.length, False, {}


class Constant:
    def reset(self, target):
        self.target = target

    def act(self, state, reward):
        return np.float32([0.25])

    def prepare(self):
        pass


class EnvironmentsModels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def test_folders_differ_in_the_precision_alone(self):
        original = json.loads((HOPPER / "codegen.json").read_text())
        expected = [{}, {"precision": "bfloat16"}, {"precision": "int8"}, {"max_action_error": models.MAX_ACTION_ERROR}]
        for precision, changes in zip(models.PRECISIONS, expected, strict=True):
            with self.subTest(precision):
                copy = self.root / precision / HOPPER.name
                self.assertEqual(models.options(precision), changes)
                models.copy_folder(HOPPER, copy, changes)
                self.assertEqual(json.loads((copy / "codegen.json").read_text()), original | changes)
                for name in ("config.json", "model.safetensors"):
                    self.assertFalse((copy / name).is_symlink())
                    self.assertEqual((copy / name).read_bytes(), (HOPPER / name).read_bytes())

    def test_nothing_is_left_of_an_earlier_choice(self):
        source, copy = self.root / "A.dtmodel", self.root / "float32/A.dtmodel"
        source.mkdir()
        for name in ("config.json", "model.safetensors"):
            (source / name).write_text("{}")
        chosen = {"window": 8, "precision": "int8", "matrix_precisions": {"a": "float32"}, "max_action_error": 1}
        (source / "codegen.json").write_text(json.dumps(chosen))
        copy.mkdir(parents=True)
        (copy / models.CALIBRATION_FILE).touch()
        models.copy_folder(source, copy, {})
        self.assertEqual(json.loads((copy / "codegen.json").read_text()), {"window": 8})
        self.assertFalse((copy / models.CALIBRATION_FILE).exists())
        self.assertEqual(json.loads((source / "codegen.json").read_text()), chosen)

    def test_the_episode(self):
        environment, controller = Corridor(3), Constant()
        self.assertEqual(models.record(environment, controller, -200, self.root), 3)
        self.assertEqual((environment.seed, controller.target), (models.CALIBRATION_SEED, -200))
        with safe_open(self.root / models.CALIBRATION_FILE, "numpy") as file:
            self.assertEqual(sorted(file.keys()), ["rewards", "states"])
            states, rewards = file.get_tensor("states"), file.get_tensor("rewards")
            self.assertEqual(float(file.metadata()["target_return"]), -200)
        self.assertEqual((states.dtype, rewards.dtype), (np.float32, np.float32))
        expected = [[0, models.CALIBRATION_SEED], [1, 0.25], [2, 0.25]]
        np.testing.assert_array_equal(states, np.float32(expected))
        np.testing.assert_array_equal(rewards, np.float32([-0.5, -1, -1.5]))

    def test_a_long_episode_is_cut(self):
        steps = models.record(Corridor(models.CALIBRATION_STEPS + 5), Constant(), 1, self.root)
        self.assertEqual(steps, models.CALIBRATION_STEPS)
        with safe_open(self.root / models.CALIBRATION_FILE, "numpy") as file:
            self.assertEqual(file.get_tensor("states")[-1, 0], steps - 1)
            self.assertEqual(file.get_tensor("rewards").shape, (steps,))

    def test_what_was_chosen(self):
        models.copy_folder(HOPPER, self.root / "a", {"precision": "int8"})
        self.assertEqual(models.precisions_in(self.root / "a"), {"precision": "int8", "matrix_precisions": {}})
        models.copy_folder(HOPPER, self.root / "b", {"matrix_precisions": {"x": "bfloat16"}})
        self.assertEqual(
            models.precisions_in(self.root / "b"),
            {"precision": "float32", "matrix_precisions": {"x": "bfloat16"}},
        )


if __name__ == "__main__":
    unittest.main()
