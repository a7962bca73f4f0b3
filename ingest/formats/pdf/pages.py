"""Each page's words, read by the engine that gives the better text for it, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.formats.pdf.document import reason
from ingest.formats.pdf.engines import MAX_CHARACTERS, Engine, PageTooLarge
from ingest.formats.pdf.model import RawPage
from ingest.formats.pdf.quality import GOOD, Quality, quality_of
from ingest.formats.pdf.repair import accented, decoded, encoding_of
from ingest.model import Notice

# The other engine must be better by this much, as it says nothing of where words stand.
_CLEARLY = 0.08
# With fewer letters than this a score says little.
_ENOUGH_LETTERS = 40
# The other engine takes ten times as long: it is not asked again after so many pages in a row that it read no better.
_PATIENCE = 5
_MAX_DAMAGED = 50


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page as the engine named `engine` read it, and how good its text is."""

    raw: RawPage
    engine: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class Reading:
    """All pages that could be read, notices of those that could not, and how many letters were decoded anew."""

    pages: tuple[PageRead, ...]
    notices: tuple[Notice, ...]
    decoded: int = 0


def read_pages(
    first: Engine, open_second: Callable[[], Engine | None], count: int, progress: Callable[[int], None]
) -> Reading:
    """Read pages 1 to `count` with the first engine, and those whose text scores low with the second one too.

    `progress` is called with the pages done before each. The second engine is opened when first needed.
    """
    raws: list[RawPage] = []
    notices: list[Notice] = []
    for number in range(1, count + 1):
        progress(number - 1)
        try:
            raws.append(first.page(number))
        except PageTooLarge:
            notices.append(_notice("page_too_large", number, limit=str(MAX_CHARACTERS)))
        except Exception as error:  # noqa: BLE001 - one broken page must not cost the others
            notices.append(_notice("page_damaged", number, reason=reason(error)))
            if len(notices) >= _MAX_DAMAGED and not raws:
                break
    notices = _gathered(notices)
    raws, letters = _decoded(raws)
    pages = [PageRead(raw, first.name, quality_of(accented(raw.text)[0])) for raw in raws]
    return Reading(tuple(_improved(pages, open_second)), tuple(notices), letters)


def _notice(code: str, number: int, **params: str) -> Notice:
    return Notice(code, str(number), (("page", str(number)), *params.items()))


def _gathered(notices: list[Notice]) -> list[Notice]:
    """Return one notice for all damaged pages where there are very many."""
    damaged = [notice for notice in notices if notice.code == "page_damaged"]
    if len(damaged) <= _MAX_DAMAGED:
        return notices
    shown = ranges([int(notice.where) for notice in damaged])
    gathered = Notice("pages_damaged", damaged[0].where, (("count", str(len(damaged))), ("pages", shown)))
    return [gathered, *(notice for notice in notices if notice.code != "page_damaged")]


def _decoded(raws: list[RawPage]) -> tuple[list[RawPage], int]:
    """Return pages with the words of fonts that do not name their letters read in the encoding that gives words."""
    unnamed = [word.text for raw in raws for word in raw.words if word.unmapped]
    table = encoding_of(unnamed) if any(not text.isascii() or not text.isprintable() for text in unnamed) else {}
    if not table:
        return raws, 0
    changed = 0
    result: list[RawPage] = []
    for raw in raws:
        words = []
        for word in raw.words:
            text = decoded(word.text, table) if word.unmapped else word.text
            changed += text != word.text
            words.append(word._replace(text=text or "\u200b") if text != word.text else word)
        result.append(replace(raw, words=tuple(words)))
    return result, changed


def _improved(pages: Iterable[PageRead], open_second: Callable[[], Engine | None]) -> Iterable[PageRead]:
    second: Engine | None = None
    in_vain = 0
    for page in pages:
        poor = page.quality.is_garbage or (page.quality.letters >= _ENOUGH_LETTERS and page.quality.score < GOOD)
        if not poor or in_vain >= _PATIENCE:
            yield page
            continue
        second = second or open_second()
        other = _other(second, page) if second else page
        if second is None:
            in_vain = _PATIENCE
        in_vain = 0 if other is not page else in_vain + 1
        yield other


def _other(second: Engine, page: PageRead) -> PageRead:
    """Return the page as the second engine reads it if that is clearly better, else the page itself."""
    try:
        raw = second.page(page.raw.number)
    except Exception:  # noqa: BLE001 - on bytes that the first engine could read, its text is as good as we get
        return page
    quality = quality_of(accented(raw.text)[0])
    cured = page.quality.is_garbage and not quality.is_garbage and quality.letters >= _ENOUGH_LETTERS
    if quality.letters < 0.5 * page.quality.letters and not cured:
        return page
    if quality.is_garbage or not (cured or quality.score > page.quality.score + _CLEARLY):
        return page
    return PageRead(raw, second.name, quality)


def engines_used(pages: Sequence[PageRead]) -> tuple[Notice, ...]:
    """Return for each engine which pages' text is its."""
    names = dict.fromkeys(page.engine for page in pages)
    by_name = {name: [page.raw.number for page in pages if page.engine == name] for name in names}
    return tuple(
        Notice("pdf_text_by", params=(("engine", name), ("count", str(len(numbers))), ("pages", ranges(numbers))))
        for name, numbers in by_name.items()
    )


def ranges(numbers: Sequence[int], most: int = 12) -> str:
    """Return growing numbers as "1-3, 7", an ellipsis after `most` ranges."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [f"{a}-{b}" if b > a else str(a) for a, b in spans[:most]]
    return ", ".join([*shown, "…"] if len(spans) > most else shown)
