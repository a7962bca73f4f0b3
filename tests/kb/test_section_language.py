"""A passage is indexed in the language of its section, also when it is indexed anew."""

from ingest.model import Document
from kb import store
from kb.library import Library
from kb.model import Filters, Kind, Locator, LocatorType, SearchMode, Section
from kb.search.language import TAIL
from kb.store import Place

TEXTS = {"fr": "Les modèles sont grands.", "en": "The layers are generated.", "": "Los modelos son grandes."}


def orders(library: Library) -> dict[str, str]:
    with library.database.reading() as db:
        found = db.execute("SELECT heading, body FROM passage_terms")
        return {body.partition(f" {TAIL}")[0]: heading for heading, body in found}


def fill(library: Library, session: str) -> None:
    sections = tuple(
        Section("", Locator(LocatorType.SECTION, n, n, ""), text, language=language)
        for n, (language, text) in enumerate(TEXTS.items(), start=1)
    )
    document = Document("/c/mixto.md", "", Kind.NOTES, "Mixto", sections, session=session, content_hash="1")
    with library.database.transaction() as db:
        store.put(db, document, Place("PLN"), lambda _path: True)


def test_each_section_is_indexed_in_its_language(library: Library) -> None:
    fill(library, "Sesión 1")
    assert set(orders(library)) == {"les modeles sont grands", "lay generat", "model grand"}


def test_a_new_session_keeps_the_language(library: Library) -> None:
    fill(library, "Sesión 1")
    with library.database.transaction() as db:
        (row,) = db.execute("SELECT id FROM documents").fetchall()
        store.assign(db, {row["id"]: ("Otra sesión", "")})
    after = orders(library)
    assert set(after) == {"les modeles sont grands", "lay generat", "model grand"}
    assert all("otra" in heading.replace(".", " ").split() for heading in after.values())


def test_an_english_section_is_found_by_the_english_stem_and_by_ours(library: Library) -> None:
    fill(library, "")
    for query in ("layer", "layers", "generation", "generate"):
        hits = library.search(query, Filters(), 10, SearchMode.KEYWORD).hits
        assert [hit.passage.text for hit in hits] == [TEXTS["en"]]
