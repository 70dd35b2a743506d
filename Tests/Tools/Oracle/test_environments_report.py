"""The tables say what the figures say, and of all precisions together."""

import unittest

import environments_report as report

PRECISIONS = ("float32", "bfloat16", "int8", "budget")


def results(p=0.5, difference=0, precision="int8", largest=1e-6):
    """One model, one target, two seeds; `p` and `difference` are of the mean of one precision, `largest` is
    the largest difference of float32's actions."""

    def agreement(name):
        return {"p_mean": p if name == precision else 0.5, "p_distribution": 0.9, "difference": [-0.04, 2]}

    returns = {name: [10.0, 12.0] for name in ("hugging_face", "disturbed", *PRECISIONS)}
    returns[precision] = [10.0 + difference, 12.0 + difference]
    target = {
        "target": 1000,
        "steps": 200,
        "returns": returns,
        "parted": {name: [None, 7] for name in ("disturbed", *PRECISIONS)},
        "microseconds": {name: [[8.0, 9.0, 900.0]] for name in PRECISIONS},
        "same_states": {
            name: {"largest": largest if name == "float32" else 0.003, "mean": 1e-7, "steps_beyond": 1}
            for name in PRECISIONS
        },
        "agreement": {name: agreement(name) for name in ("disturbed", *PRECISIONS)},
    }
    return {
        "command": "environments.sh", "machine": "x86_64", "versions": {"numpy": "2"}, "seeds": [100, 101],
        "has_times": True,
        "models": [
            {
                "environment": "Hopper-v5", "folder": "Hopper.dtmodel", "targets": [target],
                "max_action_error": 0.002,
                "budget": {"precision": "int8", "matrix_precisions": {"a": "float32", "b": "bfloat16"}},
            }
        ],
    }  # fmt: skip


class EnvironmentsReport(unittest.TestCase):
    def test_nothing_is_wrong(self):
        self.assertEqual(report.problems(results()), [])
        self.assertIn("No test tells returns from Hugging Face's", report.markdown(results()))

    def test_all_precisions_are_counted(self):
        # Two tests of each precision; Hugging Face's model against itself is none.
        self.assertEqual(len(report.comparisons(results())), 8)
        self.assertAlmostEqual(report.limit(results()), 0.05 / 8)
        self.assertEqual(report.problems(results(p=0.007, difference=-3)), [])

    def test_a_precision_that_does_harm_is_named(self):
        worse = results(p=0.006, difference=-3)
        text = "Hopper-v5, target 1000, int8: mean return, p = 0.01, the mean is lower by 3"
        self.assertEqual(report.problems(worse), [f"returns disagree: {text}"])
        self.assertIn(f"**not** the same in 1 of 8 tests: {text}.", report.markdown(worse))

    def test_another_policy_may_be_better(self):
        better = results(p=0.006, difference=0.5)
        self.assertEqual(report.problems(better), [])
        self.assertIn("int8: mean return, p = 0.01, the mean is higher by 0.5.", report.markdown(better))

    def test_float32_is_the_same_policy(self):
        better = results(p=0.006, difference=0.5, precision="float32")
        self.assertEqual(len(report.problems(better)), 1)

    def test_of_actions_only_those_of_float32_can_be_wrong(self):
        (problem,) = report.problems(results(largest=2e-5))
        self.assertIn("actions of float32 on the same states differ by 2.0e-05", problem)
        self.assertEqual(len(report.problems(results(largest=float("nan")))), 1)

    def test_tables(self):
        text = report.markdown(results())
        self.assertIn("| 1000 | 11.0 ± 1.4 | 11.0 ± 1.4 |", text)
        self.assertIn("| 1000 | int8 | 3.0e-03 | 1.0e-07 | 0.5% | 7 (1 of 2) | +0.0 to +2.0 | 0.50 | 0.90 |", text)
        self.assertIn("within 0.002: int8, but 1 in bfloat16 and 1 in float32.", text)
        self.assertIn("holds on 99.50% of these states", text)

    def test_times_are_left_out_where_they_mean_nothing(self):
        self.assertIn("| int8 | 8 µs | 9 µs | 900 µs |", report.markdown(results()))
        self.assertNotIn("µs", report.markdown(results() | {"has_times": False}))


if __name__ == "__main__":
    unittest.main()
