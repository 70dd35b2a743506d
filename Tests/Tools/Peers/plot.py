"""The plot: p50 as a dot, a line to p99, on a logarithmic axis. SVG, for light and dark pages."""

import html
import math

from report import SHORT, TITLES, measured, microseconds, ours_by_key, ratio, times

NAME = "DecisionTransformer"
WIDTH, LEFT, RIGHT, ROW = 1000, 310, 190, 22
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .peer { fill: #57606a; stroke: #57606a; }
  .ours { fill: #d1470b; stroke: #d1470b; }
  text.ours { stroke: none; font-weight: 600; }
  line.peer, line.ours { stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .peer { fill: #b1bac4; stroke: #b1bac4; }
    .ours { fill: #ff8f4d; stroke: #ff8f4d; }
  }
"""


class Axis:
    """Microseconds to a horizontal position."""

    def __init__(self, values):
        self.low, self.high = min(values) / 1.5, max(values) * 1.2

    def __call__(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def ticks(self):
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        marks = [m * 10**e for e in range(first, last + 1) for m in (1, 2, 5)]
        return [mark for mark in marks if self.low <= mark <= self.high]


def reference_of(results):
    """What times are compared with, and its name beside a ratio; without ours the fastest of the group."""
    ours = ours_by_key(results)
    for precision in ("float32", "bfloat16"):
        if figures := ours.get((precision, "act")):
            return figures, f"act {SHORT[precision]}"
    return None


def rows_of(results, form):
    """`(label, figures, is ours, note)` of one group, ours first, then the fastest first."""
    ours = ours_by_key(results)
    rows = []
    for (precision, phase), figures in ours.items():
        if phase == "act" or (phase == "act+prepare" and form == "window"):
            rows.append((f"{NAME}, {phase} {SHORT[precision]}", figures, True, ""))
    peers = measured(results, form)
    if not peers:
        return rows
    reference, name = reference_of(results) or (peers[0], label_of(peers[0]))
    for peer in peers:
        rows.append((label_of(peer), peer, False, f"{times(ratio(peer, reference))} × {name}"))
    return rows


def label_of(peer):
    return f"{peer['name']} {SHORT[peer['precision']]}"


def svg(results):
    groups = [(title, rows_of(results, form)) for form, title in TITLES.items()]
    groups = [(title, rows) for title, rows in groups if rows]
    figures = [f for _, rows in groups for _, f, _, _ in rows]
    values = [v for f in figures for v in (f["p50"], f.get("p99")) if v]
    axis = Axis(values or [1.0, 10.0])
    body, y = [], 8
    for title, rows in groups:
        y += ROW
        body.append(f'<text class="title" x="8" y="{y}">{html.escape(title)}</text>')
        top = y + 8
        for label, f, is_ours, note in rows:
            y += ROW
            body.append(mark(axis, y, label, f, is_ours, note))
        for tick in axis.ticks():
            x = axis(tick)
            line = f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{y + 8}"/>'
            body.insert(0, line)
            text = (
                f'<text class="quiet" x="{x:.1f}" y="{y + 24}" text-anchor="middle">{tick:g}</text>'
            )
            body.append(text)
        y += 34
    note = "µs per call on one core; dot p50, line to p99"
    mine = reference_of(results)
    note += f"; × {mine[1]}: times as long as {NAME}, {mine[1]}" if mine else ""
    body.append(f'<text class="quiet" x="8" y="{y + 8}">{html.escape(note)}</text>')
    height = y + 20
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return "\n".join([head, f"<style>{STYLE}</style>", *body, "</svg>"]) + "\n"


def mark(axis, y, label, figures, is_ours, note):
    kind = "ours" if is_ours else "peer"
    text_kind = ' class="ours"' if is_ours else ""
    x, tail = axis(figures["p50"]), axis(figures.get("p99") or figures["p50"])
    words = " · ".join(filter(None, [microseconds(figures["p50"]), note]))
    return "\n".join(
        [
            f'<text{text_kind} x="{LEFT - 12}" y="{y + 4}" text-anchor="end">'
            f"{html.escape(label)}</text>",
            f'<line class="{kind}" x1="{x:.1f}" x2="{tail:.1f}" y1="{y}" y2="{y}"/>',
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="4.5"/>',
            f'<text class="quiet" x="{WIDTH - RIGHT + 10}" y="{y + 4}">{html.escape(words)}</text>',
        ]
    )
