"""A server of models in the settings: asked, shown, checked; when it fails, quotes and search go on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.config import WrongSetting, load_config
from tui.services import open_services

KEY = "sk-clave-secreta"
ASKED = "¿Qué es una pila?"
Serve = Callable[..., None]


@pytest.fixture
def serve(environ: dict[str, str]) -> Serve:
    """Writes a server into the settings."""

    def write(url: str, **more: str) -> None:
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in {"server_url": url, **more}.items()]
        Path(environ["REPASO_CONFIG"]).write_text("".join(lines), "utf-8")

    return write


def check(repaso: Any, *arguments: str) -> dict[str, Any]:
    (found,) = [each for each in repaso("doctor", "--json", *arguments).json["checks"] if each["name"] == "server"]
    return dict(found)


def test_the_servers_model_answers_and_its_sentences_are_checked(filled: Any, chat_server: Any, serve: Serve) -> None:
    serve(chat_server.url)
    says = "Una pila es una estructura en la que el último elemento que entra es el primero que sale."
    chat_server.plays["/chat/completions"] = chat_server.stream(
        *(chat_server.event(f"{word} ") for word in f"{says} Se inventó en Marte en 1815.".split()), chat_server.done
    )

    ran = filled("ask", ASKED, "--json")

    assert ran.status == 0, ran.err
    assert ran.json["model"] == "tiny"
    assert [sentence["text"] for sentence in ran.json["sentences"]] == [says]
    assert ran.json["sentences"][0]["citations"] == [1]
    sent = chat_server.asked[1].body["messages"][1]["content"]
    assert "el primero que sale" in sent
    assert ASKED in sent


@pytest.mark.parametrize(
    ("language", "words"), [("es", "no escucha nadie"), ("en", "nothing listens")], ids=["es", "en"]
)
def test_when_the_server_is_down_the_notes_speak_and_search_works(
    filled: Any, chat_server: Any, serve: Serve, language: str, words: str
) -> None:
    serve(chat_server.url, server_model="tiny")
    chat_server.close()

    ran = filled("ask", ASKED, "--json", "--lang", language)

    assert ran.status == 0
    assert words in ran.err
    assert ran.json["model"] == ""
    assert "el primero que sale" in ran.json["sentences"][0]["text"]
    assert filled("search", "pila").status == 0
    down = check(filled, "--lang", language)
    assert (down["ok"], words in down["message"], "server_url" in down["advice"]) == (False, True, True)


def test_an_answer_that_breaks_off_becomes_quotes(filled: Any, chat_server: Any, serve: Serve) -> None:
    serve(chat_server.url, server_model="tiny")
    chat_server.plays["/chat/completions"] = chat_server.stream(chat_server.event("Una pila es"), end=False)
    ran = filled("ask", ASKED, "--json")
    assert (ran.status, ran.json["model"]) == (0, "")
    assert "cortó la conexión" in ran.err


def test_another_machine_is_refused_before_a_socket_is_made(
    filled: Any, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("http://llm.example.org:8080", server_model="x")

    def refuse(*told: object, **more: object) -> None:
        raise AssertionError(f"the network was touched: {told}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    ran = filled("ask", ASKED, "--json")
    assert (ran.status, ran.json["model"]) == (0, "")
    assert "tus apuntes no salen de él" in ran.err
    assert "allow_remote_server" in check(filled)["message"]


def test_without_a_server_none_is_made_and_nothing_connects(environ: dict[str, str], tmp_path: Path) -> None:
    from kb.inference import ChildGenerator

    environ["REPASO_SERVER_KEY"] = KEY
    services = open_services(load_config(environ))  # the fixture of every test refuses all connections
    assert isinstance(services.library.generator, ChildGenerator)
    services.close()


def test_opening_the_library_with_a_server_connects_to_nobody(environ: dict[str, str], serve: Serve) -> None:
    serve("http://127.0.0.1:9", server_model="x")
    services = open_services(load_config(environ))
    services.library.warm()
    assert services.library.model_notice() == ""
    services.stop_answer()
    services.stop_preparing()
    services.close()


def test_the_list_shows_the_server_and_asks_nobody(repaso: Any, serve: Serve) -> None:
    serve("http://127.0.0.1:9/v1", server_model="qwen3:4b")  # nobody may connect in this test

    rows = repaso("models", "list", "--json").json["models"]

    assert [row["name"] for row in rows if row["in_use"] and row["purpose"] == "chat"] == ["qwen3:4b"]
    assert rows[0]["server"] == "http://127.0.0.1:9/v1"
    assert {tuple(row) for row in rows} == {tuple(rows[0])}, "every row has the same keys"
    shown = repaso("models", "list").out
    assert "en uso, en el servidor http://127.0.0.1:9/v1" in " ".join(shown.split())


def test_choosing_a_local_model_remarks_that_the_server_goes_first(repaso: Any, serve: Serve) -> None:
    serve("http://127.0.0.1:9")
    assert "responde el modelo del servidor" in repaso("models", "use", "smollm2-135m").err
    assert "servidor" not in repaso("models", "use", "all-minilm-l6-v2").err


def test_the_doctor_asks_the_server_for_its_models(repaso: Any, chat_server: Any, serve: Serve) -> None:
    serve(chat_server.url, server_model="llama")
    chat_server.plays["/models"] = chat_server.listing("llama:latest", "otro")
    found = check(repaso)
    assert found["ok"]
    assert found["message"] == f"{chat_server.url} responde; modelos: llama:latest, otro"
    assert [asked.path for asked in chat_server.asked] == ["/v1/models"]
    serve(chat_server.url)
    assert "llama:latest, otro" in check(repaso)["message"]
    assert not check(repaso)["ok"]


def test_the_key_comes_from_the_environment_and_is_shown_and_kept_nowhere(
    filled: Any, environ: dict[str, str], chat_server: Any, serve: Serve
) -> None:
    environ["REPASO_SERVER_KEY"] = KEY
    serve(chat_server.url, server_model="tiny")
    told = [filled("ask", ASKED, "--json"), filled("models", "list", "--json"), filled("doctor", "--json")]
    chat_server.plays["/chat/completions"] = chat_server.answer(500, json.dumps({"error": f"bad {KEY}"}))
    told.append(filled("-v", "ask", ASKED, "--json"))

    assert {asked.headers["Authorization"] for asked in chat_server.asked} == {f"Bearer {KEY}"}
    assert [ran for ran in told if KEY in ran.out + ran.err] == []
    assert KEY not in repr(load_config(environ))
    folder = Path(environ["REPASO_CONFIG"]).parent
    kept = [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert kept == []


def test_the_key_has_no_setting(environ: dict[str, str]) -> None:
    Path(environ["REPASO_CONFIG"]).write_text(f'server_key = "{KEY}"\n', "utf-8")
    with pytest.raises(Exception, match="server_key") as failed:
        load_config(environ)
    assert KEY not in str(failed.value)


@pytest.mark.parametrize("line", ["server_url = 3", "server_model = true", 'allow_remote_server = "yes"'])
def test_settings_of_the_server_that_cannot_be_meant_are_refused(environ: dict[str, str], line: str) -> None:
    Path(environ["REPASO_CONFIG"]).write_text(line + "\n", "utf-8")
    with pytest.raises(WrongSetting):
        load_config(environ)


def test_empty_settings_of_the_server_mean_none(environ: dict[str, str]) -> None:
    Path(environ["REPASO_CONFIG"]).write_text('server_url = " "\nserver_model = ""\n', "utf-8")
    config = load_config(environ)
    assert (config.server_url, config.server_model, config.allow_remote_server) == ("", "", False)
