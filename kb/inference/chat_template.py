"""From a model's own chat template to the parts of a prompt (pure, but for llama-cpp-python's Jinja environment)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from kb.inference.engine import EngineError
from kb.inference.thoughts import CHANNELS, KNOWN

SYSTEM_MARK, USER_MARK = "\ue000system\ue001", "\ue000user\ue001"
"""Stand for the two texts while the template is rendered; the texts themselves never pass through it."""

UNTHINKING = {"enable_thinking": False, "thinking": False}
"""What templates of models that can think ask for (Qwen, GLM, SmolLM; DeepSeek, Granite); others ignore it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a prompt: the template's, where special tokens count, or content, where they are mere text."""

    text: str
    special: bool


Segments = Callable[[str, str], list[Segment]]


def chat_template(metadata: Mapping[str, str], text_of: Callable[[str], str]) -> Segments:
    """Return what turns (system, user) into segments by the model's own template, thinking switched off.

    `text_of` gives the text of the token "bos" or "eos". Raises EngineError, reason "no_chat_template" when the file
    has none or it cannot be used. A model that knows no system role gets the system text at the head of the user's.
    """
    source = metadata.get("tokenizer.chat_template", "")
    if not source:
        raise EngineError("no_chat_template")
    try:
        formatter = Jinja2ChatFormatter(source, eos_token=text_of("eos"), bos_token=text_of("bos"))
    except Exception as error:
        raise EngineError("no_chat_template", str(error)) from error
    user_only = _rendered(formatter, [_message("user", USER_MARK)], (USER_MARK,))
    both = [_message("system", SYSTEM_MARK), _message("user", USER_MARK)]
    folded = [_message("user", f"{SYSTEM_MARK}\n\n{USER_MARK}")]
    marks = (SYSTEM_MARK, USER_MARK)
    with_system = _rendered(formatter, both, marks) or _rendered(formatter, folded, marks)
    if not user_only or not with_system:
        raise EngineError("no_chat_template", "the template drops the text")
    user_only, with_system = without_thought(user_only, source), without_thought(with_system, source)

    def segments(system: str, user: str) -> list[Segment]:
        return _filled(with_system if system else user_only, {SYSTEM_MARK: system, USER_MARK: user})

    return segments


def without_thought(prompt: str, template: str) -> str:
    """Return a rendered prompt with the thought that it opens, if it does, closed again, so that the answer comes.

    That a model answers after a thought of nothing is how Qwen3's template switches thinking off; models that were
    not trained for it do so as well (Ma et al. 2025, arXiv 2504.09858).
    """
    bare = prompt.rstrip()
    for marks in KNOWN:
        if bare.endswith(marks.begin):
            return f"{bare}\n\n{marks.end}\n\n"
    return bare + CHANNELS.end if "<|channel|>" in template and bare.endswith("<|start|>assistant") else prompt


def _message(role: str, content: str) -> dict[str, str]:
    """One message as chat templates expect it."""
    return {"role": role, "content": content}


def _rendered(formatter: Jinja2ChatFormatter, messages: list[dict[str, str]], marks: tuple[str, ...]) -> str:
    """Render the template; "" when it refuses or any mark does not come out exactly once."""
    try:
        text = str(formatter(messages=messages, **UNTHINKING).prompt)
    except Exception:  # noqa: BLE001 - templates refuse roles by raising whatever they like
        return ""
    return text if all(text.count(mark) == 1 for mark in marks) else ""


def _filled(template: str, content: dict[str, str]) -> list[Segment]:
    """Cut a rendered template at its marks and put the content there, as segments that are not special."""
    parts = [Segment(template, True)]
    for mark, text in content.items():
        parts = [piece for part in parts for piece in _split(part, mark, text)]
    return [part for part in parts if part.text]


def _split(part: Segment, mark: str, text: str) -> list[Segment]:
    """Cut one template segment at a mark; content is never searched for marks."""
    if not part.special or mark not in part.text:
        return [part]
    before, after = part.text.split(mark)
    return [Segment(before, True), Segment(text, False), Segment(after, True)]
