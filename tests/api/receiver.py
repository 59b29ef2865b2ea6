"""A program that receives webhooks, well or badly: a real HTTP server beside the test."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Receiver:
    """What came, and how to answer: a status, "slow", "drip", "cut" or "redirect"; the last one again."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: list[int | str] = [204]
        self.got: list[tuple[dict[str, str], bytes]] = []

    def next_answer(self) -> int | str:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            answer = receiver.next_answer()
            if answer == "slow":
                time.sleep(3)
            elif answer == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for _ in range(40):
                    self.wfile.write(b"x-a: b\r\n")
                    self.wfile.flush()
                    time.sleep(0.1)
            elif answer == "cut":
                self.wfile.write(b"HTTP/1.1 20")
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
            elif answer == "redirect":
                self.send_response(302)
                self.send_header("Location", f"{receiver.address}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send_response(int(answer))
                self.send_header("Content-Length", "0")
                self.end_headers()

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):  # the other side has gone, or we have cut
                self.close_connection = True

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
