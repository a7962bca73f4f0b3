"""Questions are chosen by seed, asked of the library they belong to, and what comes back is kept."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import squad
from benchmarks.answers.__main__ import main, plan
from benchmarks.answers.ask import Method, Typed, ask, plain_sentences
from benchmarks.answers.metered import Metered
from benchmarks.answers.questions import Wanted, of_pairs, of_squad, pairs
from benchmarks.answers.record import Asked, Kind, Said, Start, read
from benchmarks.answers.shelf import Shelf, Truth
from kb.errors import ModelUnavailable
from kb.inference import ChatPrompt, Sampling
from kb.inference.protocol import Choice, Judgement
from kb.inference.scripted import Fault, open_scripted_generator

PARAGRAPHS = (
    (
        "Ríos",
        "El Ebro nace en Fontibre y desemboca en el Mediterráneo. Mide 930 kilómetros de largo.",
        "930 kilómetros",
    ),
    ("Ríos", "El Tajo nace en los Montes Universales y desemboca en Lisboa, en el Atlántico.", "Lisboa"),
    ("Poetas", "Gabriela Mistral nació en Vicuña y recibió el Nobel de Literatura en 1945.", "1945"),
    ("Poetas", "César Vallejo nació en Santiago de Chuco y publicó Trilce en 1922.", "1922"),
)
ASKED = (
    "¿Cuánto mide el Ebro?",
    "¿Dónde desemboca el Tajo?",
    "¿En qué año recibió el Nobel Gabriela Mistral?",
    "¿En qué año publicó César Vallejo su libro Trilce?",
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A SQuAD 2 file of two articles, two paragraphs each, a question each and one that is impossible."""
    articles: dict[str, list[object]] = {}
    for n, ((title, text, answer), question) in enumerate(zip(PARAGRAPHS, ASKED, strict=True)):
        given = [{"text": answer, "answer_start": text.index(answer)}] * 2
        qas: list[object] = [{"id": f"q{n}", "question": question, "answers": given}]
        if n == 0:
            plausible = {"text": "Fontibre", "answer_start": 16}
            no = {"id": "no", "question": "¿Dónde nace el Sil?", "answers": [], "is_impossible": True}
            qas.append({**no, "plausible_answers": [plausible]})
        articles.setdefault(title, []).append({"context": text, "qas": qas})
    path = tmp_path / "set.json"
    entries = [{"title": title, "paragraphs": paragraphs} for title, paragraphs in articles.items()]
    path.write_text(json.dumps({"data": entries}), "utf-8")
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "shelf").mkdir()
    made = Shelf(tmp_path / "shelf", None, None)
    yield made
    made.close()


def test_a_question_has_its_answers_once_and_the_impossible_has_none(data: Path) -> None:
    known = squad.read(data, impossible=True)
    assert [(one.answers, one.impossible) for one in known.questions] == [
        (("930 kilómetros",), False),
        ((), True),
        (("Lisboa",), False),
        (("1945",), False),
        (("1922",), False),
    ]
    assert not any(one.impossible for one in squad.read(data).questions)


def test_a_question_in_another_language_has_the_answers_of_both(data: Path, tmp_path: Path) -> None:
    english = {"id": "q0", "question": "How long is the Ebro?", "answers": [{"text": "930 kilometres"}]}
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"data": [{"paragraphs": [{"context": "", "qas": [english]}]}]}), "utf-8")
    (one,) = squad.read(data, other).questions
    assert (one.text, one.paragraph) == ("How long is the Ebro?", 0)
    assert one.answers == ("930 kilómetros", "930 kilometres")


def test_the_sample_is_the_seeds_and_asks_others_without_their_article(data: Path) -> None:
    known = squad.read(data, impossible=True)
    wanted = Wanted(answerable=2, left_out=2, near=5, seed=3)
    asked = of_squad(known, wanted)
    assert asked == of_squad(known, wanted)
    by_kind = {kind: {one.id for one in asked if one.kind is kind} for kind in Kind}
    assert by_kind[Kind.ANSWERABLE] | by_kind[Kind.LEFT_OUT] == {"q0", "q1", "q2", "q3"}
    assert by_kind[Kind.NEAR] == {"no"}
    assert all(bool(one.gold) is (one.kind is Kind.ANSWERABLE) for one in asked)
    assert all(one.held_out is (one.article == 1) for one in asked)


def test_more_than_there_are_is_all(data: Path) -> None:
    asked = of_squad(squad.read(data), Wanted(100, 100, 100, 1))
    assert [one.kind for one in asked] == [Kind.ANSWERABLE] * 4 + [Kind.LEFT_OUT] * 4


def test_pairs_are_asked_with_and_without_an_answer() -> None:
    asked = of_pairs(pairs(), Wanted(answerable=10, left_out=5, near=10, seed=1))
    twins, near = asked[:10], asked[10:]
    assert [one.id for one in twins] == [one.id for one in near]
    assert all(one.gold and one.kind is Kind.ANSWERABLE for one in twins)
    assert not any(one.gold for one in near)


def test_some_answerable_questions_are_asked_again_typed_and_cold() -> None:
    asked = tuple(Asked(str(n), Kind.NEAR if n == 0 else Kind.ANSWERABLE, "¿?") for n in range(3))
    again = [(one.id, start) for one, start in plan(asked, cold=1, typed=5)][3:]
    assert again == [("1", Start.TYPED), ("2", Start.TYPED), ("1", Start.COLD)]


def test_what_is_left_out_is_the_article_and_no_more(data: Path, shelf: Shelf) -> None:
    known = squad.read(data)
    shelf.put(known.paragraphs)
    whole, without = (of_squad(known, Wanted(1, 0, 0, 1))[0], of_squad(known, Wanted(0, 4, 0, 1))[0])
    assert len(shelf.library(whole).documents()) == 4
    texts = {
        passage.text
        for info in shelf.library(without).documents()
        for passage in shelf.library(without).document(info.id).passages
    }
    assert texts == {one.text for one in known.paragraphs if one.article != without.article}
    assert len(shelf.library(whole).documents()) == 4


def test_quotes_tell_the_right_passage_from_others(data: Path, shelf: Shelf) -> None:
    known = squad.read(data)
    truth = shelf.put(known.paragraphs)
    asked = next(one for one in of_squad(known, Wanted(4, 0, 0, 1)) if one.id == "q2")
    model = Metered(open_scripted_generator())
    record = ask(shelf.library(asked), model, asked, Method.QUOTES, truth, Start.WARM)
    assert (record.status, record.error) == ("grounded", "")
    assert {one.text for one in record.citations if one.gold} == {PARAGRAPHS[2][1]}
    assert not any(one.gold for one in record.citations if one.text != PARAGRAPHS[2][1])
    assert record.calls == ()
    assert 0 < record.evidence_ms <= record.total_ms


def test_of_a_course_a_passage_that_holds_the_answer_is_right(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "material").mkdir()
    (tmp_path / "material" / "rios.md").write_text(f"# Ríos\n\n{PARAGRAPHS[0][1]}\n", "utf-8")
    truth = shelf.add([tmp_path / "material"])
    asked = Asked("a", Kind.ANSWERABLE, ASKED[0], ("930 km", "930 kilómetros"))
    (hit,) = shelf.library(asked).search(asked.text).hits
    assert truth.is_gold(asked, hit.passage)
    assert not truth.is_gold(Asked("b", Kind.NEAR, "¿Cuánto mide el Sil?"), hit.passage)


@pytest.fixture
def plain(data: Path, shelf: Shelf) -> Iterator[tuple[Shelf, Truth, Asked]]:
    known = squad.read(data)
    truth = shelf.put(known.paragraphs)
    yield shelf, truth, next(one for one in of_squad(known, Wanted(4, 0, 0, 1)) if one.id == "q1")


def test_plain_prompting_is_believed(plain: tuple[Shelf, Truth, Asked]) -> None:
    shelf, truth, asked = plain
    model = Metered(open_scripted_generator(["Desemboca en Lisboa. [1] Y mide 930 kilómetros [2, 9]. Es bonito."]))
    record = ask(shelf.library(asked), model, asked, Method.PLAIN, truth, Start.WARM)
    model.close()
    assert record.sentences == (
        Said("Desemboca en Lisboa", (1,), True),
        Said("Y mide 930 kilómetros", (2,), True),
        Said("Es bonito", (), True),
    )
    assert [one.gold for one in record.citations] == [True, False]
    (call,) = record.calls
    assert call.prompt.endswith(f"Pregunta: {asked.text}")
    assert PARAGRAPHS[1][1] in call.prompt
    assert 0 < record.first_ms <= record.total_ms


def test_plain_prompting_may_refuse(plain: tuple[Shelf, Truth, Asked]) -> None:
    shelf, truth, asked = plain
    model = Metered(open_scripted_generator(["No está en los pasajes. Quizá Lisboa [1]."]))
    record = ask(shelf.library(asked), model, asked, Method.PLAIN, truth, Start.WARM)
    model.close()
    assert (record.status, record.sentences, record.citations) == ("not_found", (), ())


def test_a_model_that_fails_is_in_the_record(plain: tuple[Shelf, Truth, Asked]) -> None:
    shelf, truth, asked = plain
    model = Metered(open_scripted_generator(["Desemboca."], fault=Fault.CRASH))
    record = ask(shelf.library(asked), model, asked, Method.PLAIN, truth, Start.WARM)
    model.close()
    assert record.error.startswith(ModelUnavailable.code)
    assert record.sentences == ()


@pytest.mark.parametrize("text", ["", "   ", "[1]", "[1]. [2]"])
def test_a_plain_answer_without_words_has_no_sentences(text: str) -> None:
    assert plain_sentences(text, 3) == ()


def test_what_every_request_cost_is_kept_once() -> None:
    model = Metered(open_scripted_generator(["uno dos tres"]))
    assert "".join(model.generate(ChatPrompt("s", "u"), Sampling())) == "uno dos tres"
    list(model.judge(Judgement("s", "antes", ("uno", "otro"), "después", Choice("sí", "no"))))
    wrote, judged = model.taken()
    model.close()
    assert (wrote.what, wrote.prompt, wrote.reply, wrote.tokens) == ("generate", "u", "uno dos tres", 3)
    assert 0 < wrote.first_ms <= wrote.total_ms
    assert judged.what == "judge"
    assert len(judged.reply.split()) == 2
    assert model.taken() == ()


def test_an_answer_that_is_given_up_is_kept_as_far_as_it_came() -> None:
    model = Metered(open_scripted_generator(["uno dos tres"]))
    pieces = model.generate(ChatPrompt("s", "u"), Sampling())
    first = next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator
    (call,) = model.taken()
    model.close()
    assert call.reply == first


class Reader:
    """Keeps what it is asked to prepare; what it is doing goes on until it is ended, where `slow` is set."""

    def __init__(self, slow: bool) -> None:
        self.prepared: list[str] = []
        self.ended = threading.Event()
        self.began = threading.Semaphore(0)
        self.slow = slow

    def prepare(self, question: str) -> bool:
        self.prepared.append(question)
        self.began.release()
        return not (self.slow and self.ended.wait(30))

    def cancel_preparing(self) -> None:
        self.ended.set()


def typed(reader: Reader, question: str) -> list[float]:
    pauses: list[float] = []
    typing = Typed(reader, question, pauses.append, keystroke=0.5)  # type: ignore[arg-type]  # only prepares
    typing.type()
    assert reader.began.acquire(timeout=30)
    typing.enter()
    typing.end()
    return pauses


def test_a_key_is_pressed_at_a_time_and_then_enter() -> None:
    assert typed(Reader(slow=False), "¿Qué es?") == [0.5] * 9


def test_only_whole_words_are_prepared_and_the_last_only_when_it_is_read_in_time() -> None:
    reader = Reader(slow=False)
    typed(reader, "¿Qué es BPE?")
    assert set(reader.prepared) <= {"¿Qué", "¿Qué es", "¿Qué es BPE?"}


def test_enter_ends_what_is_being_prepared() -> None:
    reader = Reader(slow=True)
    typed(reader, "uno dos tres")
    assert len(reader.prepared) == 1
    assert reader.ended.is_set()


def test_a_run_is_asked_kept_told_and_goes_on(
    data: Path, tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("smollm2-135m.gguf", "all-minilm-l6-v2/model.safetensors"):
        if not (model_cache / "models" / name).is_file():
            pytest.skip("needs the small models (make setup)")
    out = tmp_path / "raw.jsonl"
    words = f"answers {data} --out {out} --cache {model_cache} --model smollm2-135m --threads 1 --method plain"

    def run(more: str) -> str:
        monkeypatch.setattr(sys, "argv", f"{words} {more}".split())
        main()
        return capsys.readouterr().out

    run("--answerable 1 --left-out 1 --near 0")
    first = read(out)[1]
    assert [one.asked.kind for one in first] == [Kind.ANSWERABLE, Kind.LEFT_OUT]
    assert all(not one.error and one.calls[0].prompt_tokens > 50 for one in first)
    told = run("--answerable 1 --left-out 1 --near 1 --resume")
    again = read(out)[1]
    assert again[:2] == first
    assert [one.asked.kind for one in again[2:]] == [Kind.NEAR]
    assert "questions asked" in told
    with pytest.raises(SystemExit, match="--resume"):
        run("--answerable 1")
