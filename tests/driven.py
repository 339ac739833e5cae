"""A real browser, driven over a pipe by the DevTools protocol; pages run no script while it is."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-pipe"
).split()


class Browser:
    """One page of a browser; every address it asks for is kept in `asked`."""

    def __init__(self, commands: int, answers: int):
        self._out, self._in, self._number, self._page = commands, os.fdopen(answers, "rb"), 0, ""
        self.asked: list[str] = []
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._page = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for name in ("Page.enable", "Network.enable"):
            self._send(name)
        self._send("Emulation.setScriptExecutionDisabled", value=True)

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        told = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps(told | ({"sessionId": self._page} if self._page else {})).encode() + b"\0")
        return self._until(lambda one: one.get("id") == self._number)["result"]

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            found = json.loads(self._message())
            if found.get("method") == "Network.requestWillBeSent":
                self.asked.append(found["params"]["request"]["url"])
            assert "error" not in found, found
            if wanted(found):
                return found

    def _message(self) -> bytes:
        letters = bytearray()
        while (letter := self._in.read(1)) != b"\0":
            assert letter, "the browser is gone"
            letters += letter
        return bytes(letters)

    def open(self, address: str) -> None:
        """Open an address and wait until it is there."""
        self._send("Page.navigate", url=address)
        self._loaded()

    def _loaded(self) -> None:
        self._until(lambda one: one.get("method") == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """Return what an expression says of the page."""
        return self._send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def type(self, field: str, text: str) -> None:
        """Type into a field."""
        self.ask(f"document.querySelector({json.dumps(field)}).focus()")
        self._send("Input.insertText", text=text)

    def press(self, button: str) -> None:
        """Press a button and wait for the page that comes."""
        self.ask(f"document.querySelector({json.dumps(button)}).click()")
        self._loaded()

    def save(self, button: str) -> None:
        """Press a button whose answer is a file, and wait until that begins to come."""
        self._send("Page.setDownloadBehavior", behavior="deny")
        self._asked(button)
        self._until(lambda one: one.get("method") == "Page.downloadWillBegin")

    def _asked(self, button: str) -> None:
        self.ask(f"document.querySelector({json.dumps(button)}).click()")

    def choose(self, field: str, value: str) -> None:
        """Choose one of the choices of a field."""
        self.ask(f"document.querySelector({json.dumps(field)}).value = {json.dumps(value)}")

    def attach(self, field: str, path: Path) -> None:
        """Put a file into a field."""
        root = self._send("DOM.getDocument")["root"]["nodeId"]
        node = self._send("DOM.querySelector", nodeId=root, selector=field)["nodeId"]
        self._send("DOM.setFileInputFiles", nodeId=node, files=[str(path)])


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Give a browser with a profile of its own."""
    (to_it, commands), (answers, from_it) = os.pipe(), os.pipe()
    os.set_inheritable(to_it, True)
    os.set_inheritable(from_it, True)

    def numbered() -> None:
        read, write = os.dup(to_it), os.dup(from_it)
        os.dup2(read, 3)
        os.dup2(write, 4)

    command = [CHROMIUM or "", *QUIET, f"--user-data-dir={folder}"]
    process = subprocess.Popen(command, close_fds=False, preexec_fn=numbered, stderr=subprocess.DEVNULL)
    os.close(to_it)
    os.close(from_it)
    driven = None
    try:
        driven = Browser(commands, answers)
        yield driven
    finally:
        process.kill()
        process.wait()
        os.close(commands)
        if driven:
            driven._in.close()
