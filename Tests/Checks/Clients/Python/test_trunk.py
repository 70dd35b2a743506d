"""The trunk alone: Hugging Face's recorded answers, the bits of C, the same bits in any cut, and wrong calls."""

import json
import math

import numpy as np

from decision_transformer import Library, Trunk
from further_libraries import GOLDENS, FurtherTest, library, same_bits
from safetensors_file import read_metadata, read_tensors

GOLDEN = GOLDENS / "Trunk/TrunkFourHeads.safetensors"
TENSORS = read_tensors(GOLDEN)
CALLS = json.loads(read_metadata(GOLDEN)["calls"])
ROWS = TENSORS["whole.0.inputs_embeds"]


def replay(trunk, name, lead=()):
    """The answers of the recorded calls, and the largest difference from Hugging Face's."""
    trunk.reset()
    answers, worst = [], 0.0
    for number, call in enumerate(CALLS[name]):
        trunk.crop(call["past"])
        prefix = f"{name}.{number}."
        embeds = TENSORS[prefix + "inputs_embeds"].reshape(lead + (-1, 24))
        positions, mask = TENSORS.get(prefix + "positions"), TENSORS.get(prefix + "mask")
        answer = trunk.forward(
            embeds,
            position_ids=None if positions is None else positions.astype(int).reshape(lead + (-1,)),
            attention_mask=None if mask is None else mask.reshape(lead + (-1,)),
            use_cache=call["use_cache"])  # fmt: skip
        assert answer.shape == embeds.shape and answer.dtype == np.float32
        answers.append(answer.reshape(-1, 24))
        worst = max(worst, np.abs(answers[-1] - TENSORS[prefix + "last_hidden_state"]).max())
        length = call["past"] + (len(answers[-1]) if call["use_cache"] else 0)
        assert trunk.past_length == length
    return answers, worst


class Trunks(FurtherTest):
    def test_recorded_answers_and_those_of_c(self):
        trunk, all_answers = Trunk(library("trunk_four_heads")), []
        for name in (
            "whole", "parts", "padding", "padding_in_parts", "holes", "holes_in_parts", "positions",
            "positions_in_parts", "branches",
        ):  # fmt: skip
            answers, worst = replay(trunk, name)
            self.assertLess(worst, 2e-5, name)
            self.assertTrue(same_bits(np.concatenate(replay(trunk, name, (1,))[0]), np.concatenate(answers)))
            all_answers += answers
        self.assert_answers("trunk", all_answers)

    def test_the_cut_does_not_matter(self):
        # In float32, and with weights of bfloat16.
        for name in ("trunk_four_heads", "trunk_rounded_four_heads"):
            trunk = Trunk(library(name))
            whole = trunk.forward(ROWS)
            for lengths in ([1] * 30, [2, 1, 13, 4, 1, 9], [29, 1], [7, 23]):
                trunk.reset()
                ends = np.cumsum(lengths)
                parts = [trunk.forward(rows) for rows in np.split(ROWS, ends[:-1])]
                self.assertTrue(same_bits(np.concatenate(parts), whole), lengths)
        self.assertFalse(same_bits(whole, Trunk(library("trunk_four_heads")).forward(ROWS)))

    def test_arrays_of_every_kind(self):
        trunk = Trunk(library("trunk_four_heads"))
        expected = trunk.forward(ROWS[:4])
        out = np.empty((4, 24), np.float32)
        mask, positions = np.ones(4), [0, 1, 2, 3]
        for embeds in (ROWS[:4].tolist(), np.asfortranarray(ROWS[:4]), ROWS[:4].astype(np.float64)):
            for mask_type, position_type in ((bool, np.int32), (np.int64, np.uint8), (np.float32, np.uint64)):
                trunk.reset()
                given = trunk.forward(
                    embeds, attention_mask=mask.astype(mask_type),
                    position_ids=np.array(positions, position_type), out=out)  # fmt: skip
                self.assertIs(given, out)
                self.assertTrue(same_bits(out, expected))

    def test_description(self):
        shared = Library(library("trunk_four_heads"))
        self.assertEqual(
            repr(Trunk(shared)),
            "<decision_transformer.Trunk of libtrunk_four_heads.so: hidden_size=24, token_capacity=30, "
            "position_count=31>",
        )
        self.assertEqual((shared.kind, shared.has_forward), ("Trunk", False))
        self.assertFalse(hasattr(shared, "state_dimension"))

    def test_wrong_calls_leave_the_cache(self):
        trunk = Trunk(library("trunk_four_heads"))
        one, two = ROWS[:1], ROWS[:2].copy()
        before = trunk.forward(one)
        for kind, message, call in (
            (ValueError, "inputs_embeds: shape (24,); accepted: (1, T, 24) or (T, 24)",
             lambda: trunk.forward(one[0])),
            (ValueError, "inputs_embeds: shape (2, 23); accepted: (1, T, 24) or (T, 24)",
             lambda: trunk.forward(two[:, 1:])),
            (ValueError, "inputs_embeds: shape (2, 1, 24); accepted: (1, T, 24) or (T, 24)",
             lambda: trunk.forward(two[:, None])),
            (TypeError, "inputs_embeds: <U1; accepted: real numbers, of any float or integer type",
             lambda: trunk.forward([["a"] * 24])),
            (ValueError, "position_ids: shape (1, 2); accepted: (2,)",
             lambda: trunk.forward(two, position_ids=[[1, 2]])),
            (TypeError, "position_ids: float64; accepted: integers, of any integer type",
             lambda: trunk.forward(two, position_ids=[1.0, 2.0])),
            (ValueError, "attention_mask: shape (2,); accepted: (3,)",
             lambda: trunk.forward(two, attention_mask=[1, 1])),
            (TypeError, "attention_mask: <U1; accepted: 0 and 1, of any number's type or bool",
             lambda: trunk.forward(two, attention_mask=["1"] * 3)),
            (ValueError, "out: float32 of shape (1, 24); accepted: a contiguous, writable array of float32 of "
             "shape (2, 24)", lambda: trunk.forward(two, out=one)),
            (ValueError, "out: it shares memory with inputs_embeds; accepted: another array",
             lambda: trunk.forward(two, out=two)),
            (ValueError, "length: -1; accepted: 0 or more", lambda: trunk.crop(-1)),
        ):  # fmt: skip
            self.wrong(kind, message, call)
        for value in (math.nan, -math.inf, 1e39):
            embeds = two.astype(float)
            embeds[1, 3] = value
            self.refused(62, "inputsEmbeds[27] is not finite", lambda: trunk.forward(embeds), 27)
        for position in (31, -1, 2**40):
            self.refused(
                63, "positionIDs[1] is out of range; accepted: 0 to 30",
                lambda: trunk.forward(two, position_ids=[0, position]), 1)  # fmt: skip
        for seen in (2, -1, 256, 0.5, math.nan):
            self.refused(
                53, "attentionMask[2] is neither 0 nor 1",
                lambda: trunk.forward(two, attention_mask=[1, 1, seen]), 2)  # fmt: skip
        self.refused(
            61, "30 tokens do not fit behind 1 cached ones; the cache holds 30",
            lambda: trunk.forward(ROWS))  # fmt: skip
        self.refused(
            60, "inputsEmbeds has 0 numbers; accepted: one or more rows of 24",
            lambda: trunk.forward(ROWS[:0]))  # fmt: skip
        self.assertEqual(trunk.past_length, 1)
        after = trunk.forward(two)
        trunk.crop(2**70)
        self.assertEqual(trunk.past_length, 3)
        trunk.reset()
        self.assertTrue(same_bits(trunk.forward(np.concatenate([one, two])), np.concatenate([before, after])))
