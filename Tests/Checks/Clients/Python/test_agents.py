"""Several agents: each has the bits that it has alone, the answers are those of C, and wrong calls do no harm."""

import ctypes
import math
from unittest import mock

import numpy as np

from decision_transformer import (
    BatchController,
    Controller,
    Library,
    NumberedBatchController,
    NumberedController,
    SelfTestError,
    Trunk,
)
from further_libraries import GOLDENS, FurtherTest, library, same_bits
from safetensors_file import read_tensors

STEPS = 60


# What the program in C does, from Tests/Checks/Clients/C/script.h.
def rewards_at(step, batch):
    return [0.25 * ((step + 2 * agent) % 5) - 0.5 for agent in range(batch)]


def uniforms_at(step, batch):
    return [((7 * step + 3 * agent) % 16) / 16 for agent in range(batch)]


def acts_rewarded(step):
    return step == 0 or (step - 1) % 3 != 2


def drive(together, alone, recorded, uniform_of):
    """Runs the script and yields the step, the agents' actions, and those of each alone, before they are prepared;
    what is sent back is executed where the script says so."""
    batch = len(alone)
    for step in range(STEPS):
        target = 4 + step % 9
        if step % 12 == 0:
            together.reset(target)
        for agent, one in enumerate(alone):
            resets = step % 7 == 3 and agent == step % batch
            if resets:
                together.reset(target, agent=agent)
            if resets or step % 12 == 0:
                one.reset(target)
            if step % 5 == 2 and agent == 2 * step % batch:
                together.retarget(target + 1, agent=np.int64(agent))
                one.retarget(target + 1)
        states = np.array([recorded[(3 * step + agent) % len(recorded)] for agent in range(batch)])
        paid = rewards_at(step, batch) if acts_rewarded(step) else None
        drawn = uniform_of(step, batch)
        more = {} if drawn is None else {"uniforms": drawn}
        actions = together.act(states, paid, **more)
        of_each = []
        for agent, one in enumerate(alone):
            more = {} if drawn is None else {"uniform": drawn[agent]}
            of_each.append(one.act(states[agent], None if paid is None else paid[agent], **more))
        executed = yield actions, of_each
        earned = rewards_at(step + 1, batch)
        if step % 3 == 0:
            together.prepare()
        elif step % 3 == 1:
            together.prepare(executed=executed)
        else:
            together.prepare(executed=executed, rewards=earned)
        for agent, one in enumerate(alone):
            if step % 3 == 0:
                one.prepare()
            elif step % 3 == 1:
                one.prepare(executed=executed[agent])
            else:
                one.prepare(executed=executed[agent], reward=earned[agent])


class Agents(FurtherTest):
    def run_vectors(self):
        recorded = read_tensors(GOLDENS / "WindowOfOne.safetensors")["states"]
        together = BatchController(library("batch_of_seventeen"))
        shared = Library(library("window_of_one"))
        alone = [Controller(shared) for _ in range(together.batch)]
        script = drive(together, alone, recorded, lambda step, batch: None)
        answers, executed = [], None
        try:
            while True:
                actions, of_each = script.send(executed)
                self.assertEqual((actions.shape, actions.dtype), ((17, 3), np.float32))
                self.assertTrue(same_bits(actions, of_each))
                answers.append(actions)
                executed = actions / 2
        except StopIteration:
            return answers

    def run_numbers(self):
        recorded = read_tensors(GOLDENS / "WrappedTimesteps.safetensors")["states"]
        together = NumberedBatchController(library("numbered_actions_of_two"))
        shared = Library(library("numbered_actions"))
        alone = [NumberedController(shared) for _ in range(together.batch)]
        script = drive(
            together, alone, recorded,
            lambda step, batch: uniforms_at(step, batch) if step % 4 == 1 else None)
        answers, executed, chosen = [], None, set()
        try:
            while True:
                actions, of_each = script.send(executed)
                self.assertEqual((actions.dtype, actions.tolist()), (np.int32, of_each))
                answers.append(actions)
                for agent, one in enumerate(alone):
                    self.assertTrue(same_bits(together.logits(agent), one.logits()))
                    answers.append(together.logits(agent))
                chosen.add(tuple(of_each))
                executed = (actions + 1) % together.action_count
        except StopIteration:
            self.assertTrue(any(first != second for first, second in chosen))
            return answers

    def test_each_has_the_bits_that_it_has_alone_and_those_of_c(self):
        self.assert_answers("agents", self.run_vectors() + self.run_numbers())

    def test_arrays_of_every_kind(self):
        batch = BatchController(library("batch_of_seventeen"))
        states = np.linspace(-1, 1, 170).reshape(17, 10)
        batch.reset(8)
        expected = batch.act(states)
        out = np.empty((17, 3), np.float32)
        for given in (
            states.astype(np.float32), states.tolist(), np.asfortranarray(states),
            np.repeat(states, 2, axis=0)[::2],
        ):  # fmt: skip
            batch.reset(8)
            self.assertIs(batch.act(given, [0] * 17, out=out), out)
            self.assertTrue(same_bits(out, expected))

    def test_descriptions(self):
        batch = BatchController(library("batch_of_seventeen"))
        self.assertEqual(
            repr(batch),
            "<decision_transformer.BatchController of libbatch_of_seventeen.so: batch=17, "
            "state_dimension=10, action_dimension=3>",
        )
        self.assertIn("action_count=3", repr(NumberedBatchController(library("numbered_actions_of_two"))))

    def test_the_class_for_a_library_is_named(self):
        for kind, name, message in (
            (Controller, "batch_of_seventeen", "it is for several agents; accepted: a library for "
             "Controller; for this one use BatchController"),
            (BatchController, "numbered_actions_of_two", "it is for several agents, whose actions are "
             "numbers; accepted: a library for BatchController; for this one use NumberedBatchController"),
            (BatchController, "window_of_one", "it is for one agent, whose actions are vectors; accepted: a library for "
             "BatchController; for this one use Controller"),
            (Trunk, "window_of_one", "it is for one agent, whose actions are vectors; accepted: a library for Trunk; for this one "
             "use Controller"),
            (NumberedController, "trunk_four_heads", "it is a trunk without controller; accepted: a library "
             "for NumberedController; for this one use Trunk"),
        ):  # fmt: skip
            self.wrong(ValueError, f"{library(name)}: {message}", lambda: kind(library(name)))


class Refusals(FurtherTest):
    def setUp(self):
        self.batch = BatchController(library("batch_of_seventeen"))
        self.states = np.zeros((17, 10), np.float32)

    def test_shapes_and_types(self):
        batch, states = self.batch, self.states
        batch.reset(8)
        for kind, message, call in (
            (ValueError, "states: shape (10,); accepted: (17, 10)", lambda: batch.act(states[0])),
            (ValueError, "states: shape (16, 10); accepted: (17, 10)", lambda: batch.act(states[1:])),
            (ValueError, "states: shape (10, 17); accepted: (17, 10)", lambda: batch.act(states.T)),
            (ValueError, "rewards: shape (); accepted: (17,)", lambda: batch.act(states, 1.0)),
            (ValueError, "rewards: shape (17, 1); accepted: (17,)", lambda: batch.act(states, [[1]] * 17)),
            (TypeError, "states: <U1; accepted: real numbers, of any float or integer type",
             lambda: batch.act([["1"] * 10] * 17)),
            (TypeError, "states: complex64; accepted: real numbers, of any float or integer type",
             lambda: batch.act(states + 1j)),
            (ValueError, "out: float64 of shape (17, 3); accepted: a contiguous, writable array of float32 "
             "of shape (17, 3)", lambda: batch.act(states, out=np.zeros((17, 3)))),
            (TypeError, "out: a value of type list; accepted: an array of NumPy's",
             lambda: batch.act(states, out=[])),
            (ValueError, "executed: shape (3,); accepted: (17, 3)", lambda: batch.prepare(executed=[0] * 3)),
            (ValueError, "rewards: given without executed; accepted: both, or to act",
             lambda: batch.prepare(rewards=[0] * 17)),
            (TypeError, "agent: a value of type float; accepted: the number of an agent, an integer",
             lambda: batch.reset(8, agent=1.0)),
            (TypeError, "agent: a value of type bool; accepted: the number of an agent, an integer",
             lambda: batch.retarget(8, agent=True)),
        ):  # fmt: skip
            self.wrong(kind, message, call)
        self.assertEqual(batch.act(states).shape, (17, 3))

    def test_which_agent_and_which_component(self):
        batch, states = self.batch, self.states
        self.refused(30, "agent 0: no episode: call reset first", lambda: batch.act(states), agent=0)
        batch.reset(8)
        for value in (math.nan, math.inf, 1e39):
            wrong = states.astype(float)
            wrong[16, 3] = value
            self.refused(31, "agent 16: state[3] is not finite", lambda: batch.act(wrong), 3, 16)
            rewards = [0.0] * 17
            rewards[5] = value
            self.refused(32, "agent 5: the reward is not finite", lambda: batch.act(states, rewards), agent=5)
        for agent in (-1, 17, 2**32, 2**64, -(2**64)):
            self.refused(
                42, f"there is no agent {agent}; accepted: 0 to 16", lambda: batch.reset(8, agent=agent))
            self.refused(
                42, f"there is no agent {agent}; accepted: 0 to 16",
                lambda: batch.retarget(8, agent=agent))  # fmt: skip
        self.refused(
            33, "target_return: nan is not finite in float32; accepted: a finite number",
            lambda: batch.reset(math.nan, agent=3))  # fmt: skip
        executed = batch.act(states)
        executed[2, 1] = math.inf
        self.refused(
            35, "agent 2: the executed action[1] is not finite", lambda: batch.prepare(executed=executed),
            1, 2)  # fmt: skip

    def test_numbered(self):
        pair, states = NumberedBatchController(library("numbered_actions_of_two")), np.zeros((2, 6))
        pair.reset(8)
        for value in (1.0, -0.1, math.nan):
            self.refused(
                39, "agent 1: the uniform number is out of range; accepted: 0 or more, below 1",
                lambda: pair.act(states, uniforms=[0, value]), agent=1)  # fmt: skip
        # Rounded to float32 this is 1.
        actions = pair.act(states, uniforms=[0, np.nextafter(1, 0)])
        self.assertEqual(actions.tolist(), [0, 2])
        for number in (3, -1, 2**32 + 1, -(2**40)):
            self.refused(
                40, f"agent 1: there is no action {number}; accepted: 0 to 2",
                lambda: pair.prepare(executed=[0, number]), number, 1)  # fmt: skip
        for executed, message in (
            ([0.0, 1.0], "executed: float64; accepted: integers, of any integer type"),
            ([True, False], "executed: bool; accepted: integers, of any integer type"),
        ):
            self.wrong(TypeError, message, lambda: pair.prepare(executed=executed))
        self.refused(
            40, f"agent 0: there is no action {2**63 - 1}; accepted: 0 to 2",
            lambda: pair.prepare(executed=np.array([2**64 - 1, 0], np.uint64)), 2**63 - 1, 0)  # fmt: skip
        self.refused(42, "there is no agent 2; accepted: 0 to 1", lambda: pair.logits(2))
        pair.prepare(executed=np.array([2, 1], np.uint8), rewards=[1, 1])
        self.wrong(
            ValueError, "out: int64 of shape (2,); accepted: a contiguous, writable array of int32 of "
            "shape (2,)", lambda: pair.act(states, out=np.zeros(2, np.int64)))  # fmt: skip
        self.assertEqual(pair.act(states).dtype, np.int32)


class SelfTests(FurtherTest):
    def test_report(self):
        for kind, name in (
            (BatchController, "batch_of_seventeen"),
            (NumberedBatchController, "numbered_actions_of_two"),
            (Controller, "window_of_one"),
        ):
            report = kind(library(name)).self_test()
            self.assertGreater(report.step_count, 0)
            self.assertGreater(report.comparison_count, report.step_count)
            self.assertIsNone(report.first_failure)
            self.assertLessEqual(report.worst.difference, report.worst.tolerance)
        self.wrong(
            ValueError, f"{library('trunk_four_heads')}: a trunk has no self test; accepted: a "
            "controller's library", Library(library("trunk_four_heads")).self_test)  # fmt: skip

    def test_a_difference_says_where_it_begins(self):
        one = Library(library("window_of_one"))
        function = one.function

        def differs(memory, size, weights, weights_size, report):
            numbers = np.array([12, 340, 1, 2, 3, 4, 0, 0, -1, 7, 2, 0, 0], np.int32)
            numbers[6:8] = np.array([0.5, 0.25], np.float32).view(np.int32)
            numbers[11:13] = np.array([0.125, 0.0625], np.float32).view(np.int32)
            ctypes.memmove(report, numbers.ctypes.data, numbers.nbytes)
            return 24

        with (
            mock.patch.object(
                one, "function",
                lambda name: differs if name == "report_self_test" else function(name)),
            self.assertRaises(SelfTestError) as caught,
        ):  # fmt: skip
            one.self_test()
        error = caught.exception
        self.assertEqual(error.status, 24)
        self.assertIn("stage -1, step 7, number 2 differs by 1.2e-01, tolerance 6.2e-02", str(error))
        self.assertEqual((error.report.step_count, error.report.comparison_count), (12, 340))
        self.assertEqual((error.report.worst.stage, error.report.worst.difference), (2, 0.5))
