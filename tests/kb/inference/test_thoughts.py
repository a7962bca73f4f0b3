"""Thoughts are told apart from answers, however a model's text is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.inference import ChatPrompt, Sampling
from kb.inference.chat_template import Segment, chat_template
from kb.inference.scripted import open_scripted_generator
from kb.inference.stream import TextStream
from kb.inference.thoughts import CHANNELS, KNOWN, Marks, Thoughts

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SWITCH = CHATML + "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
OPENS = CHATML + "<think>\n"
HARMONY = (
    "{% for each in messages %}<|start|>{{ each['role'] }}<|message|>{{ each['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant{% endif %}{# <|channel|> #}"
)
ANSWERS = {
    "La atención pondera palabras.": "La atención pondera palabras.",
    "<think>\nVeamos… ¿un río?\n</think>\n\nUn río.": "Un río.",
    "  \n<think></think>Un río.": "Un río.",
    "<think>uno</think>\n<think>dos</think>\nUn río.": "Un río.",
    "</think>\n\nUn río.": "Un río.",
    "[THINK]no[/THINK]Sí.": "Sí.",
    "<|START_THINKING|>no<|END_THINKING|>Sí.": "Sí.",
    "<|channel|>analysis<|message|>We need…<|end|><|start|>assistant<|channel|>final<|message|>Sí.": "Sí.",
    "El modelo escribe <think> y </think>.": "El modelo escribe <think> y </think>.",
    "<thinker> no es una marca": "<thinker> no es una marca",
    "<think>sin fin": "",
    "<thi": "<thi",
    "  texto": "  texto",
    "": "",
    "<": "<",
}


def said(pieces: list[str], thoughts: Thoughts | None = None) -> str:
    taken = thoughts or Thoughts()
    return "".join(taken.feed(piece) for piece in pieces) + taken.flush()


@pytest.mark.parametrize("text", ANSWERS)
def test_only_the_answer_comes_out(text: str) -> None:
    assert said([text]) == ANSWERS[text]
    assert said(list(text)) == ANSWERS[text]


@given(st.sampled_from(list(ANSWERS)), st.lists(st.integers(0, 90), max_size=8))
def test_where_the_text_is_cut_changes_nothing(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    assert said([text[a:b] for a, b in pairwise(places)]) == ANSWERS[text]


@given(st.text(max_size=60))
def test_a_text_without_marks_comes_out_as_it_is(text: str) -> None:
    marks = [mark for each in KNOWN for mark in (each.begin, each.end)]
    if not any(mark in text for mark in marks):
        assert said(list(text)) == text


@pytest.mark.parametrize("marks", KNOWN, ids=lambda each: each.begin)
def test_a_thought_that_is_closed_for_the_model_is_followed_by_its_answer(marks: Marks) -> None:
    thoughts = Thoughts()
    assert thoughts.feed(f"{marks.begin}a very long thought") == ""
    assert thoughts.open
    assert thoughts.feed(thoughts.marks.closing) == ""
    assert not thoughts.open
    assert thoughts.feed("Un río.") == "Un río."
    assert thoughts.over


def test_a_stop_string_in_a_thought_does_not_end_the_answer() -> None:
    stream = TextStream(["\n\n"], KNOWN)
    text = "".join(stream.feed(piece.encode()) for piece in ("<think>a\n\nb</think>", "Un río.", "\n\nMás."))
    assert text + stream.flush() == "Un río."


def test_no_marks_means_no_thoughts() -> None:
    stream = TextStream([])
    assert stream.feed(b"<think>a</think>b") + stream.flush() == "<think>a</think>b"


@pytest.mark.parametrize(
    ("template", "end"),
    [
        (CHATML, "<|im_end|>\n<|im_start|>assistant\n"),
        (SWITCH, "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        (OPENS, "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"),
        (HARMONY, "<|end|><|start|>assistant" + CHANNELS.end),
    ],
    ids=["none", "switch", "opens", "channels"],
)
def test_a_template_is_asked_for_no_thought_and_one_that_it_opens_is_closed(template: str, end: str) -> None:
    segments = chat_template({"tokenizer.chat_template": template}, lambda _key: "")
    for system in ("Sé breve.", ""):
        assert segments(system, "<think>")[-2:] == [Segment("<think>", False), Segment(end, True)]


def test_a_models_thoughts_do_not_leave_its_process() -> None:
    generator = open_scripted_generator(["<think>no lo digas ni en broma</think> La respuesta."], token_bytes=3)
    assert "".join(generator.generate(ChatPrompt("", "?"), Sampling())) == "La respuesta."
    generator.close()
