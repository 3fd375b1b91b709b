"""Catalogues: complete in both languages, strict about gaps, safe with outside text."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

import golive
import golive.texts as texts_module
from golive.model import Reason
from golive.texts import LANGUAGES, Catalogue, CatalogueError, catalogue, core_catalogue

TABLES = {
    "gate": {"title": "A gate"},
    "checks": {
        "a.check": {
            "title": "A check",
            "what": "What it proves",
            "remedy": "Do this.",
            "reasons": {"own": "Own {x}", "shared": "The check's"},
            "remedies": {"own": "Own remedy {x}"},
        }
    },
    "reasons": {"shared": "The gate's", "number": "{x:.1f}", "count": "{x:,d}", "pick": "{x[0]}"},
    "facts": {"p95": "95th percentile"},
}


def texts(tables: Mapping[str, object] = TABLES) -> Catalogue:
    return Catalogue("some_gate", "en", tables, core_catalogue("en").tables)


def leaves(tables: Mapping[str, object], place: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", str(value)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


FOUND = {lang: dict(leaves(core_catalogue(lang).tables)) for lang in LANGUAGES}


class TestCore:
    def test_both_languages_have_the_same_keys(self) -> None:
        assert FOUND["en"].keys() == FOUND["ko"].keys()

    def test_both_languages_have_the_same_placeholders(self) -> None:
        en, ko = FOUND["en"], FOUND["ko"]
        differing = [k for k in en if placeholders(en[k]) != placeholders(ko[k])]
        assert differing == []

    def test_no_sentence_is_empty(self) -> None:
        assert [k for found in FOUND.values() for k, v in found.items() if not v.strip()] == []

    def test_every_core_reason_has_a_remedy(self) -> None:
        tables = core_catalogue("en").tables
        # What was found in files is mended as the check says that found it.
        found = {
            f"inspected-{how}" for how in ("clean", "wrong", "doubtful", "undecided", "nothing")
        }
        assert tables["reasons"].keys() - found == tables["remedies"].keys()

    def test_korean_is_written_in_korean(self) -> None:
        reasons = core_catalogue("ko").tables["reasons"]
        assert all(any("가" <= c <= "힣" for c in sentence) for sentence in reasons.values())


class TestLookUp:
    def test_the_check_comes_before_the_gate(self) -> None:
        assert texts().reason(Reason("shared"), "a.check") == "The check's"
        assert texts().reason(Reason("shared"), "a.other") == "The gate's"
        assert texts().reason(Reason("shared")) == "The gate's"

    def test_core_reasons_come_from_the_core(self) -> None:
        assert "Prometheus" in texts().reason(Reason("core.needs-prometheus"), "a.check")

    def test_a_remedy_of_the_reason_comes_before_the_checks(self) -> None:
        assert texts().remedy("a.check", Reason("own", {"x": "1"})) == "Own remedy 1"
        assert texts().remedy("a.check", Reason("shared")) == "Do this."
        assert "golive.yaml" in texts().remedy("a.check", Reason("core.needs-target"))

    def test_a_label_falls_back_to_its_name(self) -> None:
        assert texts().label("facts", "p95") == "95th percentile"
        assert texts().label("facts", "p50") == "p50"

    @pytest.mark.parametrize("reason", ["gone", "core.gone", "", "own.x"])
    def test_a_missing_sentence_is_an_error(self, reason: str) -> None:
        with pytest.raises(CatalogueError, match="no en sentence"):
            texts().reason(Reason(reason), "a.check")

    def test_a_missing_title_or_field_is_an_error(self) -> None:
        with pytest.raises(CatalogueError):
            _ = texts({}).title
        with pytest.raises(CatalogueError):
            texts().check("a.gone", "title")
        with pytest.raises(CatalogueError):
            core_catalogue("ko").core_text("grounds", "gone")

    def test_a_table_is_no_sentence(self) -> None:
        with pytest.raises(CatalogueError):
            core_catalogue("en").core_text("grounds")


class TestParameters:
    @pytest.mark.parametrize(
        "reason",
        [
            Reason("own"),
            Reason("number", {"x": "text"}),
            Reason("number", {"x": None}),  # type: ignore[dict-item]
            Reason("count", {"x": 1.5}),
            Reason("pick", {"x": 3}),
            Reason("count", {"x": 10**5000}),
        ],
    )
    def test_that_do_not_fit_are_an_error_and_nothing_else(self, reason: Reason) -> None:
        with pytest.raises(CatalogueError, match="does not fit"):
            texts().reason(reason, "a.check")

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("\x1b[2J\u202eGO\n# Heading", "Own [2J GO # Heading"),
            ("{y} {0}", "Own {y} {0}"),
        ],
    )
    def test_from_outside_are_cleaned_and_never_formatted(self, value: str, shown: str) -> None:
        assert texts().reason(Reason("own", {"x": value}), "a.check") == shown

    def test_of_a_megabyte_are_cut(self) -> None:
        assert len(texts().reason(Reason("own", {"x": "x" * 1_000_000}), "a.check")) < 500

    @pytest.mark.parametrize(
        ("code", "value", "shown"),
        [
            ("number", math.inf, "∞"),
            ("number", -math.inf, "-∞"),
            ("count", 3000.0, "3,000"),
            ("count", 3000, "3,000"),
        ],
    )
    def test_numbers_are_shown_as_people_write_them(
        self, code: str, value: float, shown: str
    ) -> None:
        assert texts().reason(Reason(code, {"x": value})) == shown


class TestFiles:
    def test_a_package_without_a_catalogue_is_an_error(self) -> None:
        with pytest.raises(CatalogueError, match="has no messages"):
            catalogue("golive.stats", "en")

    @pytest.mark.parametrize("package", ["golive_no_such_package", "golive.codec", ""])
    def test_what_is_no_package_is_an_error_too(self, package: str) -> None:
        with pytest.raises(CatalogueError):
            catalogue(package, "en")

    @pytest.mark.parametrize("content", [b"[gate", b"\xff\xfe", b'title = "a"\ntitle = "b"'])
    def test_a_damaged_catalogue_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
    ) -> None:
        name = f"damaged_{abs(hash(content))}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "messages.en.toml").write_bytes(content)
        monkeypatch.syspath_prepend(str(tmp_path))
        with pytest.raises(CatalogueError, match="cannot be read"):
            catalogue(name, "en")

    def test_the_shipped_files_are_the_ones_that_are_read(self) -> None:
        for lang in LANGUAGES:
            path = Path(golive.__file__).with_name(f"messages.{lang}.toml")
            assert core_catalogue(lang).tables == tomllib.loads(path.read_text("utf-8"))

    @pytest.mark.parametrize(
        "content",
        [
            'a = "x"\n[b."c.d".e]\nf = "é \\" \\u00e9"  # note\n\n# note\n"%" = ""\n[b]\ng = "y"\n',
            'a = """\nx\n"""\n',
            "a.b = 'x'\n[ c ]\nd = [1, 2]\n",
            "a = 1\r\n",
            "",
        ],
    )
    def test_lines_are_read_as_toml(self, content: str) -> None:
        assert texts_module._parsed(content) == tomllib.loads(content)

    @pytest.mark.parametrize(
        "content",
        [
            "[a]\n[a]",
            '[a]\nb = "x"\n[a.b]',
            'a = "x"\na = "y"',
            'a = "\x01"',
            "# \x01",
            'a = "x" y',
        ],
    )
    def test_what_is_no_toml_is_refused(self, content: str) -> None:
        with pytest.raises(tomllib.TOMLDecodeError):
            texts_module._parsed(content)
