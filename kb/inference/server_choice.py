"""How likely a chat server's model answers yes rather than no, from the probabilities of its first token (pure).

Asked and read are `logprobs` and `top_logprobs` of
https://platform.openai.com/docs/api-reference/chat/create, which llama-server, vLLM and Ollama have too.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kb.inference.protocol import ChatPrompt, Choice, Sampling
from kb.inference.server_events import EventError, json_of
from kb.inference.server_request import asked_of

MOST = 20
"""Tokens whose probabilities are asked for: the most that OpenAI and vLLM give."""

_AROUND = " \t\n.,;:!?¡¿\"'«»“”*_`▁Ġ"


@dataclass(frozen=True, slots=True)
class Likely:
    """A token that the model may begin its answer with, and the natural logarithm of its probability."""

    text: str
    log_probability: float


def choice_request(model: str, prompt: ChatPrompt) -> bytes:
    """Return the body of a request for the first token of an answer, with what else it may be."""
    asked = asked_of(model, prompt, Sampling(max_tokens=1))
    return json.dumps(asked | {"stream": False, "logprobs": True, "top_logprobs": MOST}).encode()


def first_tokens(body: bytes) -> tuple[Likely, ...]:
    """Return what an answer may begin with, none where the server does not tell. Raises EventError."""
    told = json_of(body)
    choices = told.get("choices") if isinstance(told, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise EventError("server_garbage")
    found: object = choices[0]
    for step in ("logprobs", "content", 0, "top_logprobs"):
        found = _within(found, step)
    return tuple(_tokens(found)) if isinstance(found, list) else ()


def share(tokens: tuple[Likely, ...], choice: Choice) -> Iterator[float]:
    """Yield P(yes) / (P(yes) + P(no)) over the tokens that begin them; nothing where neither is among the tokens.

    One that is missing is taken to be as likely as the least likely that is told: it is that at most.
    """
    yes, no = (sum(_probability(each) for each in tokens if _begins(each.text, answer)) for answer in _both(choice))
    if yes or no:
        least = min(map(_probability, tokens))
        yield (yes or least) / ((yes or least) + (no or least))


def _both(choice: Choice) -> tuple[str, str]:
    return choice.yes, choice.no


def _probability(token: Likely) -> float:
    return math.exp(min(0.0, token.log_probability))


def _begins(token: str, answer: str) -> bool:
    """Say whether a token is an answer or the beginning of one, however it is written."""
    said = _plain(token)
    return bool(said) and _plain(answer).startswith(said)


def _plain(text: str) -> str:
    """Return a word without case, accents and what stands around it: models write "Sí", " si" and "**Sí"."""
    letters = unicodedata.normalize("NFD", text.strip(_AROUND).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _within(found: object, step: str | int) -> object:
    """Return what is at a key of an object or at a place of a list, None where there is no such thing."""
    if isinstance(step, str):
        return found.get(step) if isinstance(found, dict) else None
    return found[step] if isinstance(found, list) and len(found) > step else None


def _tokens(listed: list[object]) -> Iterator[Likely]:
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("token"), str):
            number = one.get("logprob")
            if isinstance(number, int | float) and not isinstance(number, bool) and not math.isnan(number):
                yield Likely(_text(one), float(number))


def _text(token: dict[str, object]) -> str:
    """Return a token's text: of one that ends within a character, the characters before it."""
    raw = token.get("bytes")
    if isinstance(raw, list) and raw and all(isinstance(byte, int) and 0 <= byte < 256 for byte in raw):
        return bytes(raw).decode("utf-8", "ignore")
    return str(token["token"])
