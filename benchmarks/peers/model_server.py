"""The product's own model files behind the HTTP interface that other systems speak (OpenAI's), on this machine only.

    python -m benchmarks.peers.model_server [--model NAME] [--embedder NAME] [--context TOKENS]

Prints its port. `/v1/chat/completions` answers with llama_cpp and the model's own chat template, with tools;
`/v1/embeddings` with the product's embedder; `GET /calls` tells what the requests so far cost and forgets them.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import platformdirs

from kb.inference import Role, open_encoder
from kb.inference.catalog import model_path

Json = dict[str, Any]

_TAGGED = re.compile(r"<(?:tool_call|tools)>\s*(\{.*?\})\s*</(?:tool_call|tools)>", re.DOTALL)
_FENCED = re.compile(r"```(?:json)?\s*(\{.*?\})\s*```", re.DOTALL)
_BARE = re.compile(r"^\s*(\{.*\})\s*$", re.DOTALL)


class Models:
    """The language model and the embedder, one request at a time."""

    def __init__(self, model: str, embedder: str, cache: Path, context: int) -> None:
        import llama_cpp

        self.name = model
        path = str(model_path(model, cache))
        self._llama = llama_cpp.Llama(path, n_ctx=context, verbose=False)
        self._encoder = open_encoder(embedder, cache)
        self.calls: list[Json] = []

    def chat(self, asked: Json) -> Json:
        """Answer one request for a chat completion."""
        started = time.perf_counter()
        kept = {key: asked[key] for key in ("tools", "temperature", "max_tokens", "seed", "stop") if asked.get(key)}
        reply: Json = self._llama.create_chat_completion(
            messages=[plain_message(one) for one in asked["messages"]], **{"temperature": 0.0, **kept}
        )
        (choice,) = reply["choices"]
        text = choice["message"].get("content") or ""
        usage, took = reply["usage"], (time.perf_counter() - started) * 1000
        self.calls.append({"reply": text, **{key: usage[key] for key in USAGE}, "total_ms": took})
        if asked.get("tools") and (found := tool_calls(text)):
            choice["message"] = {"role": "assistant", "content": None, "tool_calls": found}
            choice["finish_reason"] = "tool_calls"
        return reply

    def embed(self, asked: Json) -> Json:
        """Answer one request for embeddings."""
        texts = [asked["input"]] if isinstance(asked["input"], str) else list(asked["input"])
        vectors = self._encoder.encode(texts, Role.PASSAGE)
        data = [
            {"object": "embedding", "index": n, "embedding": list(map(float, one))} for n, one in enumerate(vectors)
        ]
        return {
            "object": "list",
            "data": data,
            "model": asked.get("model", ""),
            "usage": {"prompt_tokens": 0, "total_tokens": 0},
        }


USAGE = ("prompt_tokens", "completion_tokens")


def plain_message(message: Json) -> Json:
    """Return a message as chat templates want it: text as text, the arguments of tools as objects."""
    content = message.get("content") or ""
    if not isinstance(content, str):
        content = "\n".join(part.get("text", "") for part in content)
    plain = {**message, "content": content}
    if message.get("tool_calls"):
        plain["tool_calls"] = [_with_object(one) for one in message["tool_calls"]]
    return plain


def _with_object(call: Json) -> Json:
    function = call["function"]
    return {**call, "function": {**function, "arguments": json.loads(function["arguments"] or "{}")}}


def tool_calls(text: str) -> Sequence[Json]:
    """Return the tools that a model's text calls.

    They are tagged as templates say; small models also write the tag of the tools' list, a block of code or nothing
    but the object, and are understood.
    """
    written = _TAGGED.findall(text) or _FENCED.findall(text) or _BARE.findall(text)
    found = []
    for n, one in enumerate(written):
        try:
            call = json.loads(one)
        except ValueError:
            continue
        if isinstance(call, dict) and isinstance(call.get("name"), str) and isinstance(call.get("arguments"), dict):
            function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
            found.append({"id": f"call_{time.time_ns()}_{n}", "type": "function", "function": function})
    return found


def answered(models: Models, path: str, asked: Json) -> tuple[int, Json]:
    """Return the status and the answer of a request; what the models cannot do is told with its reason."""
    try:
        return 200, (models.embed if path.endswith("/embeddings") else models.chat)(asked)
    except (ValueError, RuntimeError, KeyError) as error:  # llama_cpp's own are ValueError and RuntimeError
        return 400, {"error": {"message": str(error), "type": type(error).__name__}}


def server(models: Models) -> ThreadingHTTPServer:
    """Return a server on a free port of this machine alone.

    A thread a connection, since clients keep theirs open; the models do one thing at a time all the same.
    """
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            taken, models.calls = models.calls, []
            self._answer(200, {"calls": taken})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with one_at_a_time:
                answer = answered(models, self.path, asked)
            self._answer(*answer)

        def _answer(self, status: int, said: Json) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--embedder", default="all-minilm-l6-v2")
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--cache", type=Path, default=Path(platformdirs.user_cache_dir("repaso", appauthor=False)))
    given = parser.parse_args()
    serving = server(Models(given.model, given.embedder, given.cache, given.context))
    print(serving.server_address[1], flush=True)
    serving.serve_forever()


if __name__ == "__main__":
    main()
