"""Bad calls: a status and a message that says what is wrong, and a controller that goes on."""

import unittest

import numpy as np

from decision_transformer import Controller, ControllerError
from recorded_episode import EPISODE, LIBRARY_PATH, TARGET, WEIGHTS_PATH, drive, started


def aligned_copy(values, shift=0):
    """The bytes at an address `shift` after a multiple of 64."""
    block = np.zeros(len(values) + 128, np.uint8)
    begin = -block.ctypes.data % 64 + shift
    block[begin : begin + len(values)] = values
    return block[begin : begin + len(values)]


class Refusals(unittest.TestCase):
    def assertRefused(self, words, call, *arguments, **named):
        with self.assertRaises(ControllerError) as caught:
            call(*arguments, **named)
        self.assertNotEqual(caught.exception.status, 0)
        self.assertRegex(caught.exception.message.lower(), words)
        return caught.exception

    def assertUnharmed(self, controller, expected, first=0):
        actions = drive(controller, len(expected), first=first)
        self.assertEqual(actions.tobytes(), expected.tobytes())

    def test_act_before_reset(self):
        controller = Controller(LIBRARY_PATH)
        self.assertRefused("reset", controller.act, EPISODE["states"][0])
        self.assertRefused("reset", controller.prepare, executed=[0, 0, 0])
        self.assertRefused("reset", controller.prepare)
        self.assertRefused("reset", controller.retarget, TARGET)
        controller.reset(TARGET)
        self.assertUnharmed(controller, drive(started(), 5))

    def test_a_refused_step_has_not_been_taken(self):
        expected, controller = drive(started(), 40), started()
        for step in range(40):
            reward = EPISODE["rewards"][step - 1] if step else 0.0
            for index, value in ((step % 11, np.nan), (10, np.inf), (0, -np.inf)):
                state = EPISODE["states"][step].copy()
                state[index] = value
                self.assertRefused(rf"\b{index}\b", controller.act, state, reward)
            if step:
                self.assertRefused("reward", controller.act, EPISODE["states"][step], np.nan)
            action = controller.act(EPISODE["states"][step], reward)
            self.assertEqual(action.tobytes(), expected[step].tobytes())
            self.assertRefused("finite", controller.prepare, executed=[0, np.nan, 0])
            self.assertRefused("finite|reward", controller.prepare, executed=action, reward=np.inf)
            controller.prepare()

    def test_nothing_to_prepare(self):
        controller = started()
        self.assertRefused("prepare", controller.prepare, executed=[0, 0, 0])
        drive(controller, 1)
        self.assertRefused("prepare", controller.prepare, executed=[0, 0, 0])

    def test_a_reward_is_given_once(self):
        controller = started()
        action = controller.act(EPISODE["states"][0])
        controller.prepare(executed=action, reward=1.0)
        self.assertRefused("reward", controller.act, EPISODE["states"][1], 1.0)
        controller.act(EPISODE["states"][1])

    def test_an_episode_ends(self):
        controller, state = started(), EPISODE["states"][0]
        for _ in range(1000):
            action = controller.act(state, 1.0)
            controller.prepare(executed=action)  # behind the last step, too
        controller.prepare(executed=action, reward=1.0)
        self.assertRefused("finite", controller.prepare, executed=[0, np.nan, 0])
        error = self.assertRefused("1000", controller.act, state, 1.0)
        self.assertIn(str(error.status), str(error))
        controller.reset(TARGET)
        self.assertUnharmed(controller, drive(started(), 5))

    def test_targets_that_are_not_finite(self):
        controller, expected = started(), drive(started(), 5)
        for value in (np.nan, np.inf, -np.inf):
            self.assertRefused("finite", controller.reset, value)
            self.assertRefused("finite", controller.retarget, value)
        self.assertUnharmed(controller, expected)

    def test_what_is_no_number_is_named(self):
        controller, expected = started(), drive(started(), 5)
        state, action = EPISODE["states"][0], [0.0, 0.0, 0.0]
        for call, words in (
            (lambda: controller.reset("3000"), "target_return: '3000' of type str; accepted: a number"),
            (lambda: controller.reset(b"3000"), "target_return: .* of type bytes"),
            (lambda: controller.reset(None), "target_return: a value of type NoneType"),
            (lambda: controller.reset([3000]), "target_return: a value of type list"),
            (lambda: controller.reset(3000j), "target_return: a value of type complex"),
            (lambda: controller.retarget("3000"), "target_return: '3000' of type str"),
            (lambda: controller.act(state, "1"), "reward: '1' of type str"),
            (lambda: controller.act(state, np.ones(2)), "reward: a value of type ndarray"),
            (lambda: controller.prepare(executed=action, reward="1"), "reward: '1' of type str"),
        ):
            with self.assertRaisesRegex(TypeError, words):
                call()
        self.assertUnharmed(controller, expected)

    def test_numbers_that_float32_cannot_hold(self):
        controller, expected = started(), drive(started(), 5)
        for value in (float("nan"), np.float32("inf"), -1e39, 10**400):
            error = self.assertRefused("target_return: .* accepted: a finite", controller.reset, value)
            self.assertEqual(error.status, 33)
            error = self.assertRefused(
                "reward: .* accepted: a finite", controller.act, EPISODE["states"][0], value
            )
            self.assertEqual(error.status, 32)
        self.assertUnharmed(controller, expected)
        for value in (3000, np.float32(3000), np.float64(3000), np.array(3000), True):
            controller.reset(value)
            controller.act(EPISODE["states"][0], value)

    def test_shapes_are_checked_before_the_call(self):
        controller, state = started(), EPISODE["states"][0]
        read_only = np.zeros(3, np.float32)
        read_only.flags.writeable = False
        for call, words in (
            (lambda: controller.act(state[:10]), r"state: shape \(10,\); accepted: \(11,\)"),
            (lambda: controller.act(state[None]), r"state: shape \(1, 11\)"),
            (lambda: controller.act(1.0), r"state: shape \(\)"),
            (lambda: controller.act(state, out=np.zeros(3)), "out: float64"),
            (lambda: controller.act(state, out=np.zeros(4, np.float32)), r"out: .*\(4,\)"),
            (lambda: controller.act(state, out=np.zeros(6, np.float32)[::2]), "contiguous"),
            (lambda: controller.act(state, out=read_only), "writable"),
            (lambda: controller.prepare(executed=[0.0]), r"executed: shape \(1,\)"),
            (lambda: controller.prepare(reward=1.0), "reward: given without executed"),
        ):
            with self.assertRaisesRegex(ValueError, words):
                call()
        self.assertUnharmed(controller, drive(started(), 5))

    def test_wrong_libraries(self):
        with self.assertRaises(OSError):
            Controller("no/such/library.so")
        with self.assertRaisesRegex(ValueError, "no function walker_"):
            Controller(LIBRARY_PATH, "walker")

    def test_wrong_weights(self):
        weights = aligned_copy(np.fromfile(WEIGHTS_PATH, np.uint8))
        Controller(LIBRARY_PATH, weights=weights)
        damaged = aligned_copy(weights)
        damaged[len(damaged) // 2] ^= 1
        for wrong, words in (
            (weights[:-1], "bytes"),
            (weights[:3], "bytes|packed"),
            (weights[:0], "bytes|packed|null"),
            (aligned_copy(weights, 1), "64"),
            (damaged, "checksum"),
            (aligned_copy(np.zeros_like(weights)), "DTWEIGHT"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ControllerError, words):
                Controller(LIBRARY_PATH, weights=wrong)
        with self.assertRaisesRegex(ValueError, "weights: not contiguous"):
            Controller(LIBRARY_PATH, weights=weights[::2])
