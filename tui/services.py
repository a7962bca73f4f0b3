"""What screens and commands hold: one open library and the quizzes over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.library import Library
    from kb.model import AddEvent, AddResult
    from quizzes.quiz import QuizMaster
    from tui.config import Config

SAMPLE_COURSE = "Procesamiento del lenguaje natural"


@dataclass(frozen=True, slots=True)
class Services:
    """One open library and everything that stands on it; close it when done."""

    config: Config
    library: Library
    quizzes: QuizMaster

    def today(self) -> str:
        """The local date, as ISO."""
        return now().astimezone().date().isoformat()

    def close(self) -> None:
        """End the model processes and close the library."""
        self.library.close()


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def open_services(config: Config) -> Services:
    """Open the library of a configuration; models start on first use. Raises StoreError."""
    from kb.inference import open_encoder, open_generator
    from kb.library import Library
    from quizzes.bank import Bank
    from quizzes.quiz import QuizMaster

    library = Library.open(
        config.library,
        encoder=open_encoder(config.embedding_model, config.cache),
        generator=open_generator(config.chat_model, config.cache, config.threads),
        clock=time.perf_counter,
    )
    return Services(config, library, QuizMaster(Bank(library.database), library.section_vectors, now))


def samples_folder() -> Path:
    """Return the folder of the sample course: inside an installed package, beside a checkout's packages."""
    inside = Path(__file__).parent / "samples"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "samples"


def add_samples(
    services: Services, progress: Callable[[AddEvent], None] = lambda _event: None
) -> tuple[AddResult, ...]:
    """Add the sample course and its questions; adding it again changes nothing."""
    from kb.library import AddOptions

    results = services.library.add([samples_folder()], AddOptions(course=SAMPLE_COURSE), progress=progress)
    services.quizzes.sync()
    return results
