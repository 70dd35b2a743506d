#!/usr/bin/env python3
"""A target again, over more seeds than environments.py has the time for: do the precisions do harm there?

    python more_seeds.py --libraries <folder of float32/libhopper.so, ...> hopper 1800

Hugging Face's model takes most of the time there. Here the Swift controller in float32 stands for it, the same
policy, and the others are compared with that. The seeds are none that environments.py has: what was seen
with those was the reason to ask.
"""

import argparse
import statistics
from pathlib import Path

import gymnasium

import environments_report as report
from environments import CASES, PRECISIONS, agreement, controller
from rollouts import run

FIRST_SEED = 200


def markdown(returns):
    """A table: every precision's returns, the first being what the others are compared with."""
    first, *others = returns
    lines = report.header("", "return", "Δ mean return, 95 %", "p, mean", "p, distribution")
    lines.append(report.row(first, report.mean_and_spread(returns[first]), "", "", ""))
    for name in others:
        found = agreement(returns[first], returns[name])
        low, high = found["difference"]
        lines.append(
            report.row(
                name,
                report.mean_and_spread(returns[name]),
                f"{statistics.mean(returns[name]) - statistics.mean(returns[first]):+.1f}, "
                f"{report.signed(low)} to {report.signed(high)}",
                report.probability(found["p_mean"]),
                report.probability(found["p_distribution"]),
            )
        )
    limit = report.SIGNIFICANCE / (2 * len(others))
    return "\n".join([*lines, "", f"A p-value below {limit:.2g} counts."])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--libraries", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("model", choices=[case.prefix for case in CASES])
    parser.add_argument("target", type=float)
    arguments = parser.parse_args()
    (case,) = (case for case in CASES if case.prefix == arguments.model)
    environment = gymnasium.make(case.environment)
    returns = {}
    for precision in PRECISIONS:
        swift = controller(arguments.libraries, case.prefix, precision)
        returns[precision] = [
            run(environment, swift, arguments.target, seed).total_return
            for seed in range(FIRST_SEED, FIRST_SEED + arguments.seeds)
        ]
    print(f"{case.environment}, target {arguments.target:g}, {arguments.seeds} seeds from {FIRST_SEED}:\n")
    print(markdown(returns))


if __name__ == "__main__":
    main()
