"""`repaso models`: the language models and embedders on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.framework import Command, Group, argument, command
from tui.commands.interrupt import stop_between_items
from tui.commands.invocation import Invocation
from tui.config import write_setting
from tui.locale import Messages
from tui.printing import Style

if TYPE_CHECKING:
    from kb.inference.download import PullEvent

HERE = "tui.commands.models"
MEGABYTE = 10**6


def build_models(messages: Messages) -> Group:
    """Return the group."""
    apart = {"list": f"{HERE}_list", "bench": f"{HERE}_bench"}
    names = ("list", "pull", "use", "remove", "bench")
    return Group("models", messages, {name: f"{apart.get(name, HERE)}:build_{name}" for name in names})


def build_pull(messages: Messages) -> Command:
    """Return `models pull`."""
    return command("models pull", messages, [argument(messages, "name", "model", default="")], run_pull)


def run_pull(invocation: Invocation, name: str) -> int:
    """Download a model, or both that are in use; raises DownloadFailed or UnknownModel."""
    from kb.inference.catalog import CATALOG, Purpose, hub_model
    from kb.inference.download import pull
    from kb.inference.hub_file import pull_file
    from kb.inference.hub_folder import pull_folder

    config = invocation.config
    names = [name] if name else [config.chat_model, config.embedding_model]
    known = {model.name: model for model in CATALOG}
    pulled = []

    def show(event: PullEvent) -> None:
        done, total = event.done // MEGABYTE, event.total // MEGABYTE
        invocation.status.show(f"{event.model}: {done}/{total} MB ({event.part}/{event.parts})")

    with stop_between_items(lambda: invocation.note(invocation.text("models.stopping"))) as stopped:
        for each in names:
            if each in known:
                path = pull(known[each], config.cache, show, should_stop=stopped)
            elif hub_model(each).purpose is Purpose.CHAT:
                path = pull_file(each, config.cache, show, should_stop=stopped)
            else:
                path = pull_folder(each, config.cache, show, should_stop=stopped)
            if path.is_dir():
                _export(invocation, each, path)
            invocation.status.clear()
            pulled.append({"name": each, "path": str(path)})
            if not invocation.json and not invocation.quiet:
                invocation.printer.line(invocation.text("models.pulled", model=each, path=path), Style.GOOD)
    if invocation.json:
        invocation.print_json({"models": pulled})
    return 0


def _export(invocation: Invocation, model: str, folder: Path) -> None:
    """Convert an embedder to ONNX where that was not done; one that cannot be runs more slowly, and that is said."""
    from kb.inference.export import ExportDiffers, ExportFailed, NoFastPath, export_in_child, exported

    cache = invocation.config.cache
    if exported(folder, cache) is not None:
        return
    invocation.status.show(invocation.text("models.exporting", model=model))
    try:
        export_in_child(folder, cache)
    except (ExportDiffers, ExportFailed, NoFastPath) as error:
        invocation.note(invocation.messages.error(error))
    finally:
        invocation.status.clear()


def build_use(messages: Messages) -> Command:
    """Return `models use`."""
    return command("models use", messages, [argument(messages, "name", "model")], run_use)


def run_use(invocation: Invocation, name: str) -> int:
    """Use a model from now on: by a name of the catalogue or of the hub, a GGUF file or an embedder's folder."""
    from kb.inference.catalog import CATALOG, is_installed, model_path, source_of
    from kb.inference.export import NotAnEmbedder
    from kb.inference.trial import try_chat_model

    config = invocation.config
    known = {model.name: model for model in CATALOG}
    if name in known:
        key = f"{known[name].purpose.value}_model"
    else:
        path = model_path(name, config.cache).absolute()
        key, name = ("embedding_model" if path.is_dir() else "chat_model"), source_of(name)
        if path.is_dir() and not (path / "modules.json").is_file():
            raise NotAnEmbedder(model=path, reason="not_an_embedder")
        if path.is_dir():
            _export(invocation, name, path)
        else:
            try_chat_model(name, path, config.gpu_layers)
    write_setting(config.settings, key, name)
    if invocation.json:
        invocation.print_json({"setting": key, "model": name, "settings": str(config.settings)})
    else:
        invocation.printer.line(invocation.text(f"models.uses_{key}", model=name))
    if key == "chat_model" and config.server_url:
        invocation.note(invocation.text("models.server_goes_first"))
    if name in known and not is_installed(known[name], config.cache):
        invocation.note(invocation.text("models.not_here_yet", model=name))
    return 0


def build_remove(messages: Messages) -> Command:
    """Return `models remove`."""
    return command("models remove", messages, [argument(messages, "name", "model")], run_remove)


def run_remove(invocation: Invocation, name: str) -> int:
    """Delete a downloaded model; 1 when there was nothing. A model used by path is not ours to delete."""
    from kb.inference.catalog import CATALOG, hub_model
    from kb.inference.download import remove

    model = next((model for model in CATALOG if model.name == name), None) or hub_model(name)
    freed = remove(model, invocation.config.cache)
    if invocation.json:
        invocation.print_json({"model": name, "freed_bytes": freed})
    elif freed:
        invocation.printer.line(invocation.text("models.removed", model=name, size=freed // MEGABYTE))
    else:
        invocation.note(invocation.text("models.nothing_to_remove", model=name))
    return 0 if freed else 1
