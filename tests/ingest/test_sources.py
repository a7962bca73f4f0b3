"""Which files there are: folders, patterns, archives, links, each file once and nothing lost without a word."""

from __future__ import annotations

import os
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import (
    DamagedFile,
    FolderSettingsMalformed,
    FolderSettingsMisspelled,
    FolderSettingsUnknown,
    IngestError,
    MissingFile,
    NestedArchive,
    UnreadableFile,
    UnsafeMember,
)
from ingest.model import Kind
from ingest.sources.find import Found, PassedOver, Source, Unread, find
from ingest.sources.globs import glob_of

TEXT = "# Pilas\n\nUna pila guarda lo último encima.\n"


def lay(folder: Path, *names: str, text: str = TEXT) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def packed(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def sources(found: tuple[Found, ...]) -> list[Source]:
    return [each for each in found if isinstance(each, Source)]


def shown(found: tuple[Found, ...], root: Path) -> list[str]:
    return [os.path.relpath(each.shown, root) for each in sources(found)]


def unread(found: tuple[Found, ...]) -> dict[str, IngestError]:
    return {each.path: each.error for each in found if isinstance(each, Unread)}


def passed_over(found: tuple[Found, ...], root: Path) -> list[str]:
    return [os.path.relpath(each.path, root) for each in found if isinstance(each, PassedOver)]


def test_a_folder_s_files_come_as_people_count_and_before_its_folders(tmp_path: Path) -> None:
    lay(tmp_path, "clase 10.md", "clase 2.md", "b/2.txt", "a/10.txt", "a/9.txt", "Clase 1.md")
    assert shown(find([tmp_path]), tmp_path) == [
        "Clase 1.md", "clase 2.md", "clase 10.md", "a/9.txt", "a/10.txt", "b/2.txt",
    ]  # fmt: skip


def test_what_is_hidden_or_another_program_s_is_left_out(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "notas.md", ".oculto.md", ".git/a.md", "__MACOSX/a.md", "node_modules/x/README.md", "__pycache__/a.txt",
        "~$notas.md", ".~lock.notas.md#", "Thumbs.db", "desktop.ini", "venv/pyvenv.cfg", "venv/lib/a.txt",
    )  # fmt: skip
    found = find([tmp_path])
    assert shown(found, tmp_path) == ["notas.md"]
    assert len(found) == 1


def test_files_of_other_formats_in_a_folder_are_passed_over_by_name(tmp_path: Path) -> None:
    lay(tmp_path, "notas.md", "clase.mp4", "sub/datos.sqlite", "sin_nombre")
    found = find([tmp_path])
    assert shown(found, tmp_path) == ["notas.md"]
    assert passed_over(found, tmp_path) == ["clase.mp4", "sin_nombre", "sub/datos.sqlite"]


def test_a_file_that_is_named_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    lay(tmp_path, "clase.raro", ".oculto.md")
    found = find([tmp_path / "clase.raro", tmp_path / ".oculto.md"])
    assert found == (Source(tmp_path / "clase.raro", tmp_path), Source(tmp_path / ".oculto.md", tmp_path))


def test_a_file_that_a_folder_passes_over_is_taken_when_it_is_named_too(tmp_path: Path) -> None:
    lay(tmp_path, "clase.raro")
    found = find([tmp_path, tmp_path, tmp_path / "clase.raro"])
    assert found == (PassedOver(tmp_path / "clase.raro"), Source(tmp_path / "clase.raro", tmp_path))


def test_a_path_without_a_file_is_unread_by_its_name(tmp_path: Path) -> None:
    (error,) = unread(find([tmp_path / "nada.md"])).values()
    assert isinstance(error, MissingFile)
    assert error.params["path"] == str(tmp_path / "nada.md")


def test_a_path_that_the_system_refuses_is_unread(tmp_path: Path) -> None:
    (error,) = unread(find([tmp_path / ("n" * 300 + ".md")])).values()
    assert isinstance(error, UnreadableFile)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find([tmp_path]) == ()


def test_a_folder_s_files_are_shown_as_the_folder_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "curso/a.md")
    monkeypatch.chdir(tmp_path)
    (source,) = find([Path("curso")])
    assert source == Source(Path("curso/a.md"), Path("curso"))
    assert isinstance(source, Source)
    assert source.place == str((tmp_path / "curso/a.md").resolve())


class TestEachFileOnce:
    def test_named_twice_and_within_its_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lay(tmp_path, "a.md", "b.md")
        monkeypatch.chdir(tmp_path)
        found = find([Path("b.md"), tmp_path / "b.md", Path("./b.md"), tmp_path])
        assert [source.path.name for source in sources(found)] == ["b.md", "a.md"]

    def test_under_a_link_s_name_and_its_own(self, tmp_path: Path) -> None:
        lay(tmp_path, "clases/1.md")
        (tmp_path / "enlace.md").symlink_to(tmp_path / "clases/1.md")
        (tmp_path / "otra").symlink_to(tmp_path / "clases")
        assert len(sources(find([tmp_path]))) == 1

    def test_in_folders_that_link_to_each_other_without_end(self, tmp_path: Path) -> None:
        lay(tmp_path, "a/1.md", "b/2.md")
        for here, there in (("a", "b"), ("b", "a"), ("a", "."), ("b", ".")):
            (tmp_path / here / f"a_{there}_".replace(".", "todo")).symlink_to(tmp_path / there)
        assert len(sources(find([tmp_path]))) == 2
        assert len(sources(find([tmp_path / "**" / "*.md"]))) == 2

    def test_a_link_to_itself_or_to_nothing_is_a_file_whose_reading_will_say_so(self, tmp_path: Path) -> None:
        lay(tmp_path, "a.md")
        (tmp_path / "vuelta.md").symlink_to(tmp_path / "vuelta.md")
        (tmp_path / "rota.md").symlink_to(tmp_path / "nada.md")
        assert shown(find([tmp_path]), tmp_path) == ["a.md", "rota.md", "vuelta.md"]

    @given(st.lists(st.sampled_from(["a.md", "d", "d/b.md", "d/e/c.txt", ".", "*.md", "**/*.txt"]), max_size=6))
    def test_whatever_is_named(self, tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
        root = lay(tmp_path_factory.mktemp("curso"), "a.md", "d/b.md", "d/e/c.txt")
        places = [source.place for source in sources(find([root / name for name in names]))]
        assert len(places) == len(set(places))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_may_not_be_looked_into_is_unread_and_the_others_are_not(tmp_path: Path) -> None:
    lay(tmp_path, "a/1.md", "b/2.md")
    (tmp_path / "a").chmod(0)
    try:
        found = find([tmp_path])
    finally:
        (tmp_path / "a").chmod(0o700)
    assert shown(found, tmp_path) == ["b/2.md"]
    assert [type(error) for error in unread(found).values()] == [UnreadableFile]


def test_a_folder_that_cannot_be_listed_is_unread_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "a/1.md", "b/2.md")
    scandir = os.scandir

    def refusing(place: str) -> object:
        if place.endswith("/a"):
            raise PermissionError(13, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find([tmp_path])
    assert shown(found, tmp_path) == ["b/2.md"]
    (error,) = unread(found).values()
    assert error.params == {"path": str(tmp_path / "a"), "reason": "Permission denied"}


def test_a_folder_deeper_than_python_can_call_is_walked(tmp_path: Path) -> None:
    lay(tmp_path, "a.md")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):  # a path this long can only be made step by step
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    try:
        found = find([tmp_path])
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # shutil.rmtree calls itself for each folder
    assert shown(found, tmp_path) == ["a.md"]
    assert all(isinstance(error, UnreadableFile) for error in unread(found).values())


class TestPatterns:
    @pytest.fixture
    def course(self, tmp_path: Path) -> Path:
        return lay(tmp_path, "clases/1.md", "clases/tema 2/2.md", "clases/tema 2/2.vtt", "clases/x.mp4", "otra.md")

    def test_stars_stay_within_a_name(self, course: Path) -> None:
        assert shown(find([course / "clases/*.md"]), course) == ["clases/1.md"]

    def test_two_stars_go_through_folders(self, course: Path) -> None:
        assert shown(find([course / "**/*.md"]), course) == ["otra.md", "clases/1.md", "clases/tema 2/2.md"]
        assert shown(find([course / "clases/**/*.vtt"]), course) == ["clases/tema 2/2.vtt"]

    def test_a_folder_that_is_matched_counts_with_all_in_it(self, course: Path) -> None:
        found = find([course / "cla*"])
        assert shown(found, course) == ["clases/1.md", "clases/tema 2/2.md", "clases/tema 2/2.vtt"]
        assert passed_over(found, course) == ["clases/x.mp4"]

    def test_what_nothing_matches_is_missing(self, course: Path) -> None:
        for pattern in ("*.pdf", "nada/**/*.md", "cla*/../otra.md", "*" * 2000):
            (error,) = unread(find([course / pattern])).values()
            assert isinstance(error, (MissingFile, UnreadableFile))

    def test_a_file_whose_name_looks_like_one_is_a_file(self, tmp_path: Path) -> None:
        lay(tmp_path, "notas [1].md", "notas 1.md")
        assert shown(find([tmp_path / "notas [1].md"]), tmp_path) == ["notas [1].md"]

    def test_neither_case_nor_how_an_accent_is_made_counts(self, tmp_path: Path) -> None:
        lay(tmp_path, unicodedata.normalize("NFD", "Sesión 1.MD"))
        assert len(sources(find([tmp_path / "sesión*.md"]))) == 1

    def test_many_stars_cost_no_time(self) -> None:
        pattern = glob_of("/".join(["**/a*"] * 140))
        assert not pattern.matches(["a" * 200] * 139)
        assert not glob_of("*a" * 300 + "b").matches(["a" * 250])

    @given(st.text("ab*?[]/.", max_size=12), st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4))
    def test_any_pattern_is_a_pattern_or_refused(self, pattern: str, path: list[str]) -> None:
        try:
            matcher = glob_of(pattern)
        except ValueError:
            return
        assert matcher.matches(path) in (True, False)

    @given(st.lists(st.text("abé", min_size=1, max_size=3), min_size=1, max_size=5))
    def test_a_path_matches_itself_any_folder_of_it_and_any_depth(self, path: list[str]) -> None:
        assert glob_of("/".join(path)).matches(path)
        assert glob_of(path[0]).matches(path)
        assert glob_of("**/" + path[-1]).matches(path)
        assert not glob_of("/".join([*path, "más"])).matches(path)


class TestArchives:
    def test_the_members_of_a_zip_are_sources_in_their_order(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "clases.zip", {"10.md": TEXT, "tema/2.txt": TEXT, "2.md": TEXT, "foto.jpg": b"x"})
        found = find([path])
        assert [source.member for source in sources(found)] == ["2.md", "10.md", "tema/2.txt"]
        assert all(source.path == path and source.root == tmp_path for source in sources(found))
        assert passed_over(found, tmp_path) == ["clases.zip/foto.jpg"]
        assert sources(found)[2].shown == str(path / "tema/2.txt")
        assert sources(found)[2].place == str(path.resolve() / "tema/2.txt")

    def test_a_zip_in_a_folder_is_looked_into(self, tmp_path: Path) -> None:
        packed(tmp_path / "clases.ZIP", {"a.md": TEXT})
        lay(tmp_path, "b.md")
        found = find([tmp_path])
        assert shown(found, tmp_path) == ["b.md", "clases.ZIP/a.md"]

    def test_a_zip_named_twice_is_looked_into_once(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "clases.zip", {"a.md": TEXT})
        assert len(find([path, tmp_path, path])) == 1

    def test_junk_in_a_zip_is_left_out(self, tmp_path: Path) -> None:
        members: dict[str, str | bytes] = dict.fromkeys(
            ["__MACOSX/._a.md", ".DS_Store", "a/.git/b.md", "~$c.md"], "x"
        )
        assert find([packed(tmp_path / "a.zip", members)]) == ()

    def test_a_zip_within_a_zip_is_unread(self, tmp_path: Path) -> None:
        inner = packed(tmp_path / "dentro.zip", {"a.md": TEXT}).read_bytes()
        path = packed(tmp_path / "fuera.zip", {"b.md": TEXT, "x/dentro.zip": inner})
        found = find([path])
        assert [source.member for source in sources(found)] == ["b.md"]
        assert [(place, type(error)) for place, error in unread(found).items()] == [
            (str(path / "x/dentro.zip"), NestedArchive)
        ]

    def test_a_member_that_leads_out_is_unread_and_the_others_are_not(self, tmp_path: Path) -> None:
        found = find([packed(tmp_path / "a.zip", {"../fuera.md": TEXT, "b.md": TEXT})])
        assert [source.member for source in sources(found)] == ["b.md"]
        assert [type(error) for error in unread(found).values()] == [UnsafeMember]

    def test_a_zip_that_is_none_is_unread(self, tmp_path: Path) -> None:
        for data in (b"", b"PK", b"<html>no</html>", packed(tmp_path / "x.zip", {"a.md": TEXT}).read_bytes()[:-30]):
            (tmp_path / "roto.zip").write_bytes(data)
            (error,) = unread(find([tmp_path / "roto.zip"])).values()
            assert isinstance(error, DamagedFile)

    def test_an_office_file_called_zip_is_one_file(self, tmp_path: Path) -> None:
        path = packed(tmp_path / "deck.zip", {"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"})
        assert find([path]) == (Source(path, tmp_path),)

    def test_a_member_that_expands_beyond_reason_is_unread_and_the_others_are_not(self, tmp_path: Path) -> None:
        path = tmp_path / "bomba.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.md", TEXT)
            archive.writestr("b.md", b"\0" * (40 << 20))
        found = find([path])
        assert [source.member for source in sources(found)] == ["a.md"]
        assert list(unread(found)) == [str(path / "b.md")]

    def test_a_member_s_name_in_the_code_page_of_windows_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zip"
        packed(path, {"sesi?n.md": TEXT})
        path.write_bytes(path.read_bytes().replace(b"sesi?n.md", "sesión.md".encode("cp850")))
        assert [source.member for source in sources(find([path]))] == ["sesión.md"]


class TestFolderSettings:
    def test_say_course_session_and_date_of_all_below(self, tmp_path: Path) -> None:
        lay(tmp_path, "curso/a.md", "curso/tema/b.md", "otro/c.md")
        lay(tmp_path, "curso/repaso.toml", text='course = "PLN"\nsession = 3\ndate = 2025-03-14\n')
        a, b, c = sources(find([tmp_path]))
        assert (a.course, a.session, a.date) == (b.course, b.session, b.date) == ("PLN", "3", "2025-03-14")
        assert (c.course, c.session, c.date, c.kind) == ("", "", "", None)

    def test_the_nearest_folder_wins_key_by_key(self, tmp_path: Path) -> None:
        lay(tmp_path, "tema/b.md")
        lay(
            tmp_path,
            "repaso.toml",
            text='course = "PLN"\nsession = "1"\n[[files]]\npattern = "**"\ndate = 2025-01-01',
        )
        lay(tmp_path, "tema/repaso.toml", text='session = "Tema 2"\n')
        (b,) = sources(find([tmp_path]))
        assert (b.course, b.session, b.date) == ("PLN", "Tema 2", "2025-01-01")

    def test_later_patterns_win_over_earlier_ones_and_all_over_the_folder(self, tmp_path: Path) -> None:
        lay(tmp_path, "guia.md", "guia2.md")
        rules = (
            'session = "1"',
            '[[files]]\npattern = "guia*"\nkind = "notes"\nsession = "2"',
            '[[files]]\npattern = "guia.md"\nkind = "study_guide"',
        )
        lay(tmp_path, "repaso.toml", text="\n".join(rules))
        one, two = sources(find([tmp_path]))
        assert (one.kind, one.session) == (Kind.STUDY_GUIDE, "2")
        assert (two.kind, two.session) == (Kind.NOTES, "2")

    def test_an_ignored_file_is_left_out_unless_it_is_named(self, tmp_path: Path) -> None:
        lay(tmp_path, "a.md", "viejo/b.md", "viejo/c.md", "x.mp4")
        rules = (("viejo", "true"), ("viejo/c.md", "false"), ("*.mp4", "true"))
        tables = [f'[[files]]\npattern = "{pattern}"\nignore = {value}' for pattern, value in rules]
        lay(tmp_path, "repaso.toml", text="\n".join(tables))
        found = find([tmp_path])
        assert shown(found, tmp_path) == ["a.md", "viejo/c.md"]
        assert len(found) == 2
        assert shown(find([tmp_path / "viejo/b.md"]), tmp_path) == ["viejo/b.md"]

    def test_mean_the_same_for_a_file_or_folder_added_alone(self, tmp_path: Path) -> None:
        lay(tmp_path, "curso/tema/b.md")
        lay(tmp_path, "curso/repaso.toml", text='course = "PLN"\n[[files]]\npattern = "tema/*.md"\nkind = "summary"')
        for named in (tmp_path, tmp_path / "curso/tema", tmp_path / "curso/tema/b.md", tmp_path / "curso/**/b*"):
            (b,) = sources(find([named]))
            assert (b.course, b.kind) == ("PLN", Kind.SUMMARY)

    def test_are_no_document_and_not_passed_over(self, tmp_path: Path) -> None:
        lay(tmp_path, "a.md")
        lay(tmp_path, "repaso.toml", text='course = "PLN"')
        assert len(find([tmp_path])) == 1

    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("course = ", FolderSettingsMalformed),
            ('curso = "PLN"', FolderSettingsMisspelled),
            ('profesora = "Ana"', FolderSettingsUnknown),
        ],
    )
    def test_broken_ones_are_unread_once_and_the_files_are_read(
        self, tmp_path: Path, text: str, error: type[IngestError]
    ) -> None:
        lay(tmp_path, "a.md", "b.md")
        lay(tmp_path, "repaso.toml", text=text)
        found = find([tmp_path, tmp_path / "a.md"])
        assert shown(found, tmp_path) == ["a.md", "b.md"]
        assert [(place, type(why)) for place, why in unread(found).items()] == [
            (str(tmp_path / "repaso.toml"), error)
        ]
        assert len(found) == 3

    def test_work_within_a_zip_under_those_outside(self, tmp_path: Path) -> None:
        rules = '[[files]]\npattern = "*/a.md"\nkind = "transcript"\n[[files]]\npattern = "c.md"\nignore = true'
        inside = {
            "1/a.md": TEXT, "1/repaso.toml": 'session = "Uno"', "b.md": TEXT, "repaso.toml": rules,
            "c.md": TEXT, "2/a.md": TEXT, "2/repaso.toml": "sesion = 2",
        }  # fmt: skip
        lay(tmp_path, "repaso.toml", text='course = "PLN"\n[[files]]\npattern = "clases.zip"\nsession = "?"')
        found = find([packed(tmp_path / "clases.zip", dict(inside))])
        by_name = {source.member: (source.course, source.session, source.kind) for source in sources(found)}
        assert by_name == {
            "b.md": ("PLN", "?", None),
            "1/a.md": ("PLN", "Uno", Kind.TRANSCRIPT),
            "2/a.md": ("PLN", "?", Kind.TRANSCRIPT),
        }
        assert list(unread(found)) == [str(tmp_path / "clases.zip/2/repaso.toml")]


def test_thousands_of_files_are_found_without_asking_the_disk_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2000):
        (tmp_path / f"{n}.md").touch()
    asked: list[object] = []
    stat = os.stat

    def counting(path: object, *args: object, **kwargs: object) -> object:
        asked.append(path)
        return stat(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", counting)
    assert len(find([tmp_path])) == 2000
    assert len(asked) < 50
