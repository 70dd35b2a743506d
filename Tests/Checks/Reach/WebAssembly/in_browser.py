"""The checks in a headless Chromium.

usage: in_browser.py <chromium> <folder with index.html, checks.mjs and what they read>
"""

import functools
import http.server
import pathlib
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Pages"))
from browser import Browser  # noqa: E402

CHECK = """import("/checks.mjs").then((checks) => checks.check(
  (name) => fetch("/" + name).then((response) => response.arrayBuffer())))"""


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {
        ".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm",
        "": "application/octet-stream"}

    def log_message(self, *_):
        pass


def main():
    executable, site = sys.argv[1:]
    handler = functools.partial(Handler, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile, Browser(executable, profile) as browser:
        browser.open(f"http://127.0.0.1:{server.server_port}/", 800)
        print(browser.evaluate(CHECK))


main()
