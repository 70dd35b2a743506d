"""Loads pages of `dtgen inspect --html` in a real browser and holds them to what they promise.

usage: check.py <chromium> <folder of pages> [--screenshots <folder>]

<Name>.html of each model lies beside <Name>.json of `dtgen inspect --json`.
"""

import argparse
import base64
import json
import pathlib
import re
import tempfile

from browser import Browser

WIDTHS = [1280, 390]


class Check:
    def __init__(self, browser, page):
        self.browser, self.page = browser, page
        self.report = json.loads(page.with_suffix(".json").read_text())
        self.failures = []
        self.count = 0

    def expect(self, holds, message):
        self.count += 1
        if not holds:
            self.failures.append(f"{self.page.name}: {message}")

    def run(self):
        for width in WIDTHS:
            for scheme in ["light", "dark"]:
                self.browser.events.clear()
                self.browser.open(self.page.as_uri(), width, scheme=scheme)
                self.layout(width)
                self.quiet()
                self.contrast(scheme)
        self.browser.open(self.page.as_uri(), WIDTHS[0])
        self.structure()
        self.regions()
        for section in self.browser.evaluate(
                "[...document.querySelectorAll('[data-explorer]')]"
                ".filter(s => s.querySelector('[data-row]')).map(s => s.id)"):
            self.details(section)
        self.printing()
        self.quiet()

    def quiet(self):
        """No error, no warning, no request but for the page itself."""
        for event in self.browser.events:
            method, parameters = event["method"], event["params"]
            if method in ["Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"]:
                self.expect(False, f"{method}: {json.dumps(parameters)[:300]}")
            if method == "Network.requestWillBeSent":
                address = parameters["request"]["url"]
                self.expect(address == self.page.as_uri(), f"requests {address}")

    def layout(self, width):
        """Nothing sticks out to the right, at any width, and no text is cut off in its box."""
        wide = self.browser.evaluate("document.documentElement.scrollWidth")
        self.expect(wide <= width, f"is {wide} pixels wide in a window of {width}")
        out = self.browser.evaluate("""[...document.querySelectorAll('body *')].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width > 0 && box.right > innerWidth + 0.5 && !e.closest('.scroll');
        }).map(e => e.className + ' ' + e.textContent.slice(0, 40))""")
        self.expect(not out, f"at {width}: sticks out: {out[:3]}")
        over = self.browser.evaluate("""[...document.querySelectorAll('.lane-title > *, .scale-title > *, .cards *')]
          .filter(e => e.getClientRects().length && e.scrollWidth > e.parentElement.clientWidth + 1)
          .map(e => e.textContent)""")
        self.expect(not over, f"at {width}: text is cut off: {over[:3]}")
        self.labels(width)
        self.tables(width)
        self.axis(width)

    def labels(self, width):
        """Every row and every enlarged field says what it is, whole; a hint is a line and no empty box."""
        nameless = self.browser.evaluate("""[...document.querySelectorAll(
          '.map-row, .enlarged-group, .window-row, .lane, .scale-line, .error-line, .latency-line')]
          .filter(e => e.getClientRects().length)
          .filter(e => !e.querySelector('[class$=-title]')?.innerText.trim())
          .map(e => e.className + ' ' + e.textContent.slice(0, 40))""")
        self.expect(not nameless, f"at {width}: rows have no label: {nameless[:3]}")
        cut = self.browser.evaluate("""[...document.querySelectorAll('.field b, .field span')]
          .filter(e => e.getClientRects().length).filter(e => {
            const box = e.getBoundingClientRect(), field = e.parentElement.getBoundingClientRect();
            return e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight
              || box.left < field.left - 0.5 || box.right > field.right + 0.5 || box.bottom > field.bottom + 0.5;
          }).map(e => e.parentElement.dataset.row + ': ' + e.textContent)""")
        self.expect(not cut, f"at {width}: labels are cut off: {cut[:3]}")
        titles = self.browser.evaluate("""[...document.querySelectorAll('[class$=-title]')]
          .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)""")
        self.expect(not titles, f"at {width}: titles are cut off: {titles[:3]}")
        unnamed = self.browser.evaluate("""[...document.querySelectorAll('.field')].filter(e => {
            const large = e.clientWidth > 40 && e.clientHeight > 78 || e.closest('.enlarged');
            return large && !e.querySelector('b').getClientRects().length;
          }).map(e => e.dataset.row)""")
        self.expect(not unnamed, f"at {width}: fields have no name: {unnamed[:3]}")
        empty = self.browser.evaluate("""[...document.querySelectorAll('[data-panel]')].filter(e =>
          e.clientHeight > e.firstElementChild.clientHeight + 8).map(e => e.textContent)""")
        self.expect(not empty, f"at {width}: hints in boxes that are empty: {empty[:3]}")

    def tables(self, width):
        """A table of few columns fits; another one scrolls in a box of its own, whose edge says so."""
        clipped = self.browser.evaluate("""(() => {
          const folded = [...document.querySelectorAll('details:not([open])')];
          folded.forEach(e => { e.open = true; });
          const wrong = [...document.querySelectorAll('table')].filter(table => {
            const box = table.closest('.scroll'), style = box && getComputedStyle(box);
            const columns = table.tHead.rows[0].cells.length;
            if (!box || table.getBoundingClientRect().width <= box.clientWidth + 0.5) return !box;
            box.scrollLeft = 1e6;
            const end = table.getBoundingClientRect().right <= box.getBoundingClientRect().right + 1;
            box.scrollLeft = 0;
            return !table.closest('details') && (columns <= 5 || box.closest('#latency'))
              || !end || style.overflowX !== 'auto' || style.backgroundImage === 'none';
          }).map(table => table.caption.textContent);
          folded.forEach(e => { e.open = false; });
          return wrong;
        })()""")
        self.expect(not clipped, f"at {width}: tables are clipped: {clipped[:3]}")

    def axis(self, width):
        """Times at the axis of the latencies have a unit, and none covers another."""
        ticks = self.browser.evaluate("""[...document.querySelectorAll('.latency-line.axis .tick')].map(e => {
          const box = e.getBoundingClientRect();
          return [e.textContent, box.left, box.right];
        })""")
        if not ticks:
            return
        self.expect(len(ticks) >= 3, f"at {width}: the axis of latencies has {len(ticks)} marks")
        units = [text for text, _, _ in ticks if not re.fullmatch(r"[0-9.]+ (µs|ms|s)", text)]
        self.expect(not units, f"at {width}: marks without a unit: {units[:3]}")
        near = [a[0] for a, b in zip(ticks, ticks[1:]) if b[1] < a[2] + 4]
        self.expect(not near, f"at {width}: marks that touch: {near[:3]}")

    def contrast(self, scheme):
        """Text on its ground: at least 4.5 to 1, as WCAG asks of small text."""
        low = self.browser.evaluate("""(() => {
          const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
          const numbers = colour => {
            canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            return canvas.getImageData(0, 0, 1, 1).data;
          };
          const light = colour => [...numbers(colour)].slice(0, 3).map(v => {
            v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
          }).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = e => {
            for (; e; e = e.parentElement) {
              const colour = getComputedStyle(e).backgroundColor;
              if (numbers(colour)[3] > 0) return colour;
            }
            return 'white';
          };
          return [...document.querySelectorAll('h1,h2,h3,p,dt,dd b,dd span,th,td,li,code,.field b,.field span,figcaption,summary,.tick,.badge')]
            .filter(e => e.getClientRects().length && e.textContent.trim()).filter(e => {
              const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
            }).map(e => e.className + ' ' + e.textContent.slice(0, 30));
        })()""")
        self.expect(not low, f"{scheme}: contrast is too low: {low[:3]}")

    def structure(self):
        """Headings in order, names for everything that can be focused, ids that are there once."""
        levels = self.browser.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])")
        self.expect(levels[:1] == [1] and levels.count(1) == 1, f"headings are {levels}")
        self.expect(all(b <= a + 1 for a, b in zip(levels, levels[1:])), f"headings skip: {levels}")
        for selector, meaning in [
            ("button:not([aria-label])", "a button has no name"),
            ("svg:not([aria-hidden]):not([aria-label])", "a drawing has no name"),
            ("table:not(:has(caption))", "a table has no caption"),
            ("[src],link,iframe,object,embed,form,style ~ style", "something could be loaded"),
        ]:
            self.expect(self.browser.evaluate(f"document.querySelectorAll('{selector}').length") == 0,
                        meaning)
        self.expect(self.browser.evaluate(
            "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"
            " === document.querySelectorAll('[id]').length"), "an id is there twice")
        self.expect(self.browser.evaluate("document.documentElement.lang") == "en", "no language")
        tree = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        nameless = [node for node in tree if not node.get("ignored")
                    and node["role"]["value"] in ["button", "image", "link", "toolbar", "region"]
                    and not node.get("name", {}).get("value")]
        self.expect(not nameless, f"{len(nameless)} nodes of the accessibility tree have no name")

    def regions(self):
        """Every packed tensor has a field that shows its row, in proportion to its bytes."""
        layout = self.report["plan"]["packed_weights"]
        fields = {row["id"]: row for row in self.browser.evaluate("""
          [...document.querySelectorAll('#layout .field')].map(e => {
            const box = e.getBoundingClientRect();
            return {id: e.dataset.row, area: box.width * box.height, enlarged: !!e.closest('.enlarged')};
          })""")}
        self.expect(len(fields) == len(layout["regions"]), "fields and tensors differ in number")
        scales = []
        for region in layout["regions"]:
            field = fields.get(f"tensor-{region['name']}")
            if field is None:
                self.expect(False, f"{region['name']} has no field")
            elif not field["enlarged"]:
                scales.append(field["area"] / region["bytes"])
        self.expect(max(scales) < 1.02 * min(scales), "areas are not in proportion to bytes")
        cells = self.browser.evaluate("""Object.fromEntries([...document.querySelectorAll('#layout tbody tr')]
          .map(r => [r.cells[0].textContent, [...r.cells].map(c => c.textContent)]))""")
        for region in layout["regions"]:
            row = cells[region["name"]]
            self.expect(int(row[2].replace(" ", "")) == region["offset"], f"{region['name']}: offset")
            self.expect(int(row[3].replace(" ", "")) == region["bytes"], f"{region['name']}: bytes")
        self.expect(self.browser.evaluate(
            "[...document.querySelectorAll('[data-row]')].every(e => document.getElementById(e.dataset.row))"),
            "a mark has no row")

    def details(self, section):
        """The panel shows a mark's row: on hovering, on a click, which pins it, and by keyboard."""
        root = f"document.getElementById('{section}')"
        shown = f"{root}.querySelector('[data-panel]').textContent.trim()"
        hint = self.browser.evaluate(shown)

        def expected(index):
            return self.browser.evaluate(
                f"(() => {{ const marks = {root}.querySelectorAll('[data-row]');"
                f" return document.getElementById(marks[(marks.length + {index}) % marks.length].dataset.row)"
                f".cells[0].textContent; }})()")

        def centre(index):
            return self.browser.evaluate(
                f"(() => {{ const mark = {root}.querySelectorAll('[data-row]')[{index}];"
                f" mark.scrollIntoView({{block: 'center'}}); const box = mark.getBoundingClientRect();"
                f" return [box.x + box.width / 2, box.y + box.height / 2]; }})()")

        self.browser.move(*centre(0))
        self.expect(expected(0) in self.browser.evaluate(shown), f"{section}: hovering shows nothing")
        self.browser.click(*centre(1))
        self.expect(expected(1) in self.browser.evaluate(shown), f"{section}: a click shows nothing")
        self.expect(self.browser.evaluate(
            f"{root}.querySelectorAll('[aria-pressed=true]').length") == 1, f"{section}: no pin")
        self.browser.move(*centre(0))
        self.expect(expected(1) in self.browser.evaluate(shown), f"{section}: hovering moves a pin")
        self.browser.press("Escape")
        self.expect(self.browser.evaluate(shown) == hint, f"{section}: Escape does not let go")
        # By keyboard alone: focus comes with Tab, arrows and End walk, Enter pins.
        self.browser.evaluate(f"{root}.querySelector('[role=toolbar] [data-row]').focus()")
        self.browser.press("ArrowRight")
        self.expect(expected(1) in self.browser.evaluate(shown), f"{section}: ArrowRight")
        self.browser.press("ArrowLeft")
        self.expect(expected(0) in self.browser.evaluate(shown), f"{section}: ArrowLeft")
        self.browser.press("End")
        self.expect(expected(-1) in self.browser.evaluate(shown), f"{section}: End")
        self.browser.press("Enter")
        self.expect(self.browser.evaluate(
            "document.activeElement.getAttribute('aria-pressed')") == "true", f"{section}: Enter")
        self.browser.press("Escape")
        stops = self.browser.evaluate(
            f"[...{root}.querySelectorAll('[role=toolbar]')].every(bar =>"
            f" bar.querySelectorAll('[data-row][tabindex=\"0\"]').length === 1)")
        self.expect(stops, f"{section}: a row of marks is not one stop of the Tab key")

    def printing(self):
        """On paper every table is unfolded."""
        self.browser.call("Page.printToPDF")
        self.browser.evaluate("dispatchEvent(new Event('beforeprint'))")
        self.expect(self.browser.evaluate("document.querySelectorAll('details:not([open])').length") == 0,
                    "a table stays folded in print")
        self.browser.evaluate("dispatchEvent(new Event('afterprint'))")
        self.expect(self.browser.evaluate("document.querySelectorAll('details[open]').length") == 0,
                    "printing leaves tables unfolded")

    def screenshots(self, folder):
        for width in WIDTHS:
            for scheme in ["light", "dark"]:
                self.browser.open(self.page.as_uri(), width, scheme=scheme)
                data = base64.b64decode(self.browser.screenshot())
                (folder / f"{self.page.stem}-{width}-{scheme}.png").write_bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chromium")
    parser.add_argument("pages", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    pages = sorted(arguments.pages.resolve().glob("*.html"))
    failures = [] if pages else ["no pages"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with Browser(arguments.chromium, profile) as browser:
            for page in pages:
                check = Check(browser, page)
                check.run()
                print(f"{page.name}: {check.count} checks, {len(check.failures)} failed")
                failures += check.failures
                if arguments.screenshots:
                    arguments.screenshots.mkdir(parents=True, exist_ok=True)
                    check.screenshots(arguments.screenshots)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
