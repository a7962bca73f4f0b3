"""One call of the program: what was said on the command line, and what a command needs to answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tui.config import Config, Overrides, load_config
from tui.locale import Messages
from tui.printing import Printer, Status, open_printer

if TYPE_CHECKING:
    from tui.services import Services


@dataclass
class Invocation:
    """What the command line said, filled in while it is parsed; the rest is opened on first use."""

    messages: Messages
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    library: str = ""
    language: str = ""
    json: bool = False
    quiet: bool = False
    verbose: bool = False

    @cached_property
    def config(self) -> Config:
        """The configuration in force; raises ConfigError."""
        return load_config(self.environ, Overrides(self.library, self.language))

    @cached_property
    def printer(self) -> Printer:
        """Where results go."""
        return open_printer(sys.stdout)

    @cached_property
    def status(self) -> Status:
        """Where progress goes."""
        return Status(sys.stderr, self.quiet or self.json)

    def text(self, key: str, /, **params: object) -> str:
        """Return a sentence of the catalogue."""
        return self.messages.text(key, **params)

    def print_json(self, shape: dict[str, object], indent: int | None = 2) -> None:
        """Print one JSON document on stdout, in UTF-8 whatever the locale."""
        from tui.json_output import dumps

        sys.stdout.write(dumps(shape, indent) + "\n")

    def flush(self) -> None:
        """Let what was printed be read now, also by a program behind a pipe."""
        sys.stdout.flush()

    def note(self, sentence: str) -> None:
        """Print a remark on stderr, unless quiet."""
        if not self.quiet:
            from tui.printing import one_line

            self.status.clear()
            sys.stderr.write(one_line(sentence) + "\n")

    @contextmanager
    def services(self) -> Iterator[Services]:
        """Open the library with everything that stands on it, and close it and its model processes afterwards."""
        from tui.services import open_services

        self._log()
        services = open_services(self.config)
        try:
            yield services
        finally:
            services.close()

    def _log(self) -> None:
        """Send the libraries' logs to stderr when verbose, else nowhere."""
        import logging

        if self.verbose:
            logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
        else:
            logging.getLogger().addHandler(logging.NullHandler())
