"""A conversation as Markdown: everything said is in it, and nothing said is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.conversations.model import Conversation, ConversationInfo, Reply, Turn, TurnCitation, Unanswered
from kb.model import AnswerMode, AnswerStatus, Locator, LocatorType, Sentence
from tui.conversation_markdown import escaped, page
from tui.locale import Messages
from tui.printing import one_line

SPANISH = Messages("es")
HOSTILE = [
    "# título",
    "<script>alert(1)</script>",
    "<!-- comentario",
    "&lt;b&gt; &amp;",
    "[enlace](http://malo.example)",
    "![foto](x.png)",
    "[1]: http://malo.example",
    "https://malo.example y www.malo.example y a@b.example",
    "<http://malo.example>",
    "*fuerte* _suave_ **a** __b__ ~~c~~ `d` ```e",
    "- lista",
    "+ lista",
    "12. lista",
    "3) lista",
    "---",
    "===",
    "| a | b |",
    "> cita",
    "acaba en \\",
    "$x^2$ y \\alpha",
    "    cuatro espacios",
    "una línea\n\notra\n# más",
    "\x1b[31mrojo\x1b[0m\u202e",
    "\u2028línea\u2029",
]
CITATION = TurnCitation(
    1, "p", "d", "Tema", "PLN", "Sesión 2", "Ana", Locator(LocatorType.PAGE, 3, 3), "dos matrices"
)


def conversation(text: str) -> Conversation:
    citation = replace(
        CITATION, title=text, session=text, speaker=text, quote=text, locator=Locator(LocatorType.SECTION, 1, 1, text)
    )
    sentences = (Sentence(text, (1,), True), Sentence(text, (), False))
    reply = Reply(text, AnswerStatus.PARTIAL, AnswerMode.SHORT, text, sentences, (citation,), (text,))
    near = Reply(text, AnswerStatus.NOT_FOUND, AnswerMode.SHORT, text, (), (), (text,), (citation,))
    turns = (
        Turn(text, "2026-03-02T10:11:12", reply, text),
        Turn(text, "2026-03-02T10:12:13", near),
        Turn(text, "2026-03-03", Unanswered()),
    )
    return Conversation(ConversationInfo("4f2a", text, "2026-03-02", "2026-03-03", 3), turns)


def tokens(markdown: str) -> Iterator[Token]:
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    for token in parser.parse(markdown):
        yield token
        yield from token.children or ()


def shown(markdown: str) -> str:
    return "".join(
        " " if one.type in ("softbreak", "hardbreak") else one.content for one in tokens(markdown) if not one.children
    )


OURS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "text_special"),
    *("em_open", "em_close", "strong_open", "strong_close", "bullet_list_open", "bullet_list_close"),
    *("list_item_open", "list_item_close", "blockquote_open", "blockquote_close", "hardbreak", "softbreak", "hr"),
}


def shape(text: str) -> list[str]:
    found = [one.type for one in tokens(page(conversation(text), SPANISH))]
    return [kind for kind in found if kind not in ("text", "text_special", "softbreak")]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup(text: str) -> None:
    markdown = page(conversation(text), SPANISH)
    assert {one.type for one in tokens(markdown)} <= OURS
    assert markdown.count("\n# ") == 0
    assert markdown.count("\n## ") == 3
    assert "<" not in markdown
    assert re.search(r"[a-z]://|www\.", markdown) is None
    if "\n" not in text:
        assert shape(text) == shape("palabra")
        assert one_line(text) in shown(escaped(text))


@settings(deadline=None, max_examples=200)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("*_`[]()<>#+-.!|~&=:$^\\ 1\t\n{}\"'@/wxht"), st.characters()), max_size=40
    )
)
def test_whatever_is_said_is_text_and_all_of_it_is_there(text: str) -> None:
    line = one_line(text)
    if not line:
        return
    assert shown(escaped(text)) == line
    assert shape(line) == shape("palabra")
    heading = next(one for one in tokens(page(conversation(line), SPANISH)) if one.type == "inline")
    assert shown(page(conversation(line), SPANISH)).startswith(line)
    assert heading.content


def test_a_page_has_each_question_its_answer_and_its_sources() -> None:
    reply = Reply(
        text="Entrena dos matrices. Es caro.",
        status=AnswerStatus.PARTIAL,
        mode=AnswerMode.SHORT,
        model="smollm2-135m",
        sentences=(Sentence("Entrena dos matrices.", (1,), True), Sentence("Es caro.", (), False)),
        citations=(CITATION,),
        missing=("rango",),
    )
    turns = (
        Turn("¿Qué es LoRA?", "2026-03-02T10:11:12+01:00", reply),
        Turn("¿Por qué?", "2026-03-03T09:00:00+01:00", Unanswered(), "¿Por qué? (sobre LoRA)"),
    )
    info = ConversationInfo("4f2a", "¿Qué es LoRA?", turns[0].asked_at, turns[1].asked_at, 2)
    spanish = page(Conversation(info, turns), SPANISH)
    assert (
        spanish
        == """# ¿Qué es LoRA?

*4f2a · 2 preguntas · del 2026-03-02 al 2026-03-03*

## 1. ¿Qué es LoRA?

*2026-03-02 10:11 · smollm2-135m*

*Solo se responde en parte.*

*De esto no se dice nada: «rango»*

Entrena dos matrices. [1]

Es caro. *(sin apoyo en los apuntes)*

**Fuentes**

- [1] Tema · Sesión 2 · p. 3 · Ana

  > dos matrices

## 2. ¿Por qué?

*2026-03-03 09:00*

*Entendida como: ¿Por qué? (sobre LoRA)*

*Sin respuesta: se interrumpió antes de terminar.*

---

*Conversación con los apuntes, exportada por Repaso.*
"""
    )
    english = page(Conversation(info, turns), Messages("en"))
    assert "*Understood as: ¿Por qué? (sobre LoRA)*" in english
    assert "**Sources**" in english


def test_an_answer_that_was_not_found_says_so() -> None:
    reply = Reply("", AnswerStatus.NOT_FOUND, AnswerMode.SHORT, "", (), ())
    info = ConversationInfo("4f2a", "x", "2026", "2026", 1)
    text = page(Conversation(info, (Turn("¿Quién?", "2026-03-02", reply),)), SPANISH)
    assert "*No está en los apuntes.*" in text
    assert "Lo más cercano" not in text
    offered = replace(reply, nearest=(CITATION, replace(CITATION, n=2, title="Otro", quote="")))
    text = page(Conversation(info, (Turn("¿Quién?", "2026-03-02", offered),)), SPANISH)
    assert "**Lo más cercano**\n\n- Tema · Sesión 2 · p. 3 · Ana\n\n  > dos matrices\n\n- Otro" in text
    assert "**Fuentes**" not in text
    assert "Fuentes" not in text
