"""Settings, environment and options become one Config, or a sentence that says which line is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.config import (
    AUTO_LAYERS,
    MalformedSettings,
    MisspelledSetting,
    Overrides,
    UnknownSetting,
    UnreadableSettings,
    WrongSetting,
    guess,
    language_hint,
    load_config,
    write_setting,
)
from tui.locale import Messages


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def environ(settings: Path, **more: str) -> dict[str, str]:
    return {"REPASO_CONFIG": str(settings), "REPASO_CACHE": str(settings.parent / "cache"), **more}


def test_without_a_settings_file_everything_has_a_default(settings: Path) -> None:
    config = load_config(environ(settings))
    assert (config.chat_model, config.embedding_model, config.threads) == (
        "qwen2.5-coder-1.5b",
        "all-minilm-l6-v2",
        0,
    )
    assert config.language == "es"
    assert config.library.name == "library.db"
    assert config.cache == settings.parent / "cache"


def test_settings_are_read_and_a_relative_library_lies_beside_them(settings: Path) -> None:
    settings.write_text('language = "en"\nlibrary = "mine.db"\nchat_model = "/m/x.gguf"\nthreads = 2\n')
    config = load_config(environ(settings))
    assert (config.language, config.chat_model, config.threads) == ("en", "/m/x.gguf", 2)
    assert config.library == settings.parent / "mine.db"


def test_the_command_line_beats_the_environment_and_that_the_settings(settings: Path) -> None:
    settings.write_text('language = "en"\nlibrary = "a.db"\n')
    world = environ(settings, REPASO_LIBRARY="b.db", REPASO_LANG="es")
    assert (load_config(world).library, load_config(world).language) == (Path("b.db"), "es")
    said = load_config(world, Overrides(library="c.db", language="en"))
    assert (said.library, said.language) == (Path("c.db"), "en")


@pytest.mark.parametrize(
    ("world", "language"),
    [
        ({}, "es"),
        ({"LANG": "C.UTF-8"}, "es"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "es_ES.UTF-8"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": ""}, "es"),
    ],
)
def test_the_locale_decides_only_when_it_is_english(world: dict[str, str], language: str) -> None:
    assert guess(world) == language


def test_a_close_miss_names_the_setting_that_was_meant(settings: Path) -> None:
    settings.write_text('chat_modle = "x"\n')
    with pytest.raises(MisspelledSetting) as caught:
        load_config(environ(settings))
    for sentence in (Messages("es").error(caught.value), Messages("en").error(caught.value)):
        assert str(settings) in sentence
        assert "chat_modle" in sentence
        assert "chat_model" in sentence.replace("chat_modle", "")


def test_an_unknown_key_lists_the_known_ones(settings: Path) -> None:
    settings.write_text("zzz = 1\n")
    with pytest.raises(UnknownSetting) as caught:
        load_config(environ(settings))
    assert "embedding_model" in Messages("es").error(caught.value)


def test_broken_toml_names_its_line(settings: Path) -> None:
    settings.write_text('language = "es"\nthreads = = 2\n')
    with pytest.raises(MalformedSettings) as caught:
        load_config(environ(settings))
    assert caught.value.params["line"] == "2"


def test_settings_that_are_not_text_are_malformed(settings: Path) -> None:
    settings.write_bytes(b"language = \xff\xfe")
    with pytest.raises(MalformedSettings):
        load_config(environ(settings))


def test_a_folder_in_place_of_the_settings_is_unreadable(settings: Path) -> None:
    settings.mkdir()
    with pytest.raises(UnreadableSettings):
        load_config(environ(settings))


@pytest.mark.parametrize(
    "line",
    [
        "threads = -1",
        'threads = "2"',
        "threads = true",
        'language = "fr"',
        "library = 3",
        'library = ""',
        "reading_processes = 0",
        "reading_megabytes = 10",
        'pictures = "yes"',
        'gpu_layers = "all"',
        'gpu_layers = "-1"',
        'gpu_layers = "²"',
        "gpu_layers = 5",
        'rerank = "yes"',
        "rerank = true",
        "evidence_tokens = 50",
        'unsupported = "hide"',
        "idle_minutes = -1",
    ],
)
def test_a_value_that_cannot_be_is_refused(settings: Path, line: str) -> None:
    settings.write_text(line + "\n")
    with pytest.raises(WrongSetting):
        load_config(environ(settings))


def test_layers_of_the_language_model_are_counted_or_chosen(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    assert load_config(environ(settings)).gpu_layers == AUTO_LAYERS
    settings.write_text('gpu_layers = "12"\n')
    assert load_config(environ(settings)).gpu_layers == 12
    settings.write_text('gpu_layers = "auto"\n')
    assert load_config(environ(settings)).gpu_layers == AUTO_LAYERS


def test_the_number_that_means_as_many_as_fit_is_the_models_own() -> None:
    from kb.inference import messages

    assert messages.AUTO_LAYERS == AUTO_LAYERS


def test_results_are_looked_at_again_only_where_the_settings_say_so(settings: Path) -> None:
    assert not load_config(environ(settings)).rerank
    settings.write_text('rerank = "on"\n')
    assert load_config(environ(settings)).rerank
    settings.write_text('rerank = "off"\n')
    assert not load_config(environ(settings)).rerank


def test_what_nothing_says_is_left_out_of_answers_unless_the_settings_want_it_struck(settings: Path) -> None:
    assert not load_config(environ(settings)).strike
    settings.write_text('unsupported = "strike"\nevidence_tokens = 500\n')
    assert load_config(environ(settings)).strike
    assert load_config(environ(settings)).evidence_tokens == 500


def test_a_model_leaves_the_memory_after_the_minutes_that_the_settings_say(settings: Path) -> None:
    assert load_config(environ(settings)).idle_minutes == 10
    settings.write_text("idle_minutes = 0\n")
    assert load_config(environ(settings)).idle_minutes == 0


def test_broken_settings_do_not_keep_us_from_choosing_a_language(settings: Path) -> None:
    settings.write_text("= nonsense")
    assert language_hint(environ(settings, LANG="en_US")) == "en"
    assert language_hint(environ(settings, LANG="en_US"), "es") == "es"


def test_writing_a_setting_keeps_comments_and_the_other_keys(settings: Path) -> None:
    settings.write_text('# mine\nthreads = 2 # cores\nlanguage = "es"\n')
    write_setting(settings, "language", "en")
    assert settings.read_text() == '# mine\nthreads = 2 # cores\nlanguage = "en"\n'
    assert [path.name for path in settings.parent.iterdir()] == ["config.toml"]


def test_writing_creates_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_setting(path, "chat_model", "smollm2-135m")
    assert load_config(environ(path)).chat_model == "smollm2-135m"


def test_a_wrong_setting_is_not_written(settings: Path) -> None:
    with pytest.raises(WrongSetting):
        write_setting(settings, "language", "xx")
    assert not settings.exists()
