"""forward and its results: Hugging Face's recorded answers in its shapes, the bits of C, and wrong calls."""

import math

import numpy as np

from decision_transformer import Controller, ControllerError, Library
from further_libraries import GOLDENS, FurtherTest, library, same_bits
from safetensors_file import read_tensors

TENSORS = read_tensors(GOLDENS / "ForwardOneHead.safetensors")
NAMES = ("action_preds", "state_preds", "return_preds", "last_hidden_state", "hidden_states", "attentions")


def inputs(call, lead=()):
    """What Hugging Face's model was given; None after the last call."""
    prefix = f"forward{call}."
    if prefix + "states" not in TENSORS:
        return None
    arrays = [
        TENSORS[prefix + name]
        for name in ("states", "actions", "returns_to_go", "timesteps", "attention_mask")
    ]
    arrays[3] = arrays[3].astype(np.int64)
    return [array.reshape(lead + array.shape) for array in arrays]


def expected(call, name, mask):
    """The recorded result with zeros for tokens that see none: Hugging Face's versions differ there."""
    result = TENSORS[f"forward{call}.{name}"].copy()
    first = int(np.argmax(mask))
    if name == "return_preds":
        result = result.reshape(-1, 1)
    result[..., : first if name.endswith("_preds") else 3 * first, :] = 0
    return result


class Forward(FurtherTest):
    def setUp(self):
        self.controller = Controller(library("forward_one_head"))

    def test_recorded_answers_and_those_of_c(self):
        controller, answers, call = self.controller, [], 0
        while given := inputs(call):
            result, count = controller.forward(*given), len(given[3])
            for name in NAMES:
                found = getattr(result, name)
                if name in ("hidden_states", "attentions"):
                    self.assertIsInstance(found, tuple)
                    found = np.array(found)
                self.assertEqual(found.dtype, np.float32)
                recorded = expected(call, name, given[4])
                self.assertEqual(found.shape, recorded.shape, name)
                self.assertLess(np.abs(found - recorded).max(), 2e-5, name)
                answers.append(found)
            # With the first axis of Hugging Face's, and without padding a mask may be left out.
            batched = controller.forward(*(inputs(call, (1,))[: None if 0 in given[4] else 4]))
            self.assertEqual(batched.state_preds.shape, (1, count, 4))
            self.assertEqual(batched.return_preds.shape, (1, count, 1))
            self.assertEqual([state.shape for state in batched.hidden_states], [(1, 3 * count, 20)] * 3)
            self.assertEqual([layer.shape for layer in batched.attentions], [(1, 1, 3 * count, 3 * count)] * 2)
            for name in NAMES:
                self.assertTrue(same_bits(getattr(batched, name), getattr(result, name)))
            call += 1
        self.assertGreater(call, 0)
        answers += self.expectations()
        self.assert_answers("forward", answers)

    def expectations(self):
        """What the model expects after each action of the recorded episode; forward in between does no harm."""
        controller, answers = self.controller, []
        controller.reset(100)
        self.refused(
            43, "nothing is expected before the first prepare of an episode", controller.next_state)
        for step, state in enumerate(TENSORS["states"]):
            answers.append(controller.act(state, TENSORS["rewards"][step - 1] if step else None))
            controller.forward(*inputs(step % 8))
            controller.prepare(executed=TENSORS["executed"][step])
            following, target = controller.next_state(), controller.next_return()
            self.assertLess(np.abs(following - TENSORS["next.states"][step]).max(), 2e-5)
            self.assertLess(abs(target - TENSORS["next.returns"][step]), 2e-5 * 50)
            answers += [following, np.float32(target)]
        return answers

    def test_what_a_model_leaves_out_is_none(self):
        some = Controller(library("forward_hidden_states"))
        shape = (some.state_dimension, some.action_dimension)
        result = some.forward(
            np.zeros((1, shape[0])), np.zeros((1, shape[1])), np.zeros((1, 1)), [0])
        self.assertIsNone(result.state_preds)
        self.assertIsNone(result.action_preds)
        self.assertIsNone(result.hidden_states)
        self.assertEqual(result.last_hidden_state.shape, (3, some.library.hidden_size))
        for layer in result.attentions:
            self.assertTrue(np.allclose(layer.sum(axis=-1), 1))
        for call, name in (
            (lambda: Controller(library("window_of_one")).forward([], [], [], []), "forward"),
            (some.next_state, "next_state"),
            (some.next_return, "next_return"),
        ):
            with self.assertRaisesRegex(ValueError, f'the model has no {name}; accepted: .* "outputs"'):
                call()
        self.assertFalse(Library(library("window_of_one")).has_forward)
        self.assertTrue(some.library.has_forward)

    def test_wrong_calls(self):
        forward = self.controller.forward
        states, actions, returns, steps = np.zeros((2, 4)), np.zeros((2, 2)), np.zeros((2, 1)), [0, 1]
        for kind, message, call in (
            (ValueError, "states: shape (3, 4); accepted: (2, 4)",
             lambda: forward(np.zeros((3, 4)), actions, returns, steps)),
            (ValueError, "states: shape (1, 2, 4); accepted: (2, 4)",
             lambda: forward(states[None], actions, returns, steps)),
            (ValueError, "states: shape (2, 4); accepted: (1, 2, 4)",
             lambda: forward(states, actions, returns, [steps])),
            (ValueError, "actions: shape (2, 4); accepted: (2, 2)",
             lambda: forward(states, states, returns, steps)),
            (ValueError, "returns_to_go: shape (2,); accepted: (2, 1)",
             lambda: forward(states, actions, returns[:, 0], steps)),
            (ValueError, "timesteps: shape (); accepted: (1, T) or (T,)",
             lambda: forward(states, actions, returns, 0)),
            (ValueError, "timesteps: shape (2, 1); accepted: (1, T) or (T,)",
             lambda: forward(states, actions, returns, [[0], [1]])),
            (TypeError, "timesteps: float64; accepted: integers, of any integer type",
             lambda: forward(states, actions, returns, [0.0, 1.0])),
            (ValueError, "attention_mask: shape (1, 2); accepted: (2,)",
             lambda: forward(states, actions, returns, steps, [[1, 1]])),
            (TypeError, "returns_to_go: object; accepted: real numbers, of any float or integer type",
             lambda: forward(states, actions, [[None], [None]], steps)),
        ):  # fmt: skip
            self.wrong(kind, message, call)
        self.refused(
            50, "timesteps: found 5 steps; accepted: 1 ... 4",
            lambda: forward(np.zeros((5, 4)), np.zeros((5, 2)), np.zeros((5, 1)), range(5)))  # fmt: skip
        self.refused(
            50, "timesteps: found 0 steps; accepted: 1 ... 4",
            lambda: forward(states[:0], actions[:0], returns[:0], np.zeros(0, int)))  # fmt: skip
        for value in (math.nan, math.inf, 1e39):
            wrong = returns.copy()
            wrong[1] = value
            self.refused(
                51, "returnsToGo[1] is not finite", lambda: forward(states, actions, wrong, steps), 1)
        for step in (-1, 2**40):
            with self.assertRaisesRegex(ControllerError, r"timesteps\[1\] is out of range"):
                forward(states, actions, returns, [0, step])
        self.refused(
            53, "attentionMask[0] is neither 0 nor 1",
            lambda: forward(states, actions, returns, steps, [2, 1]), 0)  # fmt: skip
        self.refused(
            54, "attentionMask: all zeros; accepted: at least one 1",
            lambda: forward(states, actions, returns, steps, [False, False]))  # fmt: skip
        self.assertEqual(forward(states, actions, returns, steps).state_preds.shape, (2, 4))
