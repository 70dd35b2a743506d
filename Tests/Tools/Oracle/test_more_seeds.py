"""More seeds are compared with the first precision's."""

import unittest

import numpy as np

import more_seeds


class MoreSeeds(unittest.TestCase):
    def test_the_table(self):
        same = list(np.random.default_rng(5).normal(2000, 50, 40))
        text = more_seeds.markdown({"float32": same, "int8": same, "budget": [value - 70 for value in same]})
        self.assertIn("| int8 |", text)
        self.assertIn("| +0.0, +0.0 to +0.0 | 1.00 | 1.00 |", text)
        self.assertIn("| -70.0, -70.0 to -70.0 | 5e-05 | 5e-05 |", text)
        self.assertIn("below 0.013 counts", text)


if __name__ == "__main__":
    unittest.main()
