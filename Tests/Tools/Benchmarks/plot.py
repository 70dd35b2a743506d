"""The plot of a sweep: measured time against what the core's ceilings allow. SVG, for light and dark pages."""

import math

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP = 860, 420, 60, 50, 50, 70
SIDE = (WIDTH - LEFT - GAP - 20) / 2
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-size: 15px; }
  .grid { stroke: #d1d9e0; }
  .bound { stroke: #59636e; stroke-dasharray: 4 3; }
  .dot { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .grid { stroke: #3d444d; }
    .bound { stroke: #9198a1; }
    .dot { fill: #58a6ff; }
  }
"""


class Panel:
    """One scatter plot with the same logarithmic scale, powers of ten, on both axes."""

    def __init__(self, title, left, points):
        self.title, self.left, self.points = title, left, points
        values = [value for _, *pair in points for value in pair]
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values))))

    def x(self, value):
        return self.left + SIDE * (math.log10(value) - self.low) / (self.high - self.low)

    def y(self, value):
        height = HEIGHT - TOP - BOTTOM
        return HEIGHT - BOTTOM - height * (math.log10(value) - self.low) / (self.high - self.low)

    def svg(self):
        right = self.left + SIDE
        yield f'<text class="title" x="{self.left}" y="24">{self.title}</text>'
        for power in range(self.low, self.high + 1):
            value = 10**power
            x, y = self.x(value), self.y(value)
            yield f'<path class="grid" d="M{self.left} {y:.1f}H{right} M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            yield f'<text x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
            yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>'
        low, high = 10**self.low, 10**self.high
        yield (
            f'<line class="bound" x1="{self.x(low):.1f}" y1="{self.y(low):.1f}" '
            f'x2="{self.x(high):.1f}" y2="{self.y(high):.1f}"/>'
        )
        for name, bound, measured in self.points:
            yield (
                f'<circle class="dot" cx="{self.x(bound):.1f}" cy="{self.y(measured):.1f}" r="4">'
                f"<title>{name}: {measured:.1f} of at least {bound:.1f} microseconds</title></circle>"
            )
        middle = self.left + SIDE / 2
        yield (
            f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">'
            "least time by the measured ceilings, microseconds</text>"
        )


def svg(measurements):
    act = [(m.name, m.act_bound, m.act) for m in measurements]
    # With one layer there is next to nothing to prepare.
    prepare = [(m.name, m.prepare_bound, m.prepare) for m in measurements if m.prepare_bound > 1]
    panels = [
        Panel("act: median, microseconds", LEFT, act),
        Panel("prepare: median, microseconds", LEFT + SIDE + GAP, prepare),
    ]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">']
    parts.append(f"<style>{STYLE}</style>")
    for panel in panels:
        parts += panel.svg()
    return "\n".join(parts + ["</svg>", ""])
