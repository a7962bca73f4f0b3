"""What was measured of models on this machine, kept in the cache folder by a file's fingerprint and the machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from kb.inference.fingerprint import sampled

FILE = "speeds.json"


@dataclass(frozen=True, slots=True)
class Speed:
    """One measurement: seconds to load, tokens a second of a prompt and of an answer, `memory` in bytes (0 unknown).

    `day` is the date in ISO 8601; `threads` and `gpu_layers` are those it was measured with.
    """

    day: str
    load_seconds: float
    prompt_speed: float
    answer_speed: float
    memory: int
    threads: int
    gpu_layers: int


def model_file_key(path: Path) -> str:
    """Return 16 hexadecimal digits that tell a model's file from others; a copy has the same. Raises OSError."""
    digest = hashlib.sha256(str(path.stat().st_size).encode())
    for block in sampled(path):
        digest.update(block)
    return digest.hexdigest()[:16]


def measured(cache: Path, file_key: str, machine_key: str) -> Speed | None:
    """Return the last measurement of a file on a machine, None where there is none or it cannot be read."""
    entry = _read(cache).get(file_key, {})
    return _speed(entry.get(machine_key)) if isinstance(entry, dict) else None


def keep(cache: Path, file_key: str, machine_key: str, speed: Speed) -> None:
    """Keep a measurement in place of an earlier one. Raises OSError."""
    noted = {key: dict(entry) for key, entry in _read(cache).items() if isinstance(entry, dict)}
    noted.setdefault(file_key, {})[machine_key] = asdict(speed)
    cache.mkdir(parents=True, exist_ok=True)
    draft = cache / f"{FILE}.new"
    draft.write_text(json.dumps(noted, indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(cache / FILE)


def _read(cache: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((cache / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _speed(entry: object) -> Speed | None:
    """Read one entry; whatever is not what `keep` wrote is no measurement."""
    if not isinstance(entry, dict) or set(entry) != {field.name for field in fields(Speed)}:
        return None
    numbers = [value for name, value in entry.items() if name != "day"]
    if not isinstance(entry["day"], str) or not all(type(value) in (int, float) and value >= 0 for value in numbers):
        return None
    return Speed(**entry)
