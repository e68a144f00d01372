"""A stand-in for Rasa's REST channel, the action server's health check and anything else that serves HTTP.

`python tests/fake_rasa.py PORT [SECONDS] [CODE]` serves, and with SECONDS dies by itself with that exit code.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Repeats what it was told, with two buttons."""

    def do_GET(self) -> None:
        self._answer({"status": "ok"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = f"You said: {body['message']}"
        buttons = [{"title": "Wages", "payload": "Wages"}, {"title": "Something else", "payload": "Something else"}]
        self._answer([{"recipient_id": body["sender"], "text": text, "buttons": buttons}])

    def _answer(self, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet: the tests read what is printed."""


class Server(ThreadingHTTPServer):
    """Without the look-up of our own name, which takes long where names are not served."""

    allow_reuse_address = True
    server_bind = TCPServer.server_bind


def main(port: int, seconds: float = 0, code: int = 0) -> None:
    if seconds:
        threading.Timer(seconds, _die, (code,)).start()
    with Server(("127.0.0.1", port), Handler) as server:
        print(f"serving on {port}", flush=True)
        server.serve_forever()


def _die(code: int) -> None:
    print("about to die", flush=True)
    os._exit(code)


if __name__ == "__main__":
    port, seconds, code = [*sys.argv[1:], "0", "0"][:3]
    main(int(port), float(seconds), int(code))
