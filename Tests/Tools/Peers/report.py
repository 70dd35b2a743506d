"""The Markdown tables: every peer with its ratios to our phases, and what could not be measured."""

import statistics

TITLES = {
    "window": "Whole window: 60 tokens, as users run them",
    "cached": "Two tokens, with the cached keys and values handed over",
}
SHORT = {"float32": "f32", "bfloat16": "bf16", "int8": "int8"}
# Which of our phases a form is compared with.
COMPARED = {
    "window": [
        ("float32", "act"), ("bfloat16", "act"), ("int8", "act"),
        ("float32", "act+prepare"), ("int8", "act+prepare"),
    ],
    "cached": [("float32", "act"), ("bfloat16", "act"), ("int8", "act")],
}
# A batch is compared by what a step costs in all: that is what bounds the agents a second.
COMPARED_BATCH = [(precision, "act+prepare") for precision in SHORT]


def ratio(peer, ours):
    """The median over the rounds of the ratio of medians: drift of the machine cancels."""
    return statistics.median(
        theirs["p50"] / mine["p50"]
        for theirs, mine in zip(peer["rounds"], ours["rounds"], strict=True)
    )


def measured(results, form):
    peers = [p for p in results["peers"] if p["form"] == form and "p50" in p]
    return sorted(peers, key=lambda peer: peer["p50"])


def failed(results, form):
    return [p for p in results["peers"] if p["form"] == form and "p50" not in p]


def ours_by_key(results, batch=1):
    return {
        (o["precision"], o["phase"]): o
        for o in results["ours"]
        if "p50" in o and o.get("batch", 1) == batch
    }


def batches(results):
    """The sizes that were measured, in their order."""
    forms = [p["form"] for p in results["peers"] if p["form"].startswith("batch")]
    return sorted({int(form.removeprefix("batch")) for form in forms})


def phase_title(key):
    return f"`{key[1]}` {SHORT[key[0]]}"


def microseconds(value):
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def times(value):
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def difference(peer):
    """The mean and the largest over all actions that were compared."""
    mean = peer.get("mean_difference")
    return f"{peer['difference']:.0e}" if mean is None else f"{mean:.0e}, {peer['difference']:.0e}"


def notes(results, form):
    """The settings of peers that have more than one."""
    peers = measured(results, form) + failed(results, form)
    return [
        f"* {peer['name']} {SHORT[peer['precision']]}: {peer['setting']}"
        for peer in peers
        if peer.get("setting") and not results.get("int8_settings")
    ]


def label(results, peer):
    """Where settings are what is compared, the setting belongs to the name."""
    named = peer.get("setting") and results.get("int8_settings")
    return f"{peer['name']}: {peer['setting']}" if named else peer["name"]


def unmeasured(results, form, columns):
    for peer in failed(results, form):
        reason = "not measured: " + peer["reason"].replace("|", "/")
        cells = [label(results, peer), peer["precision"], reason]
        yield row(*cells, *[""] * (columns - len(cells)))


def form_table(results, form):
    ours = ours_by_key(results)
    ours = {key: ours[key] for key in COMPARED[form] if key in ours}
    peers = measured(results, form)
    columns = [f"÷ {phase_title(key)}" for key in ours] or ["÷ fastest"]
    header = ["", "precision", "p50 µs", "p99 µs", "of it the call"]
    header += ["actions differ by (mean, most)", *columns]
    lines = [row(*header), "|---|---" + "|---:" * (len(header) - 2) + "|"]
    for key, figures in ours.items():
        cells = [f"**ours, `{key[1]}`**", key[0], microseconds(figures["p50"])]
        lines.append(row(*cells, microseconds(figures.get("p99")), "", "", *[""] * len(columns)))
    for peer in peers:
        cells = [label(results, peer), peer["precision"], microseconds(peer["p50"])]
        cells += [microseconds(peer["p99"]), microseconds(peer["call"])]
        lines.append(row(*cells, difference(peer), *ratios(peer, ours, peers)))
    return [*lines, *unmeasured(results, form, len(header))]


def ratios(peer, ours, peers):
    if ours:
        return [times(ratio(peer, figures)) for figures in ours.values()]
    return [f"{ratio(peer, peers[0]):.2f}"]


def agents_a_second(size, figures):
    return f"{size * 1e6 / figures['p50']:.0f}"


def batch_table(results, size):
    """Agents a second on the core: how many of them get an action in a second, each with a window of its own."""
    form, mine = f"batch{size}", ours_by_key(results, size)
    ours = {key: mine[key] for key in COMPARED_BATCH if key in mine}
    peers = measured(results, form)
    columns = [f"÷ {phase_title(key)}" for key in ours] or ["÷ fastest"]
    header = ["", "precision", "agents a second", "p50 µs of a call"]
    header += ["actions differ by (mean, most)", *columns]
    lines = [row(*header), "|---|---" + "|---:" * (len(header) - 2) + "|"]
    for key, figures in mine.items():
        # `act` is when the actions are there; the core is free for the next step after `prepare`.
        rate = agents_a_second(size, figures) if key[1] == "act+prepare" else ""
        cells = [f"**ours, `{key[1]}`**", key[0], rate, microseconds(figures["p50"])]
        lines.append(row(*cells, "", *[""] * len(columns)))
    for peer in peers:
        cells = [label(results, peer), peer["precision"], agents_a_second(size, peer)]
        cells += [microseconds(peer["p50"]), difference(peer)]
        lines.append(row(*cells, *ratios(peer, ours, peers)))
    return [*lines, *unmeasured(results, form, len(header))]


def best(results, form, precision=None):
    peers = measured(results, form)
    return next((p for p in peers if precision in (None, p["precision"])), None)


def best_table(results):
    """Our phases against the fastest peer of each kind, the peer that matters."""
    ours = ours_by_key(results)
    comparisons = [
        ("float32", "act", "window", "float32"),
        ("bfloat16", "act", "window", None),
        ("int8", "act", "window", None),
        ("float32", "act", "cached", None),
        ("bfloat16", "act", "cached", None),
        ("int8", "act", "cached", None),
        ("float32", "act+prepare", "window", "float32"),
        ("int8", "act+prepare", "window", None),
    ]
    kinds = {"window": "whole window", "cached": "cached keys given"}
    lines = []
    for precision, phase, form, allowed in comparisons:
        mine, theirs = ours.get((precision, phase)), best(results, form, allowed)
        if mine and theirs:
            kind = f"{kinds[form]}, {allowed or 'any precision'}"
            name = f"{theirs['name']} {SHORT[theirs['precision']]}"
            medians = f"{microseconds(theirs['p50'])} / {microseconds(mine['p50'])}"
            title = phase_title((precision, phase))
            lines.append(row(title, kind, name, medians, f"**{times(ratio(theirs, mine))}x**"))
    if not lines:
        return []
    header = row("ours", "against the best peer", "which is", "µs", "ratio")
    return ["### Against the best", "", header, "|---|---|---|---:|---:|", *lines, ""]


def with_blank(lines):
    return [*lines, ""] if lines else []


def markdown(results):
    lines = [
        f"{results['model']} on one core of {results['processor']}, one thread, "
        f"{results['rounds']} interleaved rounds of {results['seconds']} s each.",
        "A time is the median over the rounds of the round's p50 (p99); a ratio is the median of "
        "the ratios within a round.",
        "",
        f"Made by `Tests/Tools/Peers/{results['command']}`.",
        "",
        *best_table(results),
    ]
    for form, title in TITLES.items():
        if measured(results, form) or failed(results, form):
            lines += [f"### {title}", "", *form_table(results, form), ""]
            lines += with_blank(notes(results, form))
    for size in batches(results):
        lines += [f"### Whole window of {size} agents in one call", "", *batch_table(results, size), ""]
        lines += with_blank(notes(results, f"batch{size}"))
    versions = sorted({peer["version"] for peer in results["peers"] if "version" in peer})
    lines += ["Versions: " + "; ".join([f"Python {results['python']}", *versions]) + "."]
    return "\n".join(lines) + "\n"
