"""The Markdown tables of environments.py, and what in its figures would be wrong."""

import statistics
from collections import Counter
from dataclasses import dataclass

# Actions further apart than this count as parted: far more than rounding, little for a robot.
APART = 1e-3
# Of float32 on the same states. What rounded weights change is a finding, no mistake.
TOLERANCE = 1e-5
SIGNIFICANCE = 0.05
NAMES = {"hugging_face": "Hugging Face", "disturbed": "Hugging Face, 1 ulp off"}


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def header(*cells, texts=1):
    """A heading and what is below it; all columns but the first `texts` are of numbers."""
    return [row(*cells), "|" + "---|" * texts + "---:|" * (len(cells) - texts)]


def mean_and_spread(values):
    spread = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.1f} ± {spread:.1f}"


def parted(steps):
    """When episodes part: the median of those that do, and how many do."""
    apart = [step for step in steps if step is not None]
    if not apart:
        return "never"
    return f"{statistics.median(apart):.0f} ({len(apart)} of {len(steps)})"


def probability(p):
    return f"{p:.2f}" if p >= 0.005 else f"{p:.1g}"


def signed(value):
    # None below zero that rounds to it.
    return f"{round(value, 1) + 0.0:+.1f}"


def targets(results):
    return [target for model in results["models"] for target in model["targets"]]


def precisions(results):
    return list(targets(results)[0]["same_states"])


def count_parted(results, name):
    steps = [step for target in targets(results) for step in target["parted"][name]]
    return f"{sum(step is not None for step in steps)} of {len(steps)}"


@dataclass(frozen=True)
class Comparison:
    """One test of a precision's returns; `difference` is that of the means from Hugging Face's."""

    p: float
    place: str
    precision: str
    what: str
    difference: float

    def __str__(self):
        direction = "higher" if self.difference > 0 else "lower"
        return (
            f"{self.place}, {self.precision}: {self.what}, p = {probability(self.p)}, the mean is "
            f"{direction} by {abs(self.difference):.2g}"
        )


def comparisons(results):
    """Of all precisions. Hugging Face's model against itself, one ulp off, is no claim to be tested."""
    return [
        Comparison(
            target["agreement"][precision][key],
            f"{model['environment']}, target {target['target']:g}",
            precision,
            what,
            statistics.mean(target["returns"][precision])
            - statistics.mean(target["returns"]["hugging_face"]),
        )
        for model in results["models"]
        for target in model["targets"]
        for precision in target["same_states"]
        for key, what in (("p_mean", "mean return"), ("p_distribution", "distribution of returns"))
    ]


def limit(results):
    """With so many tests one of them may be below the significance by chance; with this limit all of them
    together have it (Bonferroni)."""
    return SIGNIFICANCE / len(comparisons(results))


def disagreements(results):
    return [test for test in comparisons(results) if test.p < limit(results)]


def problems(results):
    """What must not be: an action of float32 off on the same states, returns of float32 that disagree, or
    of another precision that are worse. Rounded weights are another policy, and may be a better one."""
    found = [
        f"{model['environment']}, target {target['target']:g}: actions of float32 on the same states differ "
        f"by {target['same_states']['float32']['largest']:.1e}; accepted: {TOLERANCE:.0e}"
        for model in results["models"]
        for target in model["targets"]
        if not target["same_states"]["float32"]["largest"] <= TOLERANCE
    ]
    return found + [
        f"returns disagree: {test}"
        for test in disagreements(results)
        if test.precision == "float32" or test.difference < 0
    ]


def returns_table(model):
    names = list(model["targets"][0]["returns"])
    lines = header("target", *(NAMES.get(name, name) for name in names), texts=0)
    for target in model["targets"]:
        cells = (mean_and_spread(target["returns"][name]) for name in names)
        lines.append(row(f"{target['target']:g}", *cells))
    return lines


def agreement_table(model):
    lines = header(
        "target", "", "same states: largest Δaction", "mean Δaction", f"steps beyond {model['max_action_error']:g}",
        "parts at step", "Δ mean return, 95 %", "p, mean", "p, distribution", texts=2,
    )  # fmt: skip
    for target in model["targets"]:
        for name, found in target["agreement"].items():
            same = target["same_states"].get(name)
            low, high = found["difference"]
            lines.append(
                row(
                    f"{target['target']:g}",
                    NAMES.get(name, name),
                    *(
                        (
                            f"{same['largest']:.1e}",
                            f"{same['mean']:.1e}",
                            f"{same['steps_beyond'] / target['steps']:.1%}",
                        )
                        if same
                        else ("", "", "")
                    ),
                    parted(target["parted"][name]),
                    f"{signed(low)} to {signed(high)}",
                    probability(found["p_mean"]),
                    probability(found["p_distribution"]),
                )
            )
    return lines


def budget(model):
    """What `dtgen calibrate` chose."""
    chosen = model["budget"]
    others = Counter(chosen["matrix_precisions"].values())
    text = (
        f"`budget` keeps the calibration episode's actions within {model['max_action_error']:g}: "
        f"{chosen['precision']}"
    )
    if not others:
        return f"{text} for all matrices."
    counts = " and ".join(f"{count} in {name}" for name, count in sorted(others.items()))
    return f"{text}, but {counts}."


def times(model):
    lines = header("", "`act`", "`prepare`, while the world moves", "Hugging Face's `get_action`")
    for name in model["targets"][0]["microseconds"]:
        columns = zip(*(row for target in model["targets"] for row in target["microseconds"][name]))
        lines.append(row(name, *(f"{statistics.median(column):.0f} µs" for column in columns)))
    return ["One step through Python, median:", "", *lines, ""]


def largest_on_same_states(results, precision):
    found = [target["same_states"][precision] for target in targets(results)]
    steps = [target["steps"] for target in targets(results)]
    mean = sum(each["mean"] * count for each, count in zip(found, steps)) / sum(steps)
    return f"{precision} {max(each['largest'] for each in found):.1e} ({mean:.1e} on average)"


def summary(results):
    tests = comparisons(results)
    smallest = min(tests, key=lambda test: test.p)
    different = disagreements(results)
    steps = sum(target["steps"] for target in targets(results))
    beyond = sum(target["same_states"]["budget"]["steps_beyond"] for target in targets(results))
    agree = (
        f"Returns are **not** the same in {len(different)} of {len(tests)} tests: "
        f"{'; '.join(map(str, different))}. Below {limit(results):.2g} counts."
        if different
        else f"No test tells returns from Hugging Face's: the smallest of {len(tests)} p-values is "
        f"{probability(smallest.p)} ({smallest.place}, {smallest.precision}: {smallest.what}); below "
        f"{limit(results):.2g} would count."
    )
    same = ", ".join(largest_on_same_states(results, name) for name in precisions(results))
    parts = ", ".join(f"{count_parted(results, name)} of {name}" for name in precisions(results))
    return [
        f"Returns, mean ± standard deviation over {len(results['seeds'])} seeds, of the Swift controllers in each "
        "precision and of Hugging Face's model (float32) in the same environments.",
        "",
        f"* On the same {steps} states the actions differ from Hugging Face's by at most, in the environment's "
        f"units: {same}.",
        f"* The bound that `budget` was calibrated with holds on {1 - beyond / steps:.2%} of these states, of "
        "which none was in the calibration.",
        f"* {agree}",
        f"* Chaos: episodes that part from Hugging Face's (actions more than {APART:g} apart): {parts}; and "
        f"{count_parted(results, 'disturbed')} of Hugging Face's own in which every executed action is the next "
        "float32 number.",
        "* Δ mean return, 95 %: where the mean difference from Hugging Face's returns, seed by seed, lies "
        "(bootstrap). A difference inside it is one that these seeds do not exclude.",
        "",
    ]


def markdown(results):
    lines = summary(results)
    for model in results["models"]:
        lines += [f"### {model['environment']}", "", *returns_table(model), ""]
        lines += [*agreement_table(model), "", budget(model), ""]
        if results["has_times"]:
            lines += times(model)
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    lines += [f"Made by `Tests/Tools/Oracle/{results['command']}` on {results['machine']}: {versions}."]
    return "\n".join(lines) + "\n"
