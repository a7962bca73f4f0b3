"""Settings file, environment and options become one frozen Config, handed down as plain arguments.

Order, the first that says something wins: command-line option, environment (`REPASO_LIBRARY`, `REPASO_CACHE`,
`REPASO_CONFIG`, `REPASO_LANG`), settings file (TOML), default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ingest.errors import RepasoError
from tui.pictures import KITTY, OFF, SIXEL, protocol

LANGUAGES = ("es", "en")
DEFAULT_CHAT_MODEL = "qwen2.5-coder-1.5b"
DEFAULT_EMBEDDING_MODEL = "all-minilm-l6-v2"
DEFAULT_PROCESSES = 2
DEFAULT_SECONDS = 60
DEFAULT_MEGABYTES = 2048
DEFAULT_IDLE = 10
AUTO = "auto"
AUTO_LAYERS = -1
"""As many layers of the language model on the graphics card as fit: kb.inference.messages has the same number."""
DEFAULT_EVIDENCE = 350
SETTINGS: dict[str, type[str] | type[int]] = {
    "language": str,
    "library": str,
    "chat_model": str,
    "embedding_model": str,
    "threads": int,
    "reading_processes": int,
    "reading_seconds": int,
    "reading_megabytes": int,
    "pictures": str,
    "rerank": str,
    "evidence_tokens": int,
    "unsupported": str,
    "idle_minutes": int,
    "gpu_layers": str,
    "keep_conversations": str,
    "server_url": str,
    "server_model": str,
    "allow_remote_server": str,
}
PICTURES = (AUTO, KITTY, SIXEL, OFF)
"""How pictures of pages are drawn: as the terminal says that it can, in one of the two protocols, or not at all."""
RERANK = (OFF, "on")
"""Whether the language model looks again at search results whose order is uncertain."""
UNSUPPORTED = ("remove", "strike")
"""What becomes of a sentence of an answer that no passage says: left out, or shown struck through."""
KEEP_CONVERSATIONS = ("on", OFF)
"""Whether what is asked and answered is kept in the library."""
ALLOW_REMOTE = (OFF, "on")
"""Whether the server of the language model may be another machine."""
_CHOICES = {
    "language": LANGUAGES,
    "pictures": PICTURES,
    "rerank": RERANK,
    "unsupported": UNSUPPORTED,
    "keep_conversations": KEEP_CONVERSATIONS,
    "allow_remote_server": ALLOW_REMOTE,
}
_MAY_BE_EMPTY = ("server_url", "server_model")
_LEAST = {"reading_processes": 1, "reading_seconds": 1, "reading_megabytes": 256, "evidence_tokens": 100}

Value = TypeVar("Value", str, int)


class ConfigError(RepasoError):
    """Base of the settings' errors; always has the parameter `path`."""

    code = "settings"


class MalformedSettings(ConfigError):
    """The settings file is not TOML; parameters `line` (1-based, "?" where unknown) and `reason`."""

    code = "settings_malformed"


class UnreadableSettings(ConfigError):
    """The settings file exists but cannot be read or written; parameter `reason`."""

    code = "settings_unreadable"


class UnknownSetting(ConfigError):
    """A key nobody reads; parameters `key` and `known`, the keys there are."""

    code = "setting_unknown"


class MisspelledSetting(UnknownSetting):
    """A key nobody reads but close to one that exists; parameters `key`, `near` and `known`."""

    code = "setting_misspelled"


class WrongSetting(ConfigError):
    """A value that its key cannot have; parameters `key`, `value` and `expected`."""

    code = "setting_wrong"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a command or a screen may depend on.

    `cache` holds models and logs and can be deleted; `settings` is where settings are written; `threads` 0 means
    the runtime's own choice. A model is a name of the catalogue or a path. Files are read by `reading_processes` at a
    time, each within `reading_seconds` and `reading_megabytes` of memory. `pictures` is "kitty", "sixel" or "off".
    `rerank` is whether the language model looks again at search results whose order is uncertain.
    `evidence_tokens` is the room for evidence in the prompt of a short answer; with `strike` a sentence that no
    passage says is shown, struck through, instead of left out. With `keep_conversations` what is asked and answered
    is kept in the library. A model leaves the memory after `idle_minutes` without a request, 0: never.
    `gpu_layers` of the language model are computed on a graphics card, AUTO_LAYERS: as many as fit.
    With a `server_url` the language model is `server_model` there ("": the only one), in place of `chat_model`;
    `server_key` comes from the environment alone and is shown nowhere. The server is on this machine unless another
    is allowed.
    """

    library: Path
    cache: Path
    settings: Path
    language: str
    chat_model: str = DEFAULT_CHAT_MODEL
    embedding_model: str = DEFAULT_EMBEDDING_MODEL
    threads: int = 0
    reading_processes: int = DEFAULT_PROCESSES
    reading_seconds: int = DEFAULT_SECONDS
    reading_megabytes: int = DEFAULT_MEGABYTES
    pictures: str = OFF
    rerank: bool = False
    evidence_tokens: int = DEFAULT_EVIDENCE
    idle_minutes: int = DEFAULT_IDLE
    gpu_layers: int = AUTO_LAYERS
    strike: bool = False
    keep_conversations: bool = True
    server_url: str = ""
    server_model: str = ""
    server_key: str = field(default="", repr=False)
    allow_remote_server: bool = False


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line said; "" where it said nothing."""

    library: str = ""
    language: str = ""


def load_config(environ: Mapping[str, str], overrides: Overrides | None = None) -> Config:
    """Return the configuration in force; raises ConfigError on a settings file that cannot be meant."""
    said = overrides or Overrides()
    settings = settings_path(environ)
    values = read_settings(settings)
    library = said.library or environ.get("REPASO_LIBRARY", "")
    if not library:
        library = _setting(values, "library", "")
        library = str(settings.parent / Path(library).expanduser()) if library else ""
    return Config(
        library=Path(library).expanduser() if library else _data_folder() / "library.db",
        cache=cache_path(environ),
        settings=settings,
        language=said.language
        or _environment_language(environ)
        or _setting(values, "language", "")
        or guess(environ),
        chat_model=_setting(values, "chat_model", DEFAULT_CHAT_MODEL),
        embedding_model=_setting(values, "embedding_model", DEFAULT_EMBEDDING_MODEL),
        threads=_setting(values, "threads", 0),
        reading_processes=_setting(values, "reading_processes", DEFAULT_PROCESSES),
        reading_seconds=_setting(values, "reading_seconds", DEFAULT_SECONDS),
        reading_megabytes=_setting(values, "reading_megabytes", DEFAULT_MEGABYTES),
        pictures=protocol(_setting(values, "pictures", PICTURES[0]), environ),
        rerank=_setting(values, "rerank", OFF) == "on",
        evidence_tokens=_setting(values, "evidence_tokens", DEFAULT_EVIDENCE),
        idle_minutes=_setting(values, "idle_minutes", DEFAULT_IDLE),
        gpu_layers=_layers(_setting(values, "gpu_layers", AUTO)),
        strike=_setting(values, "unsupported", UNSUPPORTED[0]) == "strike",
        keep_conversations=_setting(values, "keep_conversations", "on") == "on",
        server_url=_setting(values, "server_url", "").strip(),
        server_model=_setting(values, "server_model", "").strip(),
        server_key=environ.get("REPASO_SERVER_KEY", "").strip(),
        allow_remote_server=_setting(values, "allow_remote_server", OFF) == "on",
    )


def settings_path(environ: Mapping[str, str]) -> Path:
    """Return where the settings file is, existing or not."""
    named = environ.get("REPASO_CONFIG", "")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_dir("repaso", appauthor=False)) / "config.toml"


def cache_path(environ: Mapping[str, str]) -> Path:
    """Return the folder of models and logs, existing or not."""
    named = environ.get("REPASO_CACHE", "")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("repaso", appauthor=False))


def language_hint(environ: Mapping[str, str], said: str = "") -> str:
    """Return the language to speak before the settings are known to be good; never raises."""
    if said in LANGUAGES:
        return said
    named = _environment_language(environ)
    if named:
        return named
    try:
        return _setting(read_settings(settings_path(environ)), "language", "") or guess(environ)
    except ConfigError:
        return guess(environ)


def guess(environ: Mapping[str, str]) -> str:
    """Return the locale's language where it is English, else Spanish: the material is Spanish, and C says nothing.

    `LC_ALL`, `LC_MESSAGES`, `LANG` are asked in the order of POSIX (Base Definitions, 8.2).
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "en" if environ[name].lower().startswith("en") else "es"
    return "es"


def read_settings(path: Path) -> dict[str, str | int]:
    """Return the checked settings of the file, empty where there is none."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise MalformedSettings(path=path, line=place[1] if place else "?", reason=reason) from error
    except UnicodeDecodeError as error:
        raise MalformedSettings(path=path, line="?", reason="UTF-8") from error
    except OSError as error:
        raise UnreadableSettings(path=path, reason=error.strerror) from error
    for key, value in found.items():
        _check(path, key, value)
    return found


def write_setting(path: Path, key: str, value: str | int) -> None:
    """Set one key, keeping the file's comments and order; the file is replaced whole or not at all."""
    import tomlkit

    _check(path, key, value)
    read_settings(path)
    try:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(before)
        document[key] = value
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.write_text(tomlkit.dumps(document), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UnreadableSettings(path=path, reason=error.strerror) from error


def _check(path: Path, key: str, value: object) -> None:
    """Raise the ConfigError that a key with this value deserves."""
    known = ", ".join(SETTINGS)
    if key not in SETTINGS:
        from difflib import get_close_matches

        near = get_close_matches(key, SETTINGS, n=1)
        if near:
            raise MisspelledSetting(path=path, key=key, near=near[0], known=known)
        raise UnknownSetting(path=path, key=key, known=known)
    if key in _CHOICES and value not in _CHOICES[key]:
        expected = " / ".join(f'"{name}"' for name in _CHOICES[key])
        raise WrongSetting(path=path, key=key, value=value, expected=expected)
    least = _LEAST.get(key, 0)
    if SETTINGS[key] is int and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise WrongSetting(path=path, key=key, value=value, expected=f"{least}, {least + 1}, {least + 2}…")
    if key == "gpu_layers" and not (isinstance(value, str) and re.fullmatch(r"auto|[0-9]{1,4}", value)):
        raise WrongSetting(path=path, key=key, value=value, expected=f'"{AUTO}" / "0" / "1"…')
    if SETTINGS[key] is str and (not isinstance(value, str) or not (value.strip() or key in _MAY_BE_EMPTY)):
        raise WrongSetting(path=path, key=key, value=value, expected='"…"')


def _layers(said: str) -> int:
    """Return the number of layers that a checked setting means."""
    return AUTO_LAYERS if said == AUTO else int(said)


def _setting(values: Mapping[str, str | int], key: str, default: Value) -> Value:
    """Return a checked setting or its default, of the same type."""
    value = values.get(key, default)
    return value if isinstance(value, type(default)) else default


def _environment_language(environ: Mapping[str, str]) -> str:
    """Return `REPASO_LANG` where it is a language we speak."""
    named = environ.get("REPASO_LANG", "").strip().lower()[:2]
    return named if named in LANGUAGES else ""


def _data_folder() -> Path:
    """Return the user's data folder for this program."""
    import platformdirs

    return Path(platformdirs.user_data_dir("repaso", appauthor=False))
