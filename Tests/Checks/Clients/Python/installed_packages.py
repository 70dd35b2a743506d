"""The wheels of Hopper, CartPole and PixelActions, as pip has installed them: recorded episodes, what the classes
tell of themselves, and what they refuse.

usage: python installed_packages.py (packages.sh installs them)
"""

import inspect
import pydoc
import subprocess
import sys
import typing
import unittest
from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import cart_pole
import hopper
import numpy as np
import pixel_actions
from safetensors_file import REPOSITORY, read_tensors

FAMILIES = REPOSITORY / "Tests/Data/Families"
PACKAGES = (hopper, cart_pole, pixel_actions)


def drive(controller, recorded, steps=None):
    """The actions for the recorded states, each prepared for."""
    actions = []
    for step, state in enumerate(recorded["states"][:steps]):
        actions.append(controller.act(state, recorded["rewards"][step - 1] if step else None))
        controller.prepare()
    return actions


class Episodes(unittest.TestCase):
    def test_vectors(self):
        recorded = read_tensors(REPOSITORY / "Sources/hopper/Resources/episode.safetensors")
        controller = hopper.Controller()
        controller.self_test()
        controller.reset()  # the model's own target, with which the episode was recorded
        difference = np.abs(np.array(drive(controller, recorded)) - recorded["env_actions"]).max()
        print(f"hopper from Python: actions off by {difference:.1e} at most")
        self.assertLess(difference, 1e-5)

    def test_numbers(self):
        recorded = read_tensors(FAMILIES / "d3rlpy-cartpole/episode.safetensors")
        controller = cart_pole.Controller()
        controller.self_test()
        controller.reset(130)
        self.assertEqual(drive(controller, recorded), recorded["action_index"].tolist())

    def test_frames(self):
        recorded = read_tensors(FAMILIES / "d3rlpy-discrete-pixel-e/episode.safetensors")
        controller = pixel_actions.Controller()
        controller.self_test()
        controller.reset(6)
        self.assertEqual(drive(controller, recorded), recorded["action_index"].tolist())


class Descriptions(unittest.TestCase):
    def test_numbers_of_the_model(self):
        controller = hopper.Controller()
        shape = (controller.state_dimension, controller.action_dimension, controller.window)
        self.assertEqual(shape, (11, 3, 20))
        self.assertEqual(controller.default_target_return, 3000)
        self.assertEqual(controller.maximum_episode_length, 1000)
        self.assertEqual(
            repr(controller),
            "<hopper.Controller of libhopper.so: state_dimension=11, action_dimension=3, "
            "window=20, default_target_return=3000.0>",
        )
        self.assertIn("action_count=2", repr(cart_pole.Controller()))
        self.assertEqual(pixel_actions.Controller().state_dimension, 4 * 84 * 84)

    def test_types(self):
        for package in PACKAGES:
            self.assertTrue(Path(package.__file__).with_name("py.typed").exists())
            for name, function in inspect.getmembers(package.Controller, inspect.isfunction):
                hints = typing.get_type_hints(function)
                self.assertIn("return", hints, name)
                named = set(inspect.signature(function).parameters) - {"self", "arguments"}
                self.assertLessEqual(named, set(hints), name)
        self.assertEqual(typing.get_type_hints(cart_pole.Controller.act)["return"], int)

    def test_help(self):
        for package in PACKAGES:
            text = pydoc.plain(pydoc.render_doc(package))
            for words in (f"from {package.__name__} import Controller", " act(", " reset("):
                self.assertIn(words, text)
            for name, member in inspect.getmembers(package.Controller):
                if not name.startswith("_") and (callable(member) or isinstance(member, property)):
                    self.assertTrue(inspect.getdoc(member), name)

    def test_every_file_is_listed_with_its_digest(self):
        for package in PACKAGES:
            name = package.__name__
            self.assertEqual(metadata.version(name), package.__version__)
            self.assertTrue(metadata.requires(name)[0].startswith("numpy"))
            hashed = [file for file in metadata.files(name) if file.hash]
            self.assertIn(f"{name}/lib{name}.so", map(str, hashed))
            for file in hashed:
                digest = urlsafe_b64encode(sha256(file.locate().read_bytes()).digest())
                self.assertEqual(file.hash.value, digest.rstrip(b"=").decode(), file)


class Refusals(unittest.TestCase):
    def refused(self, kind, message, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertIn(message, str(caught.exception))

    def test_calls(self):
        controller = hopper.Controller()
        state = [0.0] * 11
        error = hopper.ControllerError
        self.refused(error, "no episode: call reset first", lambda: controller.act(state))
        self.refused(error, "accepted: a finite number", lambda: controller.reset(float("nan")))
        controller.reset()
        self.refused(ValueError, "state: shape (2,); accepted: (11,)", lambda: controller.act([0, 1]))
        self.refused(error, "state[3] is not finite", lambda: controller.act(
            state[:3] + [float("inf")] + state[4:]))
        self.assertEqual(controller.act(state).shape, (3,))
        self.refused(
            cart_pole.ControllerError, "there is no action 2",
            lambda: cart_pole.Controller().prepare(executed=2))
        # The model says no target: one has to be given.
        if pixel_actions.Controller.default_target_return is None:
            self.refused(TypeError, "target_return", lambda: pixel_actions.Controller().reset())

    def test_a_library_for_another_machine(self):
        lines = "import hopper, pathlib; hopper._Path = lambda _: pathlib.Path('/nowhere/__init__.py')\n"
        lines += "try: hopper.Controller()\nexcept hopper.LibraryError as error: print(error)"
        result = subprocess.run(
            [sys.executable, "-c", lines], capture_output=True, text=True, check=True)
        self.assertIn("/nowhere/libhopper.so: cannot be loaded: ", result.stdout)


if __name__ == "__main__":
    unittest.main()
