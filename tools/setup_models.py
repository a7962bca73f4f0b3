"""Talk to the installed program about its models: download, proof and export, each in a child process."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from setup_checks import last_meaningful_line
from setup_display import end_group, run_logged


@dataclass(frozen=True)
class Program:
    """The installed program: its Python, its source folder, where its children's logs go, the language to speak."""

    python: Path
    root: Path
    logs: Path
    spoken: str

    def pull(self, model: str, cache: Path, tick: Callable[[str], None]) -> tuple[Path, str]:
        """Download a model; return its path and "", or an empty path and the sentence that says why not."""
        command = [str(self.python), "-m", "kb.inference.download", model, str(cache)]
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{model}.log"
        last: dict[str, object] = {}
        with log.open("wb") as errors:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self.root,
                start_new_session=True,
            )
            assert child.stdout is not None  # a pipe was asked for
            try:
                for line in child.stdout:
                    last = json.loads(line)
                    if "total" in last:
                        tick(_progress(last))
                child.wait()
            except BaseException:
                end_group(child)
                raise
        if "path" in last:
            return Path(str(last["path"])), ""
        if "error" in last:
            return Path(), self.error(str(last["error"]), dict(last["params"]))  # type: ignore[call-overload]
        reason = last_meaningful_line(log.read_text(encoding="utf-8", errors="replace"))
        return Path(), self.error("download_failed", {"model": model, "reason": reason})

    def prove(self, model: Path, tick: Callable[[], None]) -> dict[str, object]:
        """Generate eight tokens with a model; return the proof as kb.inference.proof describes it."""
        code, output = self._module("kb.inference.proof", str(model), tick)
        try:
            return dict(json.loads(output.strip().splitlines()[-1]))
        except (ValueError, IndexError, TypeError):
            return {"result": "refused", "reason": last_meaningful_line(output) or f"exit status {code}"}

    def export(self, folder: Path, tick: Callable[[], None]) -> tuple[Path, str]:
        """Export an embedder to ONNX; return the graph's path and "", or an empty path and why not."""
        code, output = self._module("kb.inference.export", str(folder), tick)
        told = last_meaningful_line(output)
        return (Path(told), "") if code == 0 else (Path(), told)

    def error(self, code: str, params: dict[str, object]) -> str:
        """Return the program's own sentence for an error, from its catalogue of messages."""
        catalogue = self.root / "tui" / "locale" / self.spoken / "models.toml"
        sentences = tomllib.loads(catalogue.read_text(encoding="utf-8"))["error"]
        return str(sentences[code].format_map(params))

    def _module(self, module: str, argument: str, tick: Callable[[], None]) -> tuple[int, str]:
        command = [str(self.python), "-m", module, argument]
        return run_logged(command, self.logs / f"{module}.log", tick, folder=self.root)


def _progress(event: dict[str, object]) -> str:
    """Return "312 / 1117 MB" for a download's event."""
    done, total = (int(str(event[name])) // 10**6 for name in ("done", "total"))
    return f"{done} / {total} MB"
