import pytest

from kb import errors
from tui.locale import Messages

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.KbError)]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_its_own_sentence(kind: type[errors.KbError], language: str) -> None:
    assert Messages(language).has(f"error.{kind.code}")


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_adding_remarks_has_a_sentence(language: str) -> None:
    assert Messages(language).has("notice.not_embedded")
