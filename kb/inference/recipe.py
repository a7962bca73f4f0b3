"""How a sentence-transformers folder says its model is used: what is read of a text, what goes before it, pooling."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kb.inference.engine import EngineError
from kb.inference.protocol import Role

LONGEST_INPUT = 512
"""Tokens read of a text when the folder does not say: the positions of a BERT."""

NO_LIMIT = 100_000
"""A tokenizer's limit above this is the libraries' word for none."""

E5_PREFIXES = {Role.QUERY.value: "query: ", Role.PASSAGE.value: "passage: "}
"""What E5 models were trained with and their folders do not say (model card of intfloat/multilingual-e5-small)."""


class Pooling(StrEnum):
    """How the vectors of a text's tokens become one; OTHER is left to sentence-transformers."""

    MEAN = "mean"
    CLS = "cls"
    OTHER = "other"


_OLD_NAMES = {"pooling_mode_mean_tokens": Pooling.MEAN, "pooling_mode_cls_token": Pooling.CLS}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a folder's model is used.

    `transformer` is where in the folder the transformer and its tokenizer lie; of a text's tokens `max_tokens` are
    read, special ones included; `prefixes` go before a text, by role.
    """

    transformer: Path
    max_tokens: int
    lower: bool
    pooling: Pooling
    prefixes: dict[str, str]

    @property
    def exportable(self) -> bool:
        """Whether all but the transformer's graph is ours to repeat: its tokenizer, pooling and normalisation."""
        return self.pooling is not Pooling.OTHER and (self.transformer / "tokenizer.json").is_file()


def read_recipe(folder: Path, name: str) -> Recipe:
    """Read how the model is used from the folder's own files. Raises EngineError for what is not an embedder."""
    if not (folder / "modules.json").is_file():
        raise EngineError("not_an_embedder", str(folder))
    modules = _modules(folder)
    transformer = folder / modules[0][1]
    sentence = _object(transformer / "sentence_bert_config.json")
    prefixes = _prefixes(folder, name)
    return Recipe(
        transformer=transformer,
        max_tokens=_max_tokens(transformer, sentence),
        lower=bool(sentence.get("do_lower_case")),
        pooling=_pooling(folder, modules, any(prefixes.values())),
        prefixes=prefixes,
    )


def _modules(folder: Path) -> list[tuple[str, str]]:
    """Return the class and the folder of each of the model's modules, in order."""
    listed = _json(folder / "modules.json")
    if not isinstance(listed, list) or not listed or not all(isinstance(module, dict) for module in listed):
        raise EngineError("damaged", "modules.json")
    return [(str(module.get("type")).rpartition(".")[2], str(module.get("path", ""))) for module in listed]


def _pooling(folder: Path, modules: list[tuple[str, str]], prefixed: bool) -> Pooling:
    """Return the pooling of a model that is a transformer, a pooling and at most a normalisation."""
    names = [name for name, _ in modules]
    if names[:2] != ["Transformer", "Pooling"] or not set(names[2:]) <= {"Normalize"}:
        return Pooling.OTHER
    settings = _object(folder / modules[1][1] / "config.json")
    if prefixed and settings.get("include_prompt") is False:
        return Pooling.OTHER
    mode = settings.get("pooling_mode")
    if mode is None:  # as releases before 6 wrote it
        modes = [key for key, value in settings.items() if key.startswith("pooling_mode_") and value]
        return _OLD_NAMES.get(modes[0], Pooling.OTHER) if len(modes) == 1 else Pooling.OTHER
    return Pooling(mode) if mode in (Pooling.MEAN, Pooling.CLS) else Pooling.OTHER


def _max_tokens(transformer: Path, sentence: dict[str, Any]) -> int:
    """Return what sentence-transformers reads: its own limit, else the tokenizer's within the model's positions."""
    own = _limit(sentence.get("max_seq_length"))
    limits = (
        _limit(_object(transformer / "tokenizer_config.json").get("model_max_length")),
        _limit(_object(transformer / "config.json").get("max_position_embeddings")),
    )
    return own or min((limit for limit in limits if limit), default=LONGEST_INPUT)


def _limit(value: object) -> int:
    """Return a number of tokens, 0 for what is none."""
    return int(value) if isinstance(value, int | float) and 2 < value < NO_LIMIT else 0


def _prefixes(folder: Path, name: str) -> dict[str, str]:
    """What goes before a query and before a passage, by the folder's prompts, or as E5 wants it."""
    settings = _object(folder / "config_sentence_transformers.json")
    prompts = settings.get("prompts")
    given = {key: text for key, text in prompts.items() if isinstance(text, str)} if isinstance(prompts, dict) else {}
    usual = given.get(str(settings.get("default_prompt_name")), "")
    passage = next((given[key] for key in ("document", "passage", "corpus") if key in given), usual)
    found = {Role.QUERY.value: given.get("query", usual), Role.PASSAGE.value: passage}
    if not any(found.values()) and re.search(r"(^|[-_/])e5[-_]", f"{name} {folder.name}".replace(" ", "/")):
        return E5_PREFIXES
    return found


def _json(path: Path) -> object:
    """Read a JSON file; raises EngineError, reason "damaged" when it is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError("damaged", f"{path.name}: {error}") from error


def _object(path: Path) -> dict[str, Any]:
    """Read a JSON object; an absent file is an empty one."""
    value = _json(path) if path.is_file() else {}
    return value if isinstance(value, dict) else {}
