"""click's commands with texts from the catalogue, imported only when called, taking the global options anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from tui.commands.invocation import Invocation
from tui.config import LANGUAGES
from tui.locale import Messages


class Command(click.Command):
    """A click command that speaks the language of its messages."""

    def __init__(self, name: str, messages: Messages, **rest: Any) -> None:
        self.messages = messages
        rest.setdefault("help", messages.text(f"about.{name.replace(' ', '_')}"))
        super().__init__(
            name.split()[-1],
            options_metavar=messages.text("help.options_metavar"),
            context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
            **rest,
        )
        self.params += global_options(messages, hidden=name != "repaso")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's help option under a sentence of ours."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = self.messages.text("option.help")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how to call it."""
        prefix = self.messages.text("help.usage") + " "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=prefix)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each option with its sentence."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [param.get_help_record(ctx) for param in options]
        with formatter.section(self.messages.text("help.options")):
            formatter.write_dl([record for record in records if record is not None])


class Group(Command, click.Group):
    """A command of commands. `where` maps each name to "module:function"; the function builds the command."""

    def __init__(self, name: str, messages: Messages, where: Mapping[str, str], **rest: Any) -> None:
        self.where = where
        self.path = "" if name == "repaso" else f"{name}_"
        super().__init__(name, messages, subcommand_metavar=messages.text("help.command_metavar"), **rest)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names in the order they are told in."""
        return list(self.where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Import and build one command."""
        if cmd_name not in self.where:
            return None
        module, function = self.where[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), function)(self.messages)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve the command's name, naming the close ones when there is no such command."""
        if args[0] not in self.where and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=list(self.where), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then each command's line from the catalogue, importing none of them."""
        Command.format_options(self, ctx, formatter)
        lines = [(name, self.messages.text(f"commands.{self.path}{name}")) for name in self.where]
        with formatter.section(self.messages.text("help.commands")):
            formatter.write_dl(lines)


def option(messages: Messages, *names: str, text: str, metavar: str = "", **rest: Any) -> click.Option:
    """Return an option explained by the sentence `option.<text>`; `metavar` names a sentence `metavar.<metavar>`."""
    shown = messages.text(f"metavar.{metavar}") if metavar else None
    return click.Option(names, help=messages.text(f"option.{text}"), metavar=shown, **rest)


def argument(messages: Messages, name: str, metavar: str, **rest: Any) -> click.Argument:
    """Return an argument shown as the sentence `metavar.<metavar>`."""
    return click.Argument([name], metavar=messages.text(f"metavar.{metavar}"), **rest)


def global_options(messages: Messages, hidden: bool) -> list[click.Parameter]:
    """Return the options that every command takes; whatever is said last, before or after the command, holds."""

    def keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
        if value and param.name:
            setattr(ctx.find_root().obj, param.name.removeprefix("global_"), value)

    def choice(*names: str, text: str, metavar: str = "", **rest: Any) -> click.Option:
        named = (f"global_{text}", *names)
        return option(
            messages, *named, text=text, metavar=metavar, callback=keep, expose_value=False, hidden=hidden, **rest
        )

    return [
        choice("--library", text="library", metavar="file"),
        choice("--lang", text="language", type=click.Choice(LANGUAGES)),
        choice("--json", text="json", is_flag=True),
        choice("-q", "--quiet", text="quiet", is_flag=True),
        choice("-v", "--verbose", text="verbose", is_flag=True),
    ]


def command(name: str, messages: Messages, params: Sequence[click.Parameter], run: Callable[..., int]) -> Command:
    """Return a command whose `run(invocation, **params)` returns the exit status."""

    def call(**values: Any) -> int:
        invocation: Invocation = click.get_current_context().find_root().obj
        return run(invocation, **values)

    return Command(name, messages, params=list(params), callback=call)
