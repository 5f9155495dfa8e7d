"""What a browser sees going wrong while a journey looks elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# Pages may answer 4xx on purpose (a form with errors); a style sheet or a picture may not.
MAY_BE_REFUSED = {"document", "fetch", "xhr"}
REPORT_CSP = """
document.addEventListener('securitypolicyviolation', event =>
  console.error('CSP: ' + event.violatedDirective + ' blocked ' + event.blockedURI));
"""


class Witness:
    """Watches every page of a context and remembers what no journey may cause."""

    def __init__(self, home: str) -> None:
        self._home = urlsplit(home).netloc
        self.problems: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_CSP)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if message.text.startswith("Failed to load resource"):
            return  # judged by its status, below
        self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._home:
            self.problems.append(f"a request to a foreign host: {request.url}")

    def _on_response(self, response: Response) -> None:
        status, kind = response.status, response.request.resource_type
        if status >= 500 or (status >= 400 and kind not in MAY_BE_REFUSED):
            self.problems.append(f"status {status}: {response.url}")
