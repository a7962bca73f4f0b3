"""The values that searching and answering exchange. All frozen; none knows SQL, models or screens."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ingest.model import Kind as Kind
from ingest.model import Locator as Locator
from ingest.model import LocatorType as LocatorType
from ingest.model import Notice as Notice
from ingest.model import Reading as Reading
from ingest.model import Section as Section


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A stored document without its text. `id` is stable over course, path and part; `date` is ISO or ""."""

    id: str
    path: str
    part: str
    kind: Kind
    title: str
    author: str
    url: str
    course: str
    session: str
    language: str
    passages: int
    questions: int
    content_hash: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One lecture, talk or class of a course, and how many documents it has."""

    course: str
    title: str
    documents: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one section (about 120 to 220 words), shown as it stands in the source.

    `section` is the 0-based ordinal of its section in the document; `heading` is that section's title;
    `start` and `end` are its character offsets in the section's text, which its notes follow after a blank line
    (kb.chunk.full_text). `ordinal` counts passages in the document. `readings` are what stretches of `text` are also
    found as, counted in its characters.
    """

    id: str
    document: str
    section: int
    ordinal: int
    heading: str
    locator: Locator
    speaker: str
    start: int
    end: int
    text: str
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A stored document with everything there is to show of it."""

    info: DocumentInfo
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to search in; "" and 0 mean everything. A session and a speaker match by a part, accents and case aside.

    `kind` is a Kind's value. `before` (exclusive) and `after` (inclusive) are ISO dates or the beginnings of one,
    which a document without a date does not meet. `page` is a slide or page, `question` a question's number.
    """

    course: str = ""
    session: str = ""
    kind: str = ""
    speaker: str = ""
    before: str = ""
    after: str = ""
    page: int = 0
    question: int = 0


class SearchMode(StrEnum):
    """Which evidence ranks the hits."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    SEMANTIC = "semantic"


class Via(StrEnum):
    """How a word of the query was found in a passage."""

    SAME = "same"
    FORM = "form"
    PREFIX = "prefix"
    SPELLING = "spelling"
    TRANSLATION = "translation"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class WordFound:
    """A word of the query as it was asked, the forms that the passage has of it (none: it is missing), how they came.

    `share` in [0, 1] is what the word counts of all that was asked: the rarer, the more.
    """

    asked: str
    forms: tuple[str, ...]
    via: Via
    share: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was found: each word asked, the cosine, and what else raised it."""

    words: tuple[WordFound, ...] = ()
    cosine: float = 0.0
    in_heading: bool = False
    defines: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """A passage that says nearly the same as a hit and stands behind it; `likeness` is in [0, 1]."""

    passage: Passage
    document: DocumentInfo
    likeness: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers a query.

    Scores are in [0, 1]: BM25 over the query's theoretical maximum, cosine, and their fusion. `snippet` is the
    part of the text to show; `highlights` are its (start, end) offsets. `alike` are near-duplicates, best first.
    """

    passage: Passage
    document: DocumentInfo
    score: float
    keyword_score: float
    semantic_score: float
    snippet: str
    highlights: tuple[tuple[int, int], ...] = ()
    alike: tuple[Alike, ...] = ()
    why: Why = Why()


class FacetField(StrEnum):
    """By what hits are counted; each is a filter's name."""

    KIND = "kind"
    SESSION = "session"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of all passages found have each value of a field, the most first; "" values are left out."""

    field: FacetField
    values: tuple[tuple[str, int], ...]


class Reranking(StrEnum):
    """Whether a language model looked again at the hits: not asked, not needed, done, or not possible just now."""

    OFF = "off"
    CERTAIN = "certain"
    JUDGED = "judged"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits of one query, best first; `mode` is what was really used, `suggestion` a better spelling or "".

    `facets` and `total` count all passages that were found, shown or not. `related` are searches that the headings of
    the best hits suggest. `model` names the embedder whose vectors were compared, "" for none.
    """

    query: str
    mode: SearchMode
    hits: tuple[Hit, ...]
    suggestion: str
    took_ms: float
    total: int = 0
    facets: tuple[Facet, ...] = ()
    related: tuple[str, ...] = ()
    model: str = ""
    reranking: Reranking = Reranking.OFF


@dataclass(frozen=True, slots=True)
class Looser:
    """A search with fewer filters that finds `total` passages; `dropped` are those left out, (name, value)."""

    dropped: tuple[tuple[str, str], ...]
    query: str
    filters: Filters
    total: int


@dataclass(frozen=True, slots=True)
class PastSearch:
    """A query that was searched for, and when last (ISO 8601)."""

    query: str
    asked_at: str


class AddStatus(StrEnum):
    """What became of one document given to the library."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AddResult:
    """One document's outcome. On failure `document` is None, `error` says why and `path` which file."""

    path: str
    status: AddStatus
    document: DocumentInfo | None = None
    notices: tuple[Notice, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class AddEvent:
    """Progress of adding: `stage` is "read", "store", "index" or "embed"; `done` of `total` items of that stage.

    While a file of many pages is read, `page` of its `pages` are done; both are 0 otherwise.
    """

    stage: str
    item: str
    done: int
    total: int
    page: int = 0
    pages: int = 0


class AnswerStatus(StrEnum):
    """How much of an answer the student's material supports."""

    GROUNDED = "grounded"
    PARTIAL = "partial"
    NOT_FOUND = "not_found"


class AnswerMode(StrEnum):
    """What kind of answer is wanted; AUTO leaves it to the question's own words."""

    AUTO = "auto"
    SHORT = "short"
    EXPLAIN = "explain"
    COMPARE = "compare"
    LIST = "list"
    DEFINE = "define"
    QUOTES = "quotes"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Answering:
    """How answers are made, whatever the question.

    `evidence_tokens` is the room for evidence in the prompt of a short answer; longer ones have more in proportion.
    With `strike` what no passage says is shown, marked as such, instead of left out; with `rerank` the language
    model looks again at what was found where its order is uncertain.
    """

    evidence_tokens: int = 350
    strike: bool = False
    rerank: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a conversation, in words that stand alone, and the text of its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered passage that an answer was made from, with the words that support it (an exact quote)."""

    n: int
    passage: Passage
    document: DocumentInfo
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer; `citations` are numbers of Citations; unsupported means no passage says it."""

    text: str
    citations: tuple[int, ...]
    supported: bool


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the question to the evidence, the first token and the end; 0 where there was none."""

    search_ms: float = 0.0
    first_token_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the material says on a question. On NOT_FOUND, `nearest` holds the closest passages to offer.

    `model` is "" when no language model wrote it (quotes only). `understood` is a follow-up question in words that
    stand alone, "" where the question was taken as it is. `missing` are words of the question of which nothing that
    was found speaks. `removed` counts the sentences that were left out since no passage says them.
    """

    question: str
    text: str
    status: AnswerStatus
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    model: str
    timings: Timings = field(default_factory=Timings)
    nearest: tuple[Hit, ...] = ()
    mode: AnswerMode = AnswerMode.SHORT
    understood: str = ""
    missing: tuple[str, ...] = ()
    removed: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages an answer will be made from, and how the question was taken; shown before the first word."""

    citations: tuple[Citation, ...]
    mode: AnswerMode = AnswerMode.SHORT
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer as the model writes it; not yet checked against the evidence."""

    text: str


@dataclass(frozen=True, slots=True)
class Checking:
    """The model has written its text; its sentences are now checked, and written again where nothing says them."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The checked answer; always the last event."""

    answer: Answer


AnswerEvent = EvidenceFound | Token | Checking | Finished
