"""What `repaso doctor` finds of the two models, and of the server that stands for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.checks import Check
from tui.commands.invocation import Invocation
from tui.commands.models_list import MEGABYTE, megabytes, speed_of
from tui.config import Config

if TYPE_CHECKING:
    from kb.inference.trial import Trial


def chat_check(invocation: Invocation, config: Config) -> Check:
    """Look whether the language model fits, and have it write eight tokens in a process of its own."""
    from kb.inference.catalog import model_path
    from kb.inference.proof import Died, Proved, Refused, TookTooLong, prove_llama
    from kb.inference.trial import try_chat_model

    path = model_path(config.chat_model, config.cache)
    tried = try_chat_model(config.chat_model, path, config.gpu_layers)
    match prove_llama(path):
        case Proved():
            return Check("chat_model", True, ". ".join(_well(invocation, config, path, tried)))
        case Died(signal):
            told = invocation.text("doctor.model_died", model=config.chat_model, signal=signal)
            return Check("chat_model", False, told, invocation.text("doctor.fix_build"))
        case Refused(reason):
            told = invocation.text("doctor.model_refused", model=config.chat_model, reason=reason)
            return Check("chat_model", False, told, invocation.text("doctor.fix_build"))
        case TookTooLong(seconds):
            told = invocation.text("doctor.model_slow", model=config.chat_model, seconds=round(seconds))
            return Check("chat_model", False, told, invocation.text("doctor.fix_chat_model"))


def _well(invocation: Invocation, config: Config, path: Path, tried: Trial) -> Iterator[str]:
    """Say of a model that works what it takes, where it runs and how fast it was."""
    from kb.inference.cards_seen import cards_in_child
    from kb.inference.machine import this_machine

    yield invocation.text("doctor.model_well", model=config.chat_model)
    needed = megabytes(tried.place.in_memory)
    if tried.free is None:
        yield invocation.text("doctor.model_needs", needed=needed)
    else:
        yield invocation.text("doctor.model_fits", needed=needed, free=tried.free // MEGABYTE)
    machine = this_machine(cards_in_child())
    if tried.place.layers:
        cards = ", ".join(card.name for card in machine.cards)
        on_card = megabytes(tried.place.on_cards)
        yield invocation.text("doctor.model_on_card", cards=cards, layers=tried.place.layers, needed=on_card)
    else:
        yield invocation.text("doctor.model_on_processor", threads=config.threads or machine.cores)
    speed = speed_of(path, config, machine)
    if speed is not None:
        yield invocation.text("doctor.model_speed", speed=f"{speed.answer_speed:.1f}", day=speed.day)


def server_check(invocation: Invocation, config: Config) -> Check:
    """Ask the server which models it has, and see that the one in the settings works."""
    from kb.inference.server_address import short, shown
    from tui.services import open_server

    models = open_server(config).check()
    url = shown(config.server_url)
    told = invocation.text("doctor.server_well", url=url, models=short(", ".join(models)))
    return Check("server", True, told)


def embedding_check(invocation: Invocation, config: Config) -> Check:
    """Have the embedder encode a sentence, and say on what it does."""
    from kb.inference import Role, open_encoder
    from kb.inference.devices import CUDA, driver_sees_card, torch_device_in_child

    encoder = open_encoder(config.embedding_model, config.cache)
    try:
        size = encoder.encode(["una frase de prueba"], Role.QUERY).shape[1]
    finally:
        encoder.close()
    told = [invocation.text("doctor.embedder_well", model=config.embedding_model, size=size)]
    told.append(invocation.text(f"doctor.runs_{encoder.runs}"))
    if encoder.runs != CUDA and driver_sees_card():
        usable = torch_device_in_child() == CUDA
        told.append(invocation.text("doctor.card_helps" if usable else "doctor.card_unused"))
    return Check("embedding_model", True, ". ".join(told))
