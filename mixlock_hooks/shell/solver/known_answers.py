"""Answers to HTTP requests that are known beforehand, given without a connection to who serves them as well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mixlock_hooks.shell.index.loopback import Answer


def render(answers: Mapping[str, Answer]) -> str:
    """Render answers by their URLs; their bodies are UTF-8."""
    return json.dumps(
        {url: {"headers": dict(each.headers), "body": each.body.decode("utf-8")} for url, each in answers.items()}
    )


class KnownAnswers(HTTPAdapter):
    """Answers what it knows, and sends what it does not know."""

    def __init__(self, file: Path) -> None:
        """Read what ``render`` made."""
        super().__init__()
        self._known: Mapping[str, Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        """Answer a request, as ``requests`` asks an adapter to."""
        known = self._known.get(request.url or "")
        return _response(request, known) if known else super().send(request, *args, **more)


def _response(request: PreparedRequest, known: Mapping[str, Any]) -> Response:
    response = Response()
    response.status_code, response.reason = 200, "OK"
    response.url, response.request = str(request.url), request
    response.headers.update(known["headers"])
    response.encoding = "utf-8"
    response._content = known["body"].encode()  # noqa: SLF001 - `requests` has no other way to give one at hand
    return response
