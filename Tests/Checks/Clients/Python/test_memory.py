"""Calls that the client never makes, past it: memory and pointers that will not do."""

import ctypes
import unittest

import numpy as np

from decision_transformer import Library
from recorded_episode import EPISODE, LIBRARY_PATH, TARGET


class Memory(unittest.TestCase):
    def setUp(self):
        self.library = Library(LIBRARY_PATH)
        size, alignment = self.library.memory_size, self.library.memory_alignment
        self.block = np.full(size + 2 * alignment, 0xAA, np.uint8)
        self.aligned = self.block.ctypes.data + -self.block.ctypes.data % alignment
        self.controller = ctypes.c_void_p()

    def create(self, memory, size, controller=True):
        place = ctypes.byref(self.controller) if controller else None
        return self.library.function("create")(memory, size, place)

    def test_memory_that_will_not_do(self):
        size, before = self.library.memory_size, self.block.copy()
        refused = {
            "null": self.create(None, size),
            "small": self.create(self.aligned, size - 1),
            "empty": self.create(self.aligned, 0),
            "nowhere to put it": self.create(self.aligned, size, controller=False),
        }
        for shift in (1, 4, self.library.memory_alignment // 2):
            refused[f"misaligned by {shift}"] = self.create(self.aligned + shift, size)
        for what, status in refused.items():
            self.assertNotEqual(status, 0, what)
            self.assertNotEqual(self.library.status_message(status), "", what)
        self.assertNotEqual(refused["small"], refused["misaligned by 1"])
        self.assertIsNone(self.controller.value)
        np.testing.assert_array_equal(self.block, before)  # nothing was touched

    def test_the_smallest_memory_will_do_and_nothing_beyond_is_touched(self):
        size = self.library.memory_size
        self.assertEqual(self.create(self.aligned, size), 0)
        self.assertEqual(self.library.function("reset")(self.controller, TARGET), 0)
        state, action = EPISODE["states"][0].copy(), np.zeros(3, np.float32)
        for _ in range(25):
            status = self.library.function("act")(
                self.controller, state.ctypes.data, 1.0, action.ctypes.data
            )
            self.assertEqual(status, 0)
        outside = self.aligned - self.block.ctypes.data
        self.assertTrue((self.block[:outside] == 0xAA).all())
        self.assertTrue((self.block[outside + size :] == 0xAA).all())

    def test_pointers_that_will_not_do(self):
        self.assertEqual(self.create(self.aligned, self.library.memory_size), 0)
        function, numbers = self.library.function, np.zeros(16, np.float32)
        address = numbers.ctypes.data
        function("reset")(self.controller, TARGET)
        statuses = [
            function("act")(self.controller, None, 0.0, address),
            function("act")(self.controller, address, 0.0, None),
            function("act")(self.controller, address + 1, 0.0, address),
            function("act")(self.controller, address, 0.0, address + 2),
            function("prepare_executed")(self.controller, None),
            function("prepare_executed_with_reward")(self.controller, None, 1.0),
            function("act")(None, address, 0.0, address),
            function("reset")(None, TARGET),
            function("prepare")(None),
            function("prepare_executed")(None, address),
            function("prepare_executed_with_reward")(None, address, 1.0),
            function("retarget")(None, TARGET),
            function("act_without_reward")(None, address, address),
            function("act_without_reward")(self.controller, address, None),
            function("self_test")(None, self.library.memory_size),
            function("create_with_weights")(
                self.aligned, self.library.memory_size, None, 1000, ctypes.byref(self.controller)
            ),
        ]
        for index, status in enumerate(statuses):
            self.assertNotEqual(status, 0, f"call {index}")
            self.assertNotEqual(self.library.status_message(status), "", f"call {index}")
        self.assertIsInstance(function("last_error")(None), bytes)

    def test_what_is_no_controller(self):
        size, reset = self.library.memory_size, self.library.function("reset")
        self.assertEqual(self.create(self.aligned, size), 0)
        copy = self.library.allocate()
        begin = self.aligned - self.block.ctypes.data
        copy[:] = self.block[begin : begin + size]
        refused = {
            "a copy elsewhere": copy.ctypes.data,
            "the middle of one": self.aligned + self.library.memory_alignment,
            "an odd address": self.aligned + 1,
            "zeros": self.library.allocate().ctypes.data,
        }
        for what, address in refused.items():
            self.assertEqual(reset(address, TARGET), 3, what)
        self.assertEqual(reset(self.controller, TARGET), 0)

    def test_every_number_is_a_status_with_a_message(self):
        messages = [self.library.status_message(status) for status in (0, 1, -1, 2**31 - 1)]
        self.assertTrue(all(messages))
        self.assertNotEqual(messages[0], messages[1])
