"""The tests of agreement can tell what differs, and only that."""

import unittest

import numpy as np

from agreement import difference_interval, distribution_p, paired_p


class Agreement(unittest.TestCase):
    def setUp(self):
        self.random = np.random.default_rng(5)

    def test_the_same_returns(self):
        returns = self.random.normal(3000, 50, 20)
        self.assertEqual(paired_p(returns, returns, 0.1), 1)
        self.assertEqual(distribution_p(returns, returns), 1)

    def test_rounding_is_no_difference(self):
        returns = self.random.normal(3000, 50, 20)
        self.assertEqual(paired_p(returns, returns + 0.01, 0.1), 1)
        self.assertGreater(distribution_p(returns, returns + 0.01), 0.9)

    def test_a_shift_is_seen(self):
        returns = self.random.normal(3000, 50, 20)
        shifted = returns + self.random.normal(60, 10, 20)
        self.assertLess(paired_p(returns, shifted, 0.1), 0.001)
        self.assertLess(distribution_p(returns, shifted), 0.05)

    def test_a_spread_is_seen_by_the_distribution(self):
        left, right = self.random.normal(3000, 10, 40), self.random.normal(3000, 300, 40)
        self.assertLess(distribution_p(left, right), 0.001)

    def test_p_is_uniform_where_nothing_differs(self):
        for test in (lambda a, b: paired_p(a, b, 0), distribution_p):
            pairs = self.random.normal(size=(200, 2, 20))
            found = np.array([test(*pair) for pair in pairs])
            self.assertLess((found < 0.05).mean(), 0.11)
            self.assertGreater((found < 0.5).mean(), 0.3)

    def test_the_most_extreme_of_few(self):
        # 3 pairs: 8 ways to sign them, two of them as far apart as this.
        self.assertAlmostEqual(paired_p([1, 2, 3], [0, 0, 0], 0), 0.25, delta=0.02)
        # 3 against 3: 20 ways to part them, two of them completely.
        self.assertAlmostEqual(distribution_p([1, 2, 3], [4, 5, 6]), 0.1, delta=0.02)

    def test_the_interval_has_the_mean_as_often_as_it_says(self):
        hits = 0
        for _ in range(200):
            left = self.random.normal(3000, 50, 20)
            low, high = difference_interval(left, left + self.random.normal(7, 10, 20))
            hits += low < 7 < high
        # Of 20 seeds the percentiles are a little too near.
        self.assertGreater(hits, 170)
        self.assertLess(hits, 200)

    def test_the_interval_of_equal_differences(self):
        low, high = difference_interval([1, 2, 3], [3, 4, 5])
        self.assertEqual((low, high), (2, 2))


if __name__ == "__main__":
    unittest.main()
