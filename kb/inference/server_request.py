"""What a chat server is asked, as JSON (pure)."""

from __future__ import annotations

import json
import re

from kb.inference.protocol import ChatPrompt, Sampling

_MARK = re.compile(r"<(?=[^<>\s]{1,64}>)|\[(?=/?(?:INST|SYSTEM_PROMPT|THINK|AVAILABLE_TOOLS|TOOL_[A-Z]+)\])")


def chat_request(model: str, prompt: ChatPrompt, sampling: Sampling) -> bytes:
    """Return the body of a request for a streamed answer."""
    return json.dumps(asked_of(model, prompt, sampling)).encode()


def asked_of(model: str, prompt: ChatPrompt, sampling: Sampling) -> dict[str, object]:
    """Return what is asked for a streamed answer.

    A negative temperature is the model's own, which the server knows; it is not sent.
    """
    asked: dict[str, object] = {
        "model": model,
        "messages": [
            {"role": role, "content": unframed(text)}
            for role, text in (("system", prompt.system), ("user", prompt.user))
            if text
        ],
        "stream": True,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
    }
    if sampling.temperature >= 0:
        asked["temperature"] = sampling.temperature
    if stops := [stop for stop in sampling.stop if stop]:
        asked["stop"] = stops
    return asked


def unframed(text: str) -> str:
    """Return a text that cannot end its turn: a space splits whatever may be a model's special token.

    A server reads such tokens in the text of messages too. Those of chat templates are of the shapes `<…>`, as
    `<|im_end|>` and `</s>`, and `[INST]`.
    """
    return _MARK.sub(lambda mark: f"{mark[0]} ", text)
