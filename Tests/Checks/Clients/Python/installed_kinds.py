"""The wheels of several agents, of a trunk and of a model with forward, as pip has installed them: recorded answers, what
the classes tell of themselves, and what they refuse.

usage: python installed_kinds.py (packages.sh installs them)
"""

import inspect
import pydoc
import typing
import unittest

import batch_of_seventeen
import forward_one_head
import numbered_actions_of_two
import numpy as np
import trunk_four_heads
from safetensors_file import REPOSITORY, read_tensors

GOLDENS = REPOSITORY / "Tests/Data/Goldens"
CLASSES = {
    batch_of_seventeen: "BatchController",
    numbered_actions_of_two: "BatchController",
    trunk_four_heads: "Trunk",
    forward_one_head: "Controller",
}


class Answers(unittest.TestCase):
    def test_several_agents(self):
        batch = batch_of_seventeen.BatchController()
        self.assertGreater(batch.self_test().comparison_count, 0)
        batch.reset()  # the model's own target
        states = np.zeros((17, 10))
        states[7] = 1
        actions = batch.act(states)
        others = [agent for agent in range(17) if (actions[agent] != actions[0]).any()]
        self.assertEqual(others, [7])
        batch.prepare()
        batch.reset(agent=3)
        batch.reset(5, agent=4)
        self.assertEqual(batch.act(states, np.ones(17)).shape, (17, 3))

    def test_several_agents_with_numbers(self):
        pair = numbered_actions_of_two.BatchController()
        pair.self_test()
        pair.reset()
        actions = pair.act(np.zeros((2, 6)), uniforms=[0, 0.999])
        self.assertEqual((actions.dtype, actions.tolist()), (np.int32, [0, 2]))

    def test_trunk(self):
        tensors = read_tensors(GOLDENS / "Trunk/TrunkFourHeads.safetensors")
        trunk = trunk_four_heads.Trunk()
        found = trunk.forward(tensors["whole.0.inputs_embeds"])
        self.assertLess(np.abs(found - tensors["whole.0.last_hidden_state"]).max(), 2e-5)

    def test_forward(self):
        tensors = read_tensors(GOLDENS / "ForwardOneHead.safetensors")
        controller = forward_one_head.Controller()
        result = controller.forward(
            *(tensors[f"forward0.{name}"] for name in ("states", "actions", "returns_to_go")),
            tensors["forward0.timesteps"].astype(int))  # fmt: skip
        self.assertLess(np.abs(np.array(result.attentions) - tensors["forward0.attentions"]).max(), 2e-5)


class Descriptions(unittest.TestCase):
    def test_numbers_of_the_model(self):
        self.assertEqual(
            repr(batch_of_seventeen.BatchController()),
            "<batch_of_seventeen.BatchController of libbatch_of_seventeen.so: batch=17, state_dimension=10, "
            "action_dimension=3, window=1, default_target_return=8.0>",
        )
        self.assertEqual(
            repr(trunk_four_heads.Trunk()),
            "<trunk_four_heads.Trunk of libtrunk_four_heads.so: hidden_size=24, token_capacity=30, "
            "position_count=31>",
        )

    def test_types_and_help(self):
        for package, name in CLASSES.items():
            kind = getattr(package, name)
            self.assertIn(name, package.__all__)
            text = pydoc.plain(pydoc.render_doc(package))
            self.assertIn(f"from {package.__name__} import {name}", text)
            for member_name, member in inspect.getmembers(kind):
                if not member_name.startswith("_") and (callable(member) or isinstance(member, property)):
                    self.assertTrue(inspect.getdoc(member), member_name)
                if inspect.isfunction(member):
                    hints = typing.get_type_hints(member)
                    self.assertIn("return", hints, member_name)
                    named = set(inspect.signature(member).parameters) - {"self", "arguments"}
                    self.assertLessEqual(named, set(hints), member_name)

    def test_refusals(self):
        batch, trunk = batch_of_seventeen.BatchController(), trunk_four_heads.Trunk()
        with self.assertRaisesRegex(ValueError, r"states: shape \(10,\); accepted: \(17, 10\)"):
            batch.act([0] * 10)
        with self.assertRaisesRegex(batch_of_seventeen.ControllerError, "no agent 17; accepted: 0 to 16"):
            batch.reset(agent=17)
        with self.assertRaisesRegex(trunk_four_heads.ControllerError, r"inputsEmbeds\[0\] is not finite"):
            trunk.forward([[np.nan] * 24])


if __name__ == "__main__":
    unittest.main()
