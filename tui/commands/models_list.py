"""`repaso models list`: what each model takes and does here, and which ones suit this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.commands.framework import Command, command
from tui.commands.invocation import Invocation
from tui.config import Config
from tui.locale import Messages

if TYPE_CHECKING:
    from kb.inference.advice import Advice, Hub, Reason
    from kb.inference.catalog import CatalogModel
    from kb.inference.machine import Machine
    from kb.inference.speeds import Speed

MEGABYTE = 10**6
COLUMNS = ("model", "purpose", "size", "memory", "speed", "licence", "state")
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
"""Environment variables of the hub's client that switch it off."""

Row = dict[str, Any]


def build_list(messages: Messages) -> Command:
    """Return `models list`."""
    return command("models list", messages, [], run_list)


def run_list(invocation: Invocation) -> int:
    """List the models known by name and those in use by path, and recommend one for each purpose."""
    from kb.inference.cards_seen import cards_in_child
    from kb.inference.catalog import CATALOG, Purpose
    from kb.inference.machine import this_machine

    config = invocation.config
    machine = this_machine(cards_in_child())
    rows = [*server_rows(config), *(known_row(model, config, machine) for model in CATALOG)]
    names = {model.name for model in CATALOG}
    for purpose, model in (("chat", config.chat_model), ("embedding", config.embedding_model)):
        if model not in names and in_use(model, config):
            rows.append(_row_by_path(purpose, model, config, machine))
    hub = hub_state(rows, invocation.environ)
    advice = {purpose: _advice(purpose, rows, machine, hub) for purpose in Purpose}
    for row in rows:
        row["recommended"] = any(row["name"] == each.model for each in advice.values())
    if invocation.json:
        told = [_advice_shape(purpose.value, each) for purpose, each in advice.items()]
        invocation.print_json({"models": rows, "machine": _machine_shape(machine), "advice": told})
        return 0
    columns = [invocation.text(f"column.{name}") for name in COLUMNS]
    invocation.printer.table(columns, [_cells(invocation, row) for row in rows])
    for purpose, each in advice.items():
        invocation.printer.line()
        invocation.printer.line(advice_sentence(invocation, purpose.value, each))
    return 0


def known_row(model: CatalogModel, config: Config, machine: Machine) -> Row:
    """A model of the catalogue as JSON; `path` is "" while it is not here, `memory` 0 where it was not worked out."""
    from kb.inference.advice import Candidate
    from kb.inference.catalog import Purpose, is_installed, location

    here = is_installed(model, config.cache)
    place = location(model, config.cache)
    chat = model.purpose is Purpose.CHAT
    return {
        "name": model.name,
        "title": model.title,
        "purpose": model.purpose.value,
        "licence": model.licence,
        "bytes": model.bytes,
        "memory": Candidate(model, here).need.total if chat else 0,
        "installed": here,
        "in_use": in_use(model.name, config),
        "recommended": False,
        "hub_only": model.hub_only,
        "path": str(place) if here else "",
        "server": "",
        "measured": speed_shape(speed_of(place, config, machine)) if here and chat else {},
    }


def _row_by_path(purpose: str, model: str, config: Config, machine: Machine) -> Row:
    """A model that is used by path or by its hub name as JSON."""
    from kb.inference.catalog import ModelMissing, model_path

    try:
        path = model_path(model, config.cache)
    except ModelMissing:
        path = Path(model).expanduser()
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    chat = path.is_file()
    return {
        "name": model,
        "title": path.name,
        "purpose": purpose,
        "licence": "",
        "bytes": sum(file.stat().st_size for file in files),
        "memory": _memory(path) if chat else 0,
        "installed": path.exists(),
        "in_use": True,
        "recommended": False,
        "hub_only": False,
        "path": str(path) if path.exists() else "",
        "server": "",
        "measured": speed_shape(speed_of(path, config, machine)) if chat else {},
    }


def in_use(model: str, config: Config) -> bool:
    """Say whether a model of this machine is in use: a server's replaces the language model."""
    return model == config.embedding_model or (model == config.chat_model and not config.server_url)


def server_rows(config: Config) -> list[Row]:
    """The server's model as JSON, none where there is no server; nobody asks it whether it is there."""
    if not config.server_url:
        return []
    from kb.inference.server_address import shown

    return [
        {
            "name": config.server_model or shown(config.server_url),
            "title": config.server_model,
            "purpose": "chat",
            "licence": "",
            "bytes": 0,
            "memory": 0,
            "installed": False,
            "in_use": True,
            "recommended": False,
            "hub_only": False,
            "path": "",
            "server": shown(config.server_url),
            "measured": {},
        }
    ]


def _memory(path: Path) -> int:
    """Return the bytes that a file on disk takes as a chat model, 0 where it is none."""
    from kb.inference.chat_file import chat_header
    from kb.inference.engine import EngineError
    from kb.inference.footprint import CONTEXT, footprint, shape_of

    try:
        header = chat_header(path)
    except EngineError:
        return 0
    return footprint(shape_of(header), header.bytes, CONTEXT).total


def speed_of(path: Path, config: Config, machine: Machine) -> Speed | None:
    """Return what was measured of a file on this machine."""
    from kb.inference.speeds import measured, model_file_key

    try:
        return measured(config.cache, model_file_key(path), machine.key)
    except OSError:
        return None


def megabytes(count: int) -> int:
    """Return bytes in MB (10^6), rounded up: as many as must be free."""
    return -(-count // MEGABYTE)


def speed_shape(speed: Speed | None) -> Row:
    """A measurement as JSON; {} where there is none."""
    return asdict(speed) if speed is not None else {}


def hub_state(rows: Sequence[Row], environ: Mapping[str, str]) -> Hub:
    """Say what is known of a hub without asking it: nothing is asked of the network to list models."""
    from kb.inference.advice import Hub

    if any(environ.get(name, "").strip().lower() in ("1", "true", "yes", "on") for name in OFFLINE):
        return Hub.NO
    return Hub.YES if any(row["hub_only"] and row["installed"] for row in rows) else Hub.UNKNOWN


def _advice(purpose: Any, rows: Sequence[Row], machine: Machine, hub: Hub) -> Advice:
    from kb.inference.advice import Candidate, advise
    from kb.inference.catalog import CATALOG

    by_name = {row["name"]: row for row in rows}
    candidates = [
        Candidate(model, by_name[model.name]["installed"], by_name[model.name]["measured"].get("answer_speed", 0.0))
        for model in CATALOG
    ]
    return advise(purpose, candidates, machine, hub)


def advice_sentence(invocation: Invocation, purpose: str, advice: Advice) -> str:
    """Say what is recommended and why."""
    reasons = "; ".join(_reason(invocation, reason) for reason in advice.reasons)
    if not advice.model:
        return invocation.text("advice.nothing", reasons=reasons)
    told = invocation.text(f"advice.for_{purpose}", model=advice.model, reasons=reasons)
    if advice.otherwise:
        told += " " + invocation.text("advice.otherwise", model=advice.otherwise)
    return told


def _reason(invocation: Invocation, reason: Reason) -> str:
    values = {**asdict(reason), "speed": f"{reason.speed:.1f}"}
    return invocation.text(f"advice.{reason.because.value}", **values)


def _advice_shape(purpose: str, advice: Advice) -> Row:
    reasons = [{**asdict(reason), "because": reason.because.value} for reason in advice.reasons]
    return {"purpose": purpose, "model": advice.model, "otherwise": advice.otherwise, "reasons": reasons}


def _machine_shape(machine: Machine) -> Row:
    """The machine as JSON; its free memory is -1 where the system does not say."""
    return {
        "processor": machine.processor,
        "cores": machine.cores,
        "free_memory": -1 if machine.free is None else machine.free,
        "cards": [asdict(card) for card in machine.cards],
    }


def _cells(invocation: Invocation, row: Row) -> tuple[str, ...]:
    """A model's line in the table."""
    state = "in_use" if row["in_use"] and row["installed"] else "installed" if row["installed"] else "absent"
    told = (
        invocation.text("models.on_server", url=row["server"])
        if row["server"]
        else invocation.text(f"models.{state}")
    )
    if row["recommended"]:
        told += ", " + invocation.text("models.recommended")
    memory = f"{megabytes(row['memory'])} MB" if row["memory"] else ""
    speed = row["measured"]
    spoken = invocation.text("models.speed", speed=f"{speed['answer_speed']:.1f}", day=speed["day"]) if speed else ""
    purpose = invocation.text(f"models.{row['purpose']}")
    size = f"{row['bytes'] // MEGABYTE} MB" if not row["server"] else ""
    return str(row["name"]), purpose, size, memory, spoken, str(row["licence"]), told
