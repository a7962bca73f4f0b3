"""The programs that make decks, each with the version of the lecture that its users would write.

A generator whose program is not installed is left out and named.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.decks.lecture import Bullet, Code, Element, Grid, LectureSlide, Paragraph

_SECONDS = 300
_TEX = " \n\\`*_[]<>#|$~^.,;:!?()-+='/%&@{}\"¿¡"


@dataclass(frozen=True, slots=True)
class Generator:
    """A way to make a PDF of a lecture: the programs and settings it needs, and what writes the PDF into a folder.

    `texts_first` is whether its slides show their bullets above their tables and code.
    """

    name: str
    programs: tuple[str, ...]
    make: Callable[[Sequence[LectureSlide], Path], Path]
    settings: tuple[str, ...] = ()
    texts_first: bool = False

    def missing(self) -> tuple[str, ...]:
        """Return the programs that are not installed and the settings that the environment lacks."""
        programs = (program for program in self.programs if not shutil.which(program))
        return (*programs, *(setting for setting in self.settings if setting not in os.environ))


def beamer(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Typeset frames with pandoc and pdflatex, with the footline and section pages of the Madrid theme."""
    source = folder / "beamer.md"
    head = "---\ntitle: Clase\nauthor: Docente\ntheme: Madrid\nlang: es\n---\n\n"
    source.write_text(head + "\n\n".join(_typeset(slide) for slide in slides), encoding="utf-8")
    target = folder / "beamer.pdf"
    _run("pandoc", "-t", "beamer", "--slide-level=2", "--pdf-engine=pdflatex", str(source), "-o", str(target))
    return target


def old_beamer(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Typeset the same frames with TeX's first font encoding, whose accents are marks of their own."""
    source, tex = folder / "old.md", folder / "old.tex"
    source.write_text("\n\n".join(_typeset(slide) for slide in slides), encoding="utf-8")
    _run("pandoc", "-s", "-t", "beamer", "--slide-level=2", "-V", "fontenc=OT1", str(source), "-o", str(tex))
    text = (
        tex.read_text(encoding="utf-8").replace(r"\usepackage[OT1]{fontenc}", "").replace(r"\usepackage{lmodern}", "")
    )
    tex.write_text(text.replace(r"\usepackage[T1]{fontenc}", ""), encoding="utf-8")
    _run("pdflatex", "-interaction=batchmode", f"-output-directory={folder}", str(tex))
    return folder / "old.pdf"


def marp(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Print a Marp deck with page numbers and a footer."""
    source, target = folder / "marp.md", folder / "marp.pdf"
    head = "---\nmarp: true\npaginate: true\nfooter: Curso de lenguaje\n---\n\n"
    source.write_text(head + "\n\n---\n\n".join(markdown(slide, "#") for slide in slides), encoding="utf-8")
    _run("marp", "--allow-local-files", "--pdf", str(source), "-o", str(target))
    return target


def powerpoint(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Write a presentation and let LibreOffice export it."""
    source = presentation(slides, folder)
    _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source))
    return source.with_suffix(".pdf")


def remark(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Print a remark deck from the browser; REMARK names remark.min.js."""
    shutil.copy(os.environ["REMARK"], folder / "remark.js")
    text = "\n\n---\n\n".join(markdown(slide, "#") for slide in slides)
    page = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><style>@page {size: 1210px 681px; margin: 0}'
        "@media print {.remark-slide-scaler {width: 100% !important; height: 100% !important; transform: none"
        " !important; top: 0 !important; left: 0 !important}}</style></head><body>"
        f'<textarea id="source">{html.escape(text, quote=False)}</textarea><script src="remark.js"></script>'
        "<script>remark.create()</script></body></html>"
    )
    source, target = folder / "remark.html", folder / "remark.pdf"
    source.write_text(page, encoding="utf-8")
    _run(
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--no-first-run", f"--user-data-dir={folder / 'browser'}"),
        *("--virtual-time-budget=5000", "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri()),
    )
    return target


def texts_first(slide: LectureSlide) -> LectureSlide:
    """Return a slide as a presentation shows it: its bullets above its tables and code."""
    return replace(slide, body=tuple(sorted(slide.body, key=lambda element: isinstance(element, Code | Grid))))


def presentation(slides: Sequence[LectureSlide], folder: Path) -> Path:
    """Write a PowerPoint file: titles and bullets in placeholders, tables and code in shapes below."""
    from pptx import Presentation
    from pptx.util import Inches, Pt

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.33), Inches(7.5)
    for each in slides:
        page = deck.slides.add_slide(deck.slide_layouts[1])
        page.shapes.title.text = each.title
        frame = page.placeholders[1].text_frame
        lines = [element for element in each.body if isinstance(element, Bullet | Paragraph)]
        frame.text = lines[0].text if lines else ""
        for line in lines[1:]:
            paragraph = frame.add_paragraph()
            paragraph.text = line.text
            paragraph.level = line.level if isinstance(line, Bullet) else 0
        for element in each.body:
            if isinstance(element, Grid):
                shape = page.shapes.add_table(
                    len(element.rows), len(element.rows[0]), Inches(1), Inches(4), Inches(11), Inches(2)
                )
                for i, row in enumerate(element.rows):
                    for k, cell in enumerate(row):
                        shape.table.cell(i, k).text = cell
            elif isinstance(element, Code):
                box = page.shapes.add_textbox(Inches(1), Inches(4.5), Inches(11), Inches(2.5)).text_frame
                box.text = element.text
                for paragraph in box.paragraphs:
                    paragraph.font.size, paragraph.font.name = Pt(14), "DejaVu Sans Mono"
    target = folder / "powerpoint.pptx"
    deck.save(str(target))
    return target


def markdown(slide: LectureSlide, mark: str) -> str:
    """Return a slide as Markdown under a heading of the given level."""
    return "\n\n".join([f"{mark} {_escaped(slide.title)}", *_pieces(slide.body)])


def _typeset(slide: LectureSlide) -> str:
    """Return a frame in characters that both of TeX's font encodings have; only letters and digits are measured."""
    return "".join(char if char.isalnum() or char in _TEX else " " for char in markdown(slide, "##"))


def _pieces(body: Sequence[Element]) -> list[str]:
    pieces: list[str] = []
    listing = False
    for element in body:
        if isinstance(element, Bullet):
            item = (
                f"{'    ' * element.level}{f'{element.number}.' if element.number else '-'} {_escaped(element.text)}"
            )
            if listing:
                pieces[-1] += f"\n{item}"
            else:
                pieces.append(item)
        elif isinstance(element, Paragraph):
            pieces.append(_escaped(element.text))
        elif isinstance(element, Code):
            pieces.append(f"```\n{element.text}\n```")
        else:
            head, *rows = ["| " + " | ".join(map(_escaped, row)) + " |" for row in element.rows]
            pieces.append("\n".join([head, "|" + "---|" * len(element.rows[0]), *rows]))
        listing = isinstance(element, Bullet)
    return pieces


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|$~^" else char for char in text)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {(done.stderr or done.stdout)[-400:]}")


GENERATORS = (
    Generator("Beamer (pandoc, pdflatex)", ("pandoc", "pdflatex"), beamer),
    Generator("Beamer, OT1 fonts", ("pandoc", "pdflatex"), old_beamer),
    Generator("Marp", ("marp",), marp),
    Generator("PowerPoint (LibreOffice's export)", ("soffice",), powerpoint, texts_first=True),
    Generator("remark (Chromium's print)", ("chromium",), remark, ("REMARK",)),
)
