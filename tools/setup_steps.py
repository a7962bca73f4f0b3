"""The steps of set-up, in order: environment, llama.cpp, packages, models, proof, export."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llama_build import PACKAGE, Plan, WheelCache, build_command, cache_key, plans, this_processor
from setup_checks import FIRST_TIME_GB, LATER_GB, check_disk, check_venv, find_compiler, last_meaningful_line
from setup_display import Display, run_logged
from setup_models import Program
from setup_texts import SetupFailed, sentence

ROOT = Path(__file__).resolve().parent.parent
SMALL_CHAT, EMBEDDER, CHAT = "smollm2-135m", "all-minilm-l6-v2", "qwen2.5-coder-1.5b"
MODELS = {"test": (SMALL_CHAT, EMBEDDER), "run": (SMALL_CHAT, EMBEDDER, CHAT), "all": (SMALL_CHAT, EMBEDDER, CHAT)}
"""What each part needs: tests the two small models, the program also the one that writes answers."""

PROBE = "hatchling"
"""A small package that every set-up needs, asked for to see whether the index answers."""


def cache_folder(environ: Mapping[str, str], platform: str = sys.platform, home: Path | None = None) -> Path:
    """Return the cache folder the program itself will use, before platformdirs is there to ask."""
    home = home or Path.home()
    if environ.get("REPASO_CACHE"):
        return Path(environ["REPASO_CACHE"]).absolute()
    if platform == "darwin":
        return home / "Library" / "Caches" / "repaso"
    return Path(environ.get("XDG_CACHE_HOME", "").strip() or home / ".cache") / "repaso"


def pinned(package: str, constraints: Path) -> str:
    """Return the version a package is pinned to."""
    text = constraints.read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(package)}==(\S+)", text, re.MULTILINE)
    if not found:
        raise ValueError(f"{constraints} does not pin {package}")
    return found.group(1)


def set_up(part: str, spoken: str) -> None:
    """Make ready for "run", "test" or "all". Raises SetupFailed."""
    if part not in MODELS:
        raise SetupFailed("unknown_part", part=part, known=", ".join(MODELS))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    Setup(ROOT, cache_folder(os.environ), part, spoken, Display(sys.stderr)).run()


class Setup:
    """One run of set-up in a project folder, for a cache folder."""

    def __init__(self, root: Path, cache: Path, part: str, spoken: str, display: Display) -> None:
        self.root, self.cache, self.part, self.spoken, self.display = root, cache, part, spoken, display
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.stamp = self.venv / "repaso-setup.json"
        self.constraints = root / "constraints.txt"
        self.wheels = WheelCache(cache)
        self.program = Program(self.python, root, self.venv / "setup", spoken)
        self.lenient = part == "run"
        self.index_answers = self.gave_up = False

    def run(self) -> None:
        """Do what is not done yet. The stamp says what is, and is written after it."""
        stamp = self._read_stamp()
        if stamp.get("key") != self._key() or not self.python.exists():
            stamp = {}
        if stamp.get("proved") and all(self._has_model(stamp, model) for model in MODELS[self.part]):
            return
        if not stamp:
            self._install()
            stamp = {"key": self._key(), "proved": False, "models": {}}
            self._write_stamp(stamp)
        for model in MODELS[self.part]:
            if not self._has_model(stamp, model) and self._within_reach(model):
                self._get_model(model, stamp)
            # Proved before the large model is fetched: without a working build that would be for nothing.
            if model == SMALL_CHAT and not stamp["proved"] and SMALL_CHAT in stamp["models"]:
                stamp["proved"] = self._prove(Path(stamp["models"][SMALL_CHAT][0][0]))
                self._write_stamp(stamp)
        self.display.say(self._say("done"))

    def _install(self) -> None:
        """Check the machine, then create the environment and fill it."""
        check_venv()
        find_compiler(os.environ.get("CXX", ""))
        again = self.python.exists()
        check_disk(self.venv, LATER_GB if again else FIRST_TIME_GB)
        check_disk(self.cache, LATER_GB)
        self._make_environment()
        self._check_network()
        self._install_llama()
        self._pip("step_install", "install", "-e", f"{self.root}[dev]")

    def _make_environment(self) -> None:
        """Create .venv, or keep it where it works and belongs to this folder."""
        # An environment that was moved or copied still points to its old folder, and one whose Python was
        # upgraded away to nothing.
        works = self.python.exists() and self._home() == self.venv
        if works and subprocess.run([self.python, "-m", "pip", "--version"], capture_output=True).returncode == 0:
            return
        self.display.begin(self._say("step_environment"))
        shutil.rmtree(self.venv, ignore_errors=True)
        with tempfile.TemporaryDirectory() as logs:
            command = [sys.executable, "-m", "venv", str(self.venv)]
            code, output = run_logged(command, Path(logs) / "venv.log", self.display.tick)
        if code != 0:
            raise self._failed("venv_failed", path=self.venv, reason=last_meaningful_line(output))
        (self.venv / "repaso-home").write_text(str(self.venv), encoding="utf-8")
        self.display.end()

    def _home(self) -> Path:
        """Return the folder the environment was created in."""
        home = self.venv / "repaso-home"
        return Path(home.read_text(encoding="utf-8")) if home.exists() else Path()

    def _check_network(self) -> None:
        """Ask pip for a small package; whatever index, mirror or folder pip is set to is then good."""
        self.display.begin(self._say("step_network"))
        with tempfile.TemporaryDirectory() as folder:
            command = [
                str(self.python),
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-cache-dir",
                "--no-input",
            ]
            command += ["--retries", "1", "--timeout", "15", "--dest", folder, PROBE]
            code, output = run_logged(command, self.program.logs / "network.log", self.display.tick)
        if code != 0:
            raise self._failed("no_network", reason=last_meaningful_line(output))
        self.index_answers = True
        self.display.end()

    def _within_reach(self, model: str) -> bool:
        """Whether there is any point in getting a model now; where it must be had, SetupFailed says why not."""
        places = (self.cache / "models" / name for name in (model, f"{model}.gguf"))
        if self.index_answers or any(place.exists() for place in places):
            return True
        if self.gave_up:
            return False
        try:
            self._check_network()
        except SetupFailed as failure:
            if not self.lenient:
                raise
            self.gave_up = True
            self.display.say(self._say("model_later", error=self._say(failure.code, **failure.values)))
            return False
        return True

    def _install_llama(self) -> None:
        """Install the best build of llama.cpp that was not refused here; compile it unless it was before."""
        key, plan = self._choice()
        wheel = self.wheels.find(key)
        if wheel is None:
            self.display.begin(self._say("step_build"))
            wheel = self.wheels.build(key, lambda folder: self._compile(plan.environment(os.environ), folder))
            self.display.end()
        else:
            self.display.say("✓ " + self._say("step_build_cached"))
        self._pip("step_install_llama", "install", "--no-deps", "--force-reinstall", str(wheel))

    def _choice(self) -> tuple[str, Plan]:
        """Return the first build that was not refused, with its key, or the last one."""
        processor, compiler = this_processor(), find_compiler(os.environ.get("CXX", ""))
        version = pinned(PACKAGE, self.constraints)
        for plan in plans(processor, compiler):
            key = cache_key(version, plan, compiler, processor, os.environ)
            if not self.wheels.refused(key):
                break
        return key, plan

    def _compile(self, environ: Mapping[str, str], folder: Path) -> None:
        """Compile the wheel into a folder."""
        log = self.program.logs / "llama.log"
        command = build_command(self.python, pinned(PACKAGE, self.constraints), folder)
        code, output = run_logged(command, log, self.display.tick, environ)
        if code != 0:
            raise self._failed("build_failed", reason=last_meaningful_line(output), log=log)

    def _pip(self, step: str, *arguments: str) -> None:
        """Run pip quietly under our constraints, showing one line."""
        self.display.begin(self._say(step))
        log = self.program.logs / f"{step}.log"
        # Builds of packages take their constraints from the environment (pip's build isolation).
        environ = {**os.environ, "PIP_CONSTRAINT": str(self.constraints), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        command = [str(self.python), "-m", "pip", *arguments, "--quiet", "--no-input"]
        code, output = run_logged(command, log, self.display.tick, environ)
        if "No space left" in output:
            raise self._failed("no_disk", path=self.venv, needed=f"{FIRST_TIME_GB:.0f}", free="0")
        if code != 0:
            raise self._failed("install_failed", reason=last_meaningful_line(output), log=log)
        self.display.end()

    def _get_model(self, model: str, stamp: dict[str, Any]) -> None:
        """Download one model and note its files; export the embedder."""
        self.display.begin(self._say("step_model", model=model))
        path, error = self.program.pull(model, self.cache, self.display.tick)
        if error and not self.lenient:
            raise self._failed("model_failed", error=error)
        self.display.end("✗" if error else "✓")
        if error:
            self.display.say(self._say("model_later", error=error))
            return
        if model == EMBEDDER:
            self._export(path)
        files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
        stamp["models"][model] = [[str(file), file.stat().st_size] for file in files]
        self._write_stamp(stamp)

    def _export(self, folder: Path) -> None:
        """Convert the embedder to ONNX; without it the program is slower, not broken."""
        self.display.begin(self._say("step_export"))
        _, error = self.program.export(folder, self.display.tick)
        self.display.end("✗" if error else "✓")
        if error:
            self.display.say(self._say("export_failed", reason=error))

    def _prove(self, model: Path) -> bool:
        """Whether llama.cpp generates tokens here; a build that does not is replaced once by the plain one."""
        reason = self._try_llama(model)
        if not reason:
            return True
        self.wheels.refuse(self._choice()[0])
        self.display.say(self._say("proof_retry", reason=reason))
        self._install_llama()
        reason = self._try_llama(model)
        if not reason:
            return True
        self.wheels.refuse(self._choice()[0])
        if not self.lenient:
            raise self._failed("proof_failed", reason=reason)
        self.display.say(self._say("proof_failed", reason=reason))
        return False

    def _try_llama(self, model: Path) -> str:
        """Generate eight tokens in a child process; return "" or how that failed."""
        self.display.begin(self._say("step_proof"))
        proof = self.program.prove(model, self.display.tick)
        self.display.end("✓" if proof["result"] == "proved" else "✗")
        match proof:
            case {"result": "proved"}:
                return ""
            case {"result": "died", "signal": number}:
                return self._say("proof_signal", signal=number)
            case {"result": "too_long", "seconds": seconds}:
                return self._say("proof_too_long", seconds=seconds)
        return str(proof.get("reason", "?"))

    def _key(self) -> str:
        """Return a hash of what the environment depends on: Python, our lists and scripts, and where it lies."""
        digest = hashlib.sha256(f"{sys.version}\0{self.root}\0".encode())
        scripts = sorted(path for path in (self.root / "tools").glob("*") if path.name.startswith(("setup", "llama")))
        for path in (self.root / "pyproject.toml", self.constraints, *scripts):
            if path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def _has_model(self, stamp: Mapping[str, Any], model: str) -> bool:
        """Whether the model's files, as noted when they were checked, still lie in the cache folder in use."""
        files = stamp.get("models", {}).get(model, [])
        sizes = ((Path(path), size) for path, size in files)
        here = all(
            path.is_file() and path.stat().st_size == size and self.cache in path.parents for path, size in sizes
        )
        return bool(files) and here

    def _read_stamp(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.stamp.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _write_stamp(self, stamp: Mapping[str, object]) -> None:
        draft = self.stamp.with_suffix(".tmp")
        draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        draft.replace(self.stamp)

    def _say(self, code: str, **values: object) -> str:
        return sentence(code, self.spoken, **values)

    def _failed(self, code: str, **values: object) -> SetupFailed:
        """Finish the step that was shown and return the error to raise."""
        self.display.end("✗")
        return SetupFailed(code, **values)
