"""A service that speaks OpenAI's embeddings API, on a loopback port; can be told to fail as services do."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

DIMENSIONS = 8


@dataclass
class Service:
    """What a test sees of the service, and what it tells it; each fault is for one call, in order."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)
    counts_tokens: bool = True
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call["input"]]


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return some vector (not of length 1) that only this text has."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    return [3 * float(number) for number in np.random.default_rng(seed).normal(size=dimensions)]


def refusal(status: int, said: str = "no", **headers: str) -> Response:
    answer = jsonify({"error": {"message": said, "type": "error", "code": None}})
    answer.status_code = status
    answer.headers.update(headers)
    return answer


def answer(texts: list[str], model: str, *, encoded: bool, counted: bool, vectors: Any = None) -> Response:
    found = vectors if vectors is not None else [vector(text) for text in texts]
    said = [
        base64.b64encode(np.asarray(one, np.float32).tobytes()).decode() if encoded else one for one in found
    ]
    rows = [{"object": "embedding", "index": n, "embedding": one} for n, one in enumerate(said)]
    body: dict[str, Any] = {"object": "list", "model": model, "data": rows[::-1]}
    if counted:
        tokens = sum(map(len, texts))
        body["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
    return jsonify(body)


@contextmanager
def serving() -> Iterator[Service]:
    """Give a running service."""
    service, app = Service(), Flask(__name__)

    @app.post("/v1/embeddings")
    def embeddings() -> Any:
        asked = request.get_json()
        service.calls.append(asked)
        service.keys.append(request.headers["Authorization"])
        fault = service.faults.pop(0) if service.faults else None
        if callable(fault):
            fault = fault(asked["input"])
        if isinstance(fault, Response):
            return fault
        encoded = asked.get("encoding_format") == "base64"
        return answer(
            asked["input"], asked["model"], encoded=encoded, counted=service.counts_tokens, vectors=fault
        )

    server = make_server("127.0.0.1", 0, app, threaded=True)
    service.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield service
    service.let_go.set()
    server.shutdown()
    thread.join()
    server.server_close()
