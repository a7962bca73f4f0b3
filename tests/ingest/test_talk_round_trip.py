"""The same talk, saved in each of the ways that a student may get it, gives the same text at the same times."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from ingest import read
from ingest.model import Document, Kind, LocatorType

TITLE = "Sesión 3. Cómo crece un río"
# (start, end, words): sentences run over cues, with accents, quotes, commas, semicolons, arrows and a colon.
SAID = [
    (0.0, 2.5, "Buenos días a todas y a todos."),
    (2.5, 6.25, "Hoy vamos a ver por qué crece un río;"),
    (6.25, 9.0, "la respuesta corta: porque llueve más arriba, y no aquí."),
    (9.75, 14.5, "«El agua», decía mi abuela, “siempre encuentra camino”"),
    (14.5, 18.0, "y eso, que suena a refrán, es física & geografía a la vez."),
    (61.0, 64.125, "Vamos de la montaña al llano, de 2.000 a 15 metros."),
    (64.125, 70.0, "¿Qué pasa con la arena? Se queda en las curvas lentas."),
    (3599.5, 3603.0, "Pasada una hora, el caudal se duplica."),
    (3603.0, 3605.0, "Con eso terminamos. ¡Gracias!"),
]
WORDS = " ".join(words for _, _, words in SAID)


def stamp(seconds: float, point: str = ".", hours: int = 2) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths // 1000, 60)
    return f"{minutes // 60:0{hours}}:{minutes % 60:02}:{rest:02}{point}{thousandths % 1000:03}"


def vtt() -> str:
    cues = (f"{stamp(a)} --> {stamp(b)}\n{words.replace('&', '&amp;')}\n" for a, b, words in SAID)
    return "\n".join(["WEBVTT\n", *cues])


def srt() -> str:
    return "\n".join(f"{n}\n{stamp(a, ',')} --> {stamp(b, ',')}\n{t}\n" for n, (a, b, t) in enumerate(SAID, start=1))


def sbv() -> str:
    return "\n".join(f"{stamp(a, hours=1)},{stamp(b, hours=1)}\n{words}\n" for a, b, words in SAID)


def whisper() -> str:
    segments = [
        {"id": n, "start": a, "end": b, "text": f" {words}", "avg_logprob": -0.2, "no_speech_prob": 0.01}
        for n, (a, b, words) in enumerate(SAID)
    ]
    return json.dumps({"text": WORDS, "segments": segments, "language": "es"})


def whisper_cpp() -> str:
    pieces = [
        {"timestamps": {"from": stamp(a, ","), "to": stamp(b, ",")},
         "offsets": {"from": round(a * 1000), "to": round(b * 1000)}, "text": f" {words}"}
        for a, b, words in SAID
    ]  # fmt: skip
    return json.dumps({"systeminfo": "AVX = 1", "params": {"language": "es"}, "transcription": pieces})


def pipeline() -> str:
    return json.dumps({"text": WORDS, "chunks": [{"timestamp": [a, b], "text": words} for a, b, words in SAID]})


def youtube() -> str:
    events = [
        {"tStartMs": round(a * 1000), "dDurationMs": round((b - a) * 1000), "segs": [{"utf8": words}]}
        for a, b, words in SAID
    ]
    return json.dumps({"wireMagic": "pb3", "events": events})


def durations() -> str:
    return json.dumps([{"text": words, "start": a, "duration": round(b - a, 3)} for a, b, words in SAID])


def whisper_tsv() -> str:
    lines = (f"{round(a * 1000)}\t{round(b * 1000)}\t{words}" for a, b, words in SAID)
    return "\n".join(["start\tend\ttext", *lines]) + "\n"


TIMED = {
    "charla.vtt": vtt, "charla.srt": srt, "charla.sbv": sbv, "whisper.json": whisper, "cpp.json": whisper_cpp,
    "pipeline.json": pipeline, "charla.json3.json": youtube, "api.json": durations, "charla.tsv": whisper_tsv,
}  # fmt: skip


def delimited(delimiter: str) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([["Nombre", "Transcripción", "Autor"], [TITLE, WORDS, "Eva Mora"]])
    return file.getvalue().encode()


def in_parquet() -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table({"title": [TITLE], "text": [WORDS], "author": ["Eva Mora"]}), file)
    return file.getvalue()


UNTIMED = {
    "charlas.csv": lambda: delimited(","),
    "excel.csv": lambda: b"sep=;\r\n" + delimited(";"),
    "charlas.tsv": lambda: delimited("\t"),
    "charlas.jsonl": lambda: json.dumps({"titulo": TITLE, "texto": WORDS, "autor": "Eva Mora"}).encode() + b"\n",
    "charlas.json": lambda: json.dumps([{"video_title": TITLE, "transcript": WORDS, "speaker": "Eva Mora"}]).encode(),
    "charlas.parquet": in_parquet,
}


def read_one(folder: Path, name: str, data: bytes) -> Document:
    path = folder / name
    path.write_bytes(data)
    (document,) = read(path)
    assert document.kind is Kind.TRANSCRIPT
    return document


def words_of(document: Document) -> list[str]:
    return " ".join(section.text for section in document.sections).split()


@pytest.mark.parametrize("name", TIMED)
def test_a_timed_talk_has_its_words_and_exact_times(tmp_path: Path, name: str) -> None:
    document = read_one(tmp_path, name, TIMED[name]().encode())

    assert words_of(document) == WORDS.split()
    marks = [mark.locator for section in document.sections for mark in section.marks]
    assert [(place.start, place.end) for place in marks] == [(a, b) for a, b, _ in SAID]
    assert {place.type for place in marks} == {LocatorType.TIME}
    assert document.notices == ()


@pytest.mark.parametrize("name", UNTIMED)
def test_a_talk_in_a_table_has_its_words_title_and_author(tmp_path: Path, name: str) -> None:
    document = read_one(tmp_path, name, UNTIMED[name]())

    assert words_of(document) == WORDS.split()
    assert (document.title, document.session, document.author) == (TITLE, TITLE, "Eva Mora")
    assert document.notices == ()


@pytest.mark.parametrize("timed", [vtt, srt, whisper], ids=lambda one: one.__name__)
def test_a_subtitle_file_in_a_cell_keeps_its_times(tmp_path: Path, timed: object) -> None:
    assert callable(timed)
    row = json.dumps({"title": TITLE, "transcript": timed()}).encode()

    document = read_one(tmp_path, "charlas.jsonl", row + b"\n")

    assert words_of(document) == WORDS.split()
    assert document.sections[0].marks[1].locator.start == SAID[1][0]
    assert document.title == TITLE
