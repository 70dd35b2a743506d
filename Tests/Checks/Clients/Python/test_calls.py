"""Good calls: the actions are Hugging Face's, whatever arrays, threads and neighbours there are."""

import gc
import threading
import unittest

import numpy as np

from decision_transformer import Controller, ControllerError, Library
from recorded_episode import EPISODE, LIBRARY_PATH, TARGET, WEIGHTS_PATH, drive, started


def in_threads(work, count):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Calls(unittest.TestCase):
    def assertSameBits(self, left, right):
        self.assertEqual(np.asarray(left).tobytes(), np.asarray(right).tobytes())

    def test_actions_are_those_of_hugging_face(self):
        controller = started()
        actions = drive(controller, len(EPISODE["states"]))
        self.assertEqual(actions.dtype, np.float32)
        self.assertLess(np.abs(actions - EPISODE["actions"]).max(), 1e-5)

    def test_the_library_tells_the_shapes(self):
        library = Library(LIBRARY_PATH)
        self.assertEqual((library.state_dimension, library.action_dimension), (11, 3))
        self.assertGreater(library.memory_size, 100_000)
        self.assertEqual(library.memory_alignment & library.memory_alignment - 1, 0)
        self.assertRegex(library.version, r"^\d+\.\d+\.\d+")
        self.assertRegex(library.layout_digest, r"^(0x)?[0-9a-f]{16}$")

    def test_the_library_computes_its_checkpoint(self):
        Library(LIBRARY_PATH).self_test()

    def test_a_controller_computes_its_checkpoint_and_goes_on(self):
        expected, controller = drive(started(), 20), started()
        first = drive(controller, 10)
        controller.self_test()
        rest = drive(controller, 10, first=10)
        self.assertSameBits(np.concatenate([first, rest]), expected)
        Controller(LIBRARY_PATH, weights=np.memmap(WEIGHTS_PATH, np.uint8, "r")).self_test()

    def test_reset_begins_anew(self):
        controller = started()
        first = drive(controller, 30)
        controller.reset(TARGET)
        self.assertSameBits(drive(controller, 30), first)

    def test_the_target_matters(self):
        difference = drive(started(400.0), 30) - drive(started(3400.0), 30)
        self.assertGreater(np.abs(difference).max(), 0.01)

    def test_retarget_is_a_new_target_from_now_on(self):
        left, right = started(400.0), started(400.0)
        self.assertSameBits(drive(left, 25), drive(right, 25))
        right.retarget(3400.0)
        difference = drive(left, 10, first=25) - drive(right, 10, first=25)
        self.assertGreater(np.abs(difference).max(), 0.01)

    def test_prepare_changes_no_bit(self):
        eager, lazy = started(), started()
        for step in range(45):
            state, reward = EPISODE["states"][step], float(step > 0)
            self.assertSameBits(eager.act(state, reward), lazy.act(state, reward))
            eager.prepare()
            eager.prepare()  # a second one does nothing

    def test_the_reward_may_be_given_to_prepare_or_to_act(self):
        early, late = started(), started()
        reward = 0.0
        for step in range(45):
            state = EPISODE["states"][step]
            action = late.act(state, reward)
            late.prepare(executed=action)
            reward = EPISODE["rewards"][step]
            self.assertSameBits(early.act(state), action)
            early.prepare(executed=action, reward=reward)

    def test_the_executed_action_matters(self):
        left, right = started(), started()
        drive(left, 5)
        drive(right, 4)
        right.act(EPISODE["states"][4], EPISODE["rewards"][3])
        right.prepare(executed=[1.0, -1.0, 1.0])
        after = [c.act(EPISODE["states"][5], EPISODE["rewards"][4]) for c in (left, right)]
        self.assertGreater(np.abs(after[0] - after[1]).max(), 1e-4)

    def test_every_kind_of_array_is_read_right(self):
        state = EPISODE["states"][0]
        expected = started().act(state)
        spaced = np.zeros((11, 2), np.float32)
        spaced[:, 0] = state
        bytes_ = np.zeros(45, np.uint8)
        shifted = bytes_[1:].view(np.float32)  # at an odd address
        shifted[:] = state
        big_endian = state.astype(">f4")
        for other in (state.astype(np.float64), state.tolist(), spaced[:, 0], shifted, big_endian):
            self.assertSameBits(started().act(other), expected)

    def test_out_is_written_in_place(self):
        plain, in_place = started(), started()
        out = np.empty(3, np.float32)
        for step in range(5):
            state = EPISODE["states"][step]
            expected = plain.act(state, 1.0)
            self.assertIs(in_place.act(state, 1.0, out=out), out)
            self.assertSameBits(out, expected)

    def test_an_action_is_not_overwritten_by_the_next_one(self):
        controller = started()
        first = controller.act(EPISODE["states"][0])
        copy = first.copy()
        drive(controller, 5, first=1)
        self.assertSameBits(first, copy)

    def test_controllers_do_not_notice_each_other(self):
        expected = drive(started(), 30)
        library = Library(LIBRARY_PATH)
        controllers = [Controller(library) for _ in range(5)]
        for controller in controllers:
            controller.reset(TARGET)
        together = np.array([[drive(c, 1, first=t)[0] for c in controllers] for t in range(30)])
        for index in range(5):
            self.assertSameBits(together[:, index], expected)

    def test_mapped_weights_shared_by_controllers(self):
        expected, weights = drive(started(), 30), np.memmap(WEIGHTS_PATH, np.uint8, "r")
        Library(LIBRARY_PATH).self_test(weights)
        controllers = [Controller(LIBRARY_PATH, weights=weights) for _ in range(3)]
        del weights  # the controllers keep them
        gc.collect()
        for controller in controllers:
            controller.reset(TARGET)
            self.assertSameBits(drive(controller, 30), expected)

    def test_threads_with_controllers_of_their_own(self):
        expected, results = drive(started(), 60), {}

        def work(number):
            results[number] = drive(started(), 60)

        in_threads(work, 8)
        self.assertEqual(len(results), 8)
        for actions in results.values():
            self.assertSameBits(actions, expected)

    def test_a_second_thread_in_the_middle_of_a_call_is_refused(self):
        controller, taken, refused = started(), [], []

        def work(number):
            for _ in range(200):
                try:
                    taken.append(controller.act(EPISODE["states"][0], 1.0))
                except ControllerError as error:
                    self.assertEqual(error.status, 4)
                    self.assertIn("thread", error.message)
                    refused.append(number)

        in_threads(work, 4)
        self.assertEqual(len(taken) + len(refused), 800)
        # As many steps as were taken, and none twice: the rest of the episode still has the others.
        left = 0
        with self.assertRaisesRegex(ControllerError, "1000"):
            while True:
                controller.act(EPISODE["states"][0], 1.0)
                left += 1
        self.assertEqual(len(taken) + left, 1000)

    def test_memory_lives_as_long_as_its_controller(self):
        expected = drive(started(), 25)
        controller = started()
        first = drive(controller, 10)
        gc.collect()
        noise = [np.full(controller.library.memory_size, 255, np.uint8) for _ in range(20)]
        self.assertSameBits(np.concatenate([first, drive(controller, 15, first=10)]), expected)
        del noise
