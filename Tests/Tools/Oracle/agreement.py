"""Whether two controllers' returns over the same seeds come from one distribution.

Permutation tests: nothing is assumed about the distributions, and no more than NumPy is needed. A
p-value is the share of random relabellings that part the two at least as far as the true labels; the
true one counts as one of them, so it is never 0.
"""

import numpy as np

RELABELLINGS = 20_000


def paired_p(left, right, resolution):
    """Of the mean difference, the labels swapped within each seed.

    Differences below `resolution` count as none: two implementations that round differently are
    allowed to differ systematically in the last digits.
    """
    differences = np.subtract(left, right)
    differences[np.abs(differences) < resolution] = 0
    signs = np.random.default_rng(1).choice([-1.0, 1.0], (RELABELLINGS, len(differences)))
    return _share(np.abs(signs @ differences), abs(differences.sum()))


def distribution_p(left, right):
    """Of the Kolmogorov-Smirnov distance, the labels shuffled over all episodes."""
    pooled = np.concatenate([left, right])
    order, random = np.argsort(pooled, kind="stable"), np.random.default_rng(2)
    labels = np.concatenate([np.full(len(side), 1 / len(side)) for side in (left, right)])
    labels[len(left) :] *= -1
    # The distance is taken where one value ends and the next begins.
    last = np.append(np.diff(pooled[order]) > 0, True)

    def distances(labels):
        return np.abs(np.cumsum(labels[..., order], -1))[..., last].max(-1)

    shuffled = random.permuted(np.tile(labels, (RELABELLINGS, 1)), axis=1)
    return _share(distances(shuffled), distances(labels))


def difference_interval(left, right, confidence=0.95):
    """Of the mean of `right` less that of `left` over the same seeds: how far off the two may still be.

    A p-value that is large proves nothing by itself; this says what the seeds can exclude. Percentiles of
    means over seeds drawn again.
    """
    differences = np.subtract(right, left)
    drawn = np.random.default_rng(3).integers(len(differences), size=(RELABELLINGS, len(differences)))
    tail = 50 * (1 - confidence)
    low, high = np.percentile(differences[drawn].mean(1), [tail, 100 - tail])
    return [float(low), float(high)]


def _share(relabelled, true):
    # Sums that differ by rounding alone are equal.
    return float((1 + (relabelled >= true - 1e-9).sum()) / (1 + len(relabelled)))
