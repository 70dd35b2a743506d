"""The Markdown tables of environments.py, and what in its figures would be wrong."""

import statistics

# Actions further apart than this count as parted: far more than rounding, little for a robot.
APART = 1e-3
TOLERANCE = 1e-5
SIGNIFICANCE = 0.05


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def mean_and_spread(values):
    spread = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.1f} ± {spread:.1f}"


def parted(steps):
    """When episodes part: the median of those that do, and how many do."""
    apart = [step for step in steps if step is not None]
    if not apart:
        return "never"
    return f"{statistics.median(apart):.0f} ({len(apart)} of {len(steps)})"


def count_parted(results, name):
    steps = [s for model in results["models"] for t in model["targets"] for s in t["parted"][name]]
    return f"{sum(step is not None for step in steps)} of {len(steps)}"


def p_values(results):
    return [
        (target[key], f"{model['environment']}, target {target['target']}: {what}")
        for model in results["models"]
        for target in model["targets"]
        for key, what in (("p_mean", "mean return"), ("p_distribution", "distribution of returns"))
    ]


def problems(results):
    """What must not be: an action off on the same states, or returns that disagree.

    With so many tests one of them may be below the significance by chance, so that all of them
    together have it (Bonferroni).
    """
    found = [
        f"{model['environment']}, target {target['target']}: actions on the same states differ by "
        f"{target['same_states']:.1e}; accepted: {TOLERANCE:.0e}"
        for model in results["models"]
        for target in model["targets"]
        if not target["same_states"] <= TOLERANCE
    ]
    tests = p_values(results)
    limit = SIGNIFICANCE / len(tests)
    return found + [f"{what} disagrees, p = {p:.2g}" for p, what in tests if p < limit]


def table(model):
    header = [
        "target", "Hugging Face", "Swift", "Hugging Face, 1 ulp off", "same states: largest Δaction",
        "Swift parts at step", "1 ulp off parts at step", "p, mean", "p, distribution",
    ]  # fmt: skip
    lines = [row(*header), "|" + "---:|" * len(header)]
    for target in model["targets"]:
        returns, apart = target["returns"], target["parted"]
        lines.append(
            row(
                f"{target['target']:g}",
                mean_and_spread(returns["hugging_face"]),
                mean_and_spread(returns["swift"]),
                mean_and_spread(returns["disturbed"]),
                f"{target['same_states']:.1e}",
                parted(apart["swift"]),
                parted(apart["disturbed"]),
                f"{target['p_mean']:.2f}",
                f"{target['p_distribution']:.2f}",
            )
        )
    return lines


def times(model):
    columns = zip(*(figures for target in model["targets"] for figures in target["microseconds"]))
    act, prepare, hugging_face = (statistics.median(column) for column in columns)
    return (
        f"One step through Python, median: `act` {act:.0f} µs, and `prepare` {prepare:.0f} µs while "
        f"the world moves; Hugging Face's `get_action` {hugging_face:.0f} µs."
    )


def markdown(results):
    tests = p_values(results)
    smallest, where = min(tests)
    steps = sum(target["steps"] for model in results["models"] for target in model["targets"])
    largest = max(t["same_states"] for model in results["models"] for t in model["targets"])
    disagree = any(p < SIGNIFICANCE / len(tests) for p, _ in tests)
    lines = [
        (
            f"Returns, mean ± standard deviation over {len(results['seeds'])} seeds, of the Swift "
            "controller and of Hugging Face's model in the same environments."
        ),
        "",
        (
            f"* On the same {steps} states the actions differ by at most {largest:.1e}, in the "
            "environment's units."
        ),
        (
            f"* The returns {'do **not** agree' if disagree else 'agree'} in distribution: the smallest "
            f"of {len(tests)} p-values is {smallest:.2f} ({where}); below "
            f"{SIGNIFICANCE / len(tests):.4f} would count."
        ),
        (
            f"* Chaos: {count_parted(results, 'swift')} Swift episodes part from Hugging Face's (actions "
            f"more than {APART:g} apart), and so do {count_parted(results, 'disturbed')} of Hugging "
            "Face's own in which every executed action is the next float32 number."
        ),
        "",
    ]
    for model in results["models"]:
        lines += [f"### {model['environment']}", "", *table(model), "", times(model), ""]
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    lines += [f"Made by `Tests/Tools/Oracle/{results['command']}` on {results['machine']}: {versions}."]
    return "\n".join(lines) + "\n"
