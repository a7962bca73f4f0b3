"""What the pages say is what the program does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from ingest import SUFFIXES
from ingest.model import Kind
from kb.inference.catalog import CATALOG, Purpose
from kb.inference.footprint import CONTEXT, footprint
from tui.config import SETTINGS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])


def test_the_command_page_is_what_the_help_says_now() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "make_command_page.py"))["page"]()
    assert (DOCS / "commands.md").read_text("utf-8") == page, "run tools/make_command_page.py"


def test_every_ending_and_kind_that_is_read_is_described() -> None:
    text = (DOCS / "files.md").read_text("utf-8")
    assert [name for name in (*SUFFIXES, *Kind) if f"`{name}`" not in text] == []


def test_every_setting_is_described_and_no_other() -> None:
    text = (DOCS / "settings.md").read_text("utf-8").partition("| environment |")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(SETTINGS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_asks_for_exactly_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^    (make .*)$", text, re.MULTILINE) == ["make run", "make test"]


def test_every_model_is_described_with_its_size_and_memory() -> None:
    text = (DOCS / "models.md").read_text("utf-8")
    for model in CATALOG:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `{model.name}` |")]
        assert f"| {model.bytes // 10**6} MB |" in line
        assert f"| {model.licence} |" in line
        if model.purpose is Purpose.CHAT:
            assert f"| {-(-footprint(model.shape, model.bytes, CONTEXT).total // 10**6)} MB |" in line
