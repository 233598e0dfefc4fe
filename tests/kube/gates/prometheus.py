"""A real Prometheus, and something small for it to scrape, of which a test says the numbers."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from tests.kube.components import binary
from tests.kube.ports import Ports
from tests.kube.processes import Process

READY_SECONDS = 60.0
SEEN_SECONDS = 30.0
ALERT = "HighErrors"
BAD_DATA = 400


class Numbers:
    """Serves metrics by name and cluster; ``up`` of it is another."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], float] = {}
        numbers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(numbers.text().encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def text(self) -> str:
        lines = [f'{name}{{cluster="{where}"}} {value}' for (name, where), value in sorted(self.values.items())]
        return "\n".join(lines) + "\n"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Prometheus:
    """Scrapes and evaluates every second; the alert fires for a cluster whose ``errors`` are above 0.5."""

    def __init__(self, folder: Path) -> None:
        self.numbers = Numbers()
        self._ports = Ports()
        port = self._ports.take()
        self.url = f"http://127.0.0.1:{port}"
        self._process = self._prepare(folder, port)

    def _prepare(self, folder: Path, port: int) -> Process:
        rule = {"alert": ALERT, "expr": "errors > 0.5", "labels": {"severity": "page"}}
        (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": [rule]}]}))
        scrape = {"job_name": "numbers", "static_configs": [{"targets": [f"127.0.0.1:{self.numbers.port}"]}]}
        every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config = {"global": every, "rule_files": ["rules.yml"], "scrape_configs": [scrape]}
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        command = [str(binary("prometheus")), f"--config.file={folder / 'prometheus.yml'}"]
        command += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}"]
        return Process("prometheus", command, folder / "prometheus.log", {})

    def __enter__(self) -> Prometheus:
        with ExitStack() as stack:
            stack.callback(self.__exit__)
            self._process.start()
            self._process.wait_until(lambda: self._answers("/-/ready"), READY_SECONDS)
            stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self.numbers.stop()
        self._ports.release()

    def say(self, name: str, **clusters: float) -> None:
        """What it scrapes from now on."""
        self.numbers.values.update({(name, cluster): value for cluster, value in clusters.items()})

    def wait(self, true: Callable[[], bool]) -> None:
        """Until it has seen what it was told."""
        deadline = time.monotonic() + SEEN_SECONDS
        while not true():
            assert time.monotonic() < deadline, "Prometheus has not seen it"
            time.sleep(0.2)

    def _answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def parses(self, query: str) -> bool:
        """Whether its own parser takes the query."""
        data = urllib.parse.urlencode({"query": query}).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/format_query", data=data, timeout=5):
                return True
        except urllib.error.HTTPError as error:
            if error.code != BAD_DATA:
                raise
            return False
