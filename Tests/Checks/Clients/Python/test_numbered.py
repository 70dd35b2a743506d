"""Actions that are numbers: those that d3rlpy chose and drew, and bad calls, which do no harm."""

import ctypes
import gc
import threading
import unittest

import numpy as np

from decision_transformer import Controller, ControllerError, Library, NumberedController
from recorded_choices import DRAWN, GREEDY, LIBRARY_PATH, WEIGHTS_PATH
from recorded_episode import LIBRARY_PATH as HOPPER_PATH

INVALID_UNIFORM, NO_SUCH_ACTION = 39, 40


class Choices(unittest.TestCase):
    def assertSameBits(self, left, right):
        self.assertEqual(np.asarray(left).tobytes(), np.asarray(right).tobytes())

    def assertRecorded(self, recording, actions, logits):
        self.assertEqual(actions, recording.actions[: len(actions)])
        self.assertEqual(logits.dtype, np.float32)
        difference = np.abs(logits - recording.logits[: len(logits)]).max()
        self.assertLess(difference, 2e-5 * np.ptp(recording.logits))

    def test_the_episodes_are_what_they_are_named(self):
        self.assertEqual((len(GREEDY), len(DRAWN)), (127, 63))
        for recording in (GREEDY, DRAWN):
            self.assertEqual(set(recording.actions), {0, 1})
        largest = DRAWN.logits.argmax(axis=1)
        self.assertNotEqual(largest.tolist(), DRAWN.actions)  # drawing makes a difference
        self.assertEqual(GREEDY.logits.argmax(axis=1).tolist(), GREEDY.actions)

    def test_choices_are_those_that_were_recorded(self):
        for recording in (GREEDY, DRAWN):
            controller = recording.started()
            actions, logits = recording.drive(controller)
            self.assertTrue(all(type(action) is int for action in actions))
            self.assertRecorded(recording, actions, logits)
            controller.reset(recording.target)  # once more, with the same controller
            again, bits = recording.drive(controller)
            self.assertEqual(again, actions)
            self.assertSameBits(bits, logits)

    def test_whatever_is_prepared(self):
        """The reward to `act` or to `prepare`, the number told or not: the same bits."""
        for recording in (GREEDY, DRAWN):
            expected = recording.drive(recording.started())[1]
            for prepare, is_early in (
                (lambda controller, action, reward: None, False),
                (lambda controller, action, reward: controller.prepare(executed=action), False),
                (
                    lambda controller, action, reward: controller.prepare(
                        executed=np.int64(action)
                    ),
                    False,
                ),
                (
                    lambda controller, action, reward: controller.prepare(
                        executed=action, reward=reward
                    ),
                    True,
                ),
            ):
                controller, actions, logits = recording.started(), [], []
                for step, state in enumerate(recording.states):
                    reward = None if is_early else recording.reward(step)
                    action = controller.act(state, reward, uniform=recording.uniform(step))
                    actions.append(action)
                    logits.append(controller.logits())
                    prepare(controller, action, recording.rewards[step])
                self.assertRecorded(recording, actions, np.array(logits))
                self.assertSameBits(logits, expected)

    def test_the_executed_action_is_what_counts(self):
        """The drawn episode by a controller that draws nothing, and the other way round."""
        for recording, uniform in ((DRAWN, None), (GREEDY, 0.999)):
            controller, logits, others = recording.started(), [], 0
            for step, state in enumerate(recording.states):
                action = controller.act(state, recording.reward(step), uniform=uniform)
                others += action != recording.actions[step]
                logits.append(controller.logits())
                controller.prepare(executed=recording.actions[step])
            self.assertGreater(others, 0)
            self.assertRecorded(recording, recording.actions, np.array(logits))

    def test_another_executed_action_matters(self):
        left, right = GREEDY.started(), GREEDY.started()
        for controller in (left, right):
            GREEDY.drive(controller, 4)
            controller.act(GREEDY.states[4], 1.0)
        left.prepare(executed=GREEDY.actions[4])
        right.prepare(executed=1 - GREEDY.actions[4])
        for controller in (left, right):
            controller.act(GREEDY.states[5], 1.0)
        self.assertGreater(np.abs(left.logits() - right.logits()).max(), 1e-3)

    def test_the_rule_of_drawing(self):
        """How many cumulative probabilities are at most `uniform`, at both of its ends and in between."""
        state, logits = DRAWN.states[0], DRAWN.logits[0].astype(np.float64)
        first = 1 / (1 + np.exp(logits[1] - logits[0]))  # the probability of action 0
        for uniform, action in (
            (0, 0),
            (-0.0, 0),
            (first - 1e-5, 0),
            (first + 1e-5, 1),
            (np.float32(first - 1e-5), 0),
            (np.array(first + 1e-5), 1),
            (np.nextafter(np.float32(1), np.float32(0)), 1),
            (np.nextafter(1.0, 0.0), 1),  # 1 if it were rounded to float32
        ):
            self.assertEqual(DRAWN.started().act(state, uniform=uniform), action, uniform)
            self.assertEqual(DRAWN.started().act(state, 0.0, uniform=uniform), action, uniform)

    def test_the_library_tells_the_shapes(self):
        library = Library(LIBRARY_PATH)
        self.assertTrue(library.has_numbered_actions)
        self.assertEqual((library.state_dimension, library.action_count), (4, 2))
        self.assertFalse(hasattr(library, "action_dimension"))
        controller = NumberedController(library)
        self.assertEqual((controller.state_dimension, controller.action_count), (4, 2))
        self.assertFalse(hasattr(controller, "action_dimension"))
        hopper = Library(HOPPER_PATH)
        self.assertFalse(hopper.has_numbered_actions)
        self.assertFalse(hasattr(hopper, "action_count"))

    def test_the_self_test_passes_and_is_not_noticed(self):
        Library(LIBRARY_PATH).self_test()
        expected, controller = GREEDY.drive(GREEDY.started(), 20)[1], GREEDY.started()
        first = GREEDY.drive(controller, 10)[1]
        controller.self_test()
        rest = GREEDY.drive(controller, 10, first=10)[1]
        self.assertSameBits(np.concatenate([first, rest]), expected)

    def test_mapped_weights_shared_by_controllers(self):
        weights = np.memmap(WEIGHTS_PATH, np.uint8, "r")
        Library(LIBRARY_PATH).self_test(weights)
        controllers = [DRAWN.started(weights=weights) for _ in range(3)]
        del weights  # the controllers keep them
        gc.collect()
        for controller in controllers:
            controller.self_test()
            self.assertRecorded(DRAWN, *DRAWN.drive(controller))

    def test_retarget_is_a_new_target_from_now_on(self):
        left, right = GREEDY.started(), GREEDY.started()
        self.assertSameBits(GREEDY.drive(left, 25)[1], GREEDY.drive(right, 25)[1])
        right.retarget(10.0)
        difference = GREEDY.drive(left, 10, first=25)[1] - GREEDY.drive(right, 10, first=25)[1]
        self.assertGreater(np.abs(difference).max(), 1e-3)

    def test_logits_are_those_of_the_latest_act(self):
        controller, out = GREEDY.started(), np.empty(2, np.float32)
        self.assertSameBits(controller.logits(), np.zeros(2, np.float32))
        controller.act(GREEDY.states[0])
        first = controller.logits()
        self.assertIs(controller.logits(out), out)
        self.assertIs(controller.logits(out=out), out)
        self.assertSameBits(out, first)
        controller.prepare()
        self.assertSameBits(controller.logits(), first)
        copy = first.copy()
        GREEDY.drive(controller, 3, first=1)
        self.assertSameBits(first, copy)  # what was given is not overwritten
        controller.reset(GREEDY.target)
        self.assertSameBits(controller.logits(), np.zeros(2, np.float32))

    def test_every_kind_of_state_is_read_right(self):
        state = GREEDY.states[0]
        spaced = np.zeros((4, 2), np.float32)
        spaced[:, 0] = state
        shifted = np.zeros(17, np.uint8)[1:].view(np.float32)  # at an odd address
        shifted[:] = state
        expected = GREEDY.started()
        expected.act(state)
        for other in (
            state.astype(np.float64),
            state.tolist(),
            spaced[:, 0],
            shifted,
            state.astype(">f4"),
        ):
            controller = GREEDY.started()
            controller.act(other)
            self.assertSameBits(controller.logits(), expected.logits())

    def test_two_kinds_of_models_in_one_program(self):
        hopper, cart_pole = Controller(HOPPER_PATH), GREEDY.started()
        hopper.reset(3000)
        for step, state in enumerate(GREEDY.states):
            self.assertEqual(cart_pole.act(state, GREEDY.reward(step)), GREEDY.actions[step])
            self.assertEqual(hopper.act(np.zeros(11, np.float32), 1.0).shape, (3,))
            cart_pole.prepare()
            hopper.prepare(executed=np.zeros(3))

    def test_threads_with_controllers_of_their_own(self):
        results = {}

        def work(number):
            results[number] = DRAWN.drive(DRAWN.started())

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), 8)
        for result in results.values():
            self.assertRecorded(DRAWN, *result)

    def test_threads_at_one_controller(self):
        controller, results = GREEDY.started(), []

        def work(uniform):
            for _ in range(500):
                try:
                    action = controller.act(GREEDY.states[0], 1.0, uniform=uniform)
                    results.append((uniform, action))
                except ControllerError as error:
                    self.assertEqual(error.status, 4)
                    self.assertIn("thread", error.message)
                    results.append((uniform, None))

        # Each has an action that it always draws: one that gets another has read its neighbour's.
        uniforms = {0.0: 0, float(np.nextafter(np.float32(1), np.float32(0))): 1}
        threads = [threading.Thread(target=work, args=(uniform,)) for uniform in [*uniforms] * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), 2000)
        for uniform, action in results:
            self.assertIn(action, (uniforms[uniform], None))


class Refusals(unittest.TestCase):
    def assertRefused(self, status, words, call, *arguments, **named):
        with self.assertRaises(ControllerError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.status, status)
        self.assertRegex(caught.exception.message, words)

    def assertUnharmed(self, controller, first=0):
        actions, logits = GREEDY.drive(controller, 20, first=first)
        expected = GREEDY.drive(GREEDY.started(), first + 20)
        self.assertEqual(actions, expected[0][first:])
        self.assertEqual(logits.tobytes(), expected[1][first:].tobytes())

    def test_the_wrong_class_names_the_right_one(self):
        for library in (LIBRARY_PATH, str(LIBRARY_PATH), Library(LIBRARY_PATH)):
            with self.assertRaisesRegex(
                ValueError, r"libcart_pole.so: it is for one agent, whose actions are numbers; .* use NumberedController$"
            ):
                Controller(library)
        for library in (HOPPER_PATH, Library(HOPPER_PATH)):
            with self.assertRaisesRegex(
                ValueError, r"libhopper.so: it is for one agent, whose actions are vectors; .* use Controller$"
            ):
                NumberedController(library)
        with self.assertRaisesRegex(ValueError, "no function walker_"):
            NumberedController(LIBRARY_PATH, "walker")

    def test_calls_in_the_wrong_order(self):
        controller, state = NumberedController(LIBRARY_PATH), GREEDY.states[0]
        self.assertRefused(30, "reset", controller.act, state)
        self.assertRefused(30, "reset", controller.act, state, 1.0, uniform=0.5)
        self.assertRefused(30, "reset", controller.prepare)
        self.assertRefused(30, "reset", controller.prepare, executed=1)
        self.assertRefused(30, "reset", controller.retarget, 130)
        controller.reset(GREEDY.target)
        self.assertRefused(37, "act", controller.prepare, executed=1)
        controller.act(state)
        controller.prepare(executed=GREEDY.actions[0], reward=1.0)
        self.assertRefused(37, "act", controller.prepare, executed=GREEDY.actions[0])
        self.assertRefused(36, "reward", controller.act, GREEDY.states[1], 1.0)
        self.assertRefused(36, "reward", controller.act, GREEDY.states[1], 1.0, uniform=0.5)
        controller.act(GREEDY.states[1])
        self.assertUnharmed(controller, first=2)

    def test_a_refused_step_has_not_been_taken(self):
        controller = GREEDY.started()
        for step, state in enumerate(GREEDY.states):
            reward = GREEDY.reward(step)
            for index, value in ((step % 4, np.nan), (3, np.inf)):
                wrong = state.copy()
                wrong[index] = value
                self.assertRefused(31, rf"\b{index}\b", controller.act, wrong, reward)
                self.assertRefused(31, rf"\b{index}\b", controller.act, wrong, reward, uniform=0.5)
            self.assertRefused(32, "reward", controller.act, state, np.nan)
            self.assertRefused(39, "uniform", controller.act, state, reward, uniform=1.0)
            self.assertEqual(controller.act(state, reward), GREEDY.actions[step])
            self.assertRefused(40, "2", controller.prepare, executed=2)
            self.assertRefused(32, "reward", controller.prepare, executed=0, reward=np.inf)
            controller.prepare()

    def test_numbers_of_no_action(self):
        controller = GREEDY.started()
        GREEDY.drive(controller, 3)
        controller.act(GREEDY.states[3], 1.0)
        for number in (-1, 2, 2**31, 2**32, -(2**32) + 1, 10**400, np.int8(-1), np.uint64(2**63)):
            words = r"executed: there is no action -?\d.*; accepted: 0 to 1"
            self.assertRefused(NO_SUCH_ACTION, words, controller.prepare, executed=number)
            self.assertRefused(
                NO_SUCH_ACTION, words, controller.prepare, executed=number, reward=1.0
            )
        self.assertUnharmed(controller, first=4)

    def test_what_is_no_number_of_an_action_is_named(self):
        controller = GREEDY.started()
        GREEDY.drive(controller, 3)
        controller.act(GREEDY.states[3], 1.0)
        one_hot = np.array([0, 1])
        for value, kind in (
            (True, "bool"),
            (False, "bool"),
            (np.True_, "bool"),
            (np.array(True), "ndarray"),
            (1.0, "float"),
            (np.float32(1), "float32"),
            (float("nan"), "float"),
            ("1", "str"),
            (b"1", "bytes"),
            ([1], "list"),
            ([0, 1], "list"),
            (one_hot, "ndarray"),
            (one_hot[:1], "ndarray"),
            (1j, "complex"),
        ):
            with (
                self.subTest(value),
                self.assertRaisesRegex(
                    TypeError,
                    f"executed: a value of type {kind}.*; accepted: the number of an action",
                ),
            ):
                controller.prepare(executed=value)
        with self.assertRaisesRegex(ValueError, "reward: given without executed"):
            controller.prepare(reward=1.0)
        self.assertUnharmed(controller, first=4)

    def test_integers_of_every_kind_are_numbers_of_actions(self):
        for kind in (int, np.int8, np.uint8, np.int32, np.int64, np.uint64, np.array):
            controller = GREEDY.started()
            action = controller.act(GREEDY.states[0])
            controller.prepare(executed=kind(action))
            self.assertUnharmed(controller, first=1)

    def test_uniform_numbers_out_of_range(self):
        controller, state = GREEDY.started(), GREEDY.states[0]
        for value in (
            1,
            1.0,
            np.float32(1),
            1.5,
            -1e-9,
            -1,
            np.nan,
            np.inf,
            -np.inf,
            10**400,
            True,
        ):
            words = "uniform: .* is out of range; accepted: 0 or more, below 1"
            self.assertRefused(INVALID_UNIFORM, words, controller.act, state, uniform=value)
            self.assertRefused(INVALID_UNIFORM, words, controller.act, state, 0.0, uniform=value)
        for value, words in (
            ("0.5", "uniform: '0.5' of type str; accepted: a number"),
            ([0.5], "uniform: a value of type list"),
            (np.full(2, 0.5), "uniform: a value of type ndarray"),
            (0.5j, "uniform: a value of type complex"),
        ):
            with self.assertRaisesRegex(TypeError, words):
                controller.act(state, uniform=value)
        self.assertUnharmed(controller)

    def test_the_other_arguments_as_where_actions_are_vectors(self):
        controller, state = GREEDY.started(), GREEDY.states[0]
        read_only = np.zeros(2, np.float32)
        read_only.flags.writeable = False
        for call, words in (
            (lambda: controller.act(state[:3]), r"state: shape \(3,\); accepted: \(4,\)"),
            (lambda: controller.act(state[None], uniform=0.5), r"state: shape \(1, 4\)"),
            (lambda: controller.logits(np.zeros(2)), "out: float64"),
            (lambda: controller.logits(np.zeros(3, np.float32)), r"out: .*\(3,\)"),
            (lambda: controller.logits(np.zeros(4, np.float32)[::2]), "contiguous"),
            (lambda: controller.logits(read_only), "writable"),
        ):
            with self.assertRaisesRegex(ValueError, words):
                call()
        for call, words in (
            (lambda: controller.reset("130"), "target_return: '130' of type str"),
            (lambda: controller.act(state, "1"), "reward: '1' of type str"),
            (lambda: controller.act(state, 0.0, 0.5), "positional"),  # uniform has to be named
            (lambda: controller.prepare(1), "positional"),
        ):
            with self.assertRaisesRegex(TypeError, words):
                call()
        self.assertRefused(33, "target_return: nan", controller.reset, np.nan)
        self.assertUnharmed(controller)


class Memory(unittest.TestCase):
    """Calls that the client never makes, past it."""

    def setUp(self):
        self.library = Library(LIBRARY_PATH)
        size, alignment = self.library.memory_size, self.library.memory_alignment
        self.block = np.full(size + 2 * alignment, 0xAA, np.uint8)
        self.begin = -self.block.ctypes.data % alignment
        self.controller = ctypes.c_void_p()
        place = ctypes.byref(self.controller)
        status = self.library.function("create")(self.block.ctypes.data + self.begin, size, place)
        self.assertEqual(status, 0)
        self.assertEqual(self.library.function("reset")(self.controller, GREEDY.target), 0)

    def test_nothing_beyond_its_memory_and_its_results_is_touched(self):
        act, logits = self.library.function("act_drawn"), self.library.function("logits")
        numbers, floats = np.full(3, -7, np.int32), np.full(4, -7, np.float32)
        for state in GREEDY.states[:25]:
            state = state.copy()
            status = act(self.controller, state.ctypes.data, 1.0, 0.5, numbers.ctypes.data + 4)
            self.assertEqual(status, 0)
            self.assertEqual(logits(self.controller, floats.ctypes.data + 4), 0)
            self.assertIn(numbers[1], (0, 1))
        self.assertEqual((numbers[0], numbers[2], floats[0], floats[3]), (-7, -7, -7, -7))
        end = self.begin + self.library.memory_size
        self.assertTrue((self.block[: self.begin] == 0xAA).all())
        self.assertTrue((self.block[end:] == 0xAA).all())

    def test_pointers_that_will_not_do(self):
        function, memory = self.library.function, np.zeros(16, np.float32)
        address, controller = memory.ctypes.data, self.controller
        null, odd, none = 1, 2, 3
        for name, rest in (
            ("act", (0.0,)),
            ("act_without_reward", ()),
            ("act_drawn", (0.0, 0.5)),
            ("act_drawn_without_reward", (0.5,)),
        ):
            call = function(name)
            for expected, arguments in (
                (null, (None, address, *rest, address)),
                (null, (controller, None, *rest, address)),
                (null, (controller, address, *rest, None)),
                (odd, (controller, address + 1, *rest, address)),
                (odd, (controller, address, *rest, address + 2)),
                (none, (self.block.ctypes.data + self.begin + 64, address, *rest, address)),
            ):
                self.assertEqual(call(*arguments), expected, name)
        self.assertEqual(function("logits")(None, address), null)
        self.assertEqual(function("logits")(controller, None), null)
        self.assertEqual(function("logits")(controller, address + 1), odd)
        self.assertEqual(function("prepare_executed")(None, 0), null)
        self.assertEqual(function("prepare_executed_with_reward")(None, 0, 1.0), null)
        self.assertTrue((memory == 0).all())

    def test_numbers_that_will_not_do(self):
        """The library refuses what the client refuses before it."""
        function, memory = self.library.function, np.zeros(16, np.float32)
        address, controller = memory.ctypes.data, self.controller
        for uniform in (1.0, -1e-9, np.nan, np.inf, -np.inf):
            place = (uniform, address)
            self.assertEqual(
                function("act_drawn")(controller, address, 0.0, *place), INVALID_UNIFORM
            )
            self.assertEqual(
                function("act_drawn_without_reward")(controller, address, *place), INVALID_UNIFORM
            )
        self.assertIn(b"uniform", function("last_error")(controller))
        self.assertEqual(function("act")(controller, address, 0.0, address), 0)
        for number in (-1, 2, 2**31 - 1, -(2**31)):
            self.assertEqual(function("prepare_executed")(controller, number), NO_SUCH_ACTION)
            self.assertIn(str(number).encode(), function("last_error")(controller))
            self.assertEqual(
                function("prepare_executed_with_reward")(controller, number, 1.0), NO_SUCH_ACTION
            )
        self.assertEqual(function("prepare_executed")(controller, 1), 0)
        for status in (INVALID_UNIFORM, NO_SUCH_ACTION):
            self.assertNotIn("no status", self.library.status_message(status))
