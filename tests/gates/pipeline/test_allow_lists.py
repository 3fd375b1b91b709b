"""``pipeline.allow-lists``."""

from __future__ import annotations

import pytest

from golive.api import CheckResult
from tests.gates.pipeline.scanning import CHECKOUT, GITLEAKS, whole
from tests.gates.pipeline.snippets import CI, job, judged
from tests.gates.saying import codes

EXTEND = "[extend]\nuseDefault = true\n"
CODE = {f"src/app/m{n}.py": "" for n in range(12)}


def of(config: str | None, *steps: str, files: dict[str, str] | None = None) -> CheckResult:
    """The result for *config* as ``.gitleaks.toml``."""
    written = {CI: whole(secrets=job(CHECKOUT, *(steps or (GITLEAKS,)))), **(files or {})}
    if config is not None:
        written[".gitleaks.toml"] = config
    return judged("allow-lists", written)


def allowing(entry: str) -> str:
    return f"{EXTEND}\n[[allowlists]]\n{entry}\n"


@pytest.mark.parametrize(
    "config",
    [
        EXTEND,
        allowing("paths = ['''^requirements/.*\\.lock$''', '''tests?/''']"),
        allowing("commits = ['abc']"),
        allowing("stopwords = ['', 'dummy']"),
        allowing("regexes = ['''EXAMPLE''', '''^changeme$''']"),
        allowing("condition = 'AND'\npaths = ['''.*''']\nregexes = ['''dummy''']"),
        allowing("targetRules = ['jwt']\nregexes = ['''.*''']"),
        f'{EXTEND}disabledRules = ["jwt"]\n',
        f"{EXTEND}[[rules]]\nid = 'own'\nregex = '''own-[a-z]+'''\n",
    ],
)
def test_what_lets_no_key_through(config: str) -> None:
    result = of(config)
    assert (result.status.value, codes(result)) == ("pass", [])


@pytest.mark.parametrize(
    "entry",
    [
        *(
            f"paths = ['''{r}''']"
            for r in (".*", "", ".", "^", "(?s).+", "(?i)[A-Z./]", "$", r"\w")
        ),
        *(f"regexes = ['''{r}''']" for r in (".*", "[A-Za-z0-9_-]{16,}", ".+$", "a|", "")),
        "regexTarget = 'line'\nregexes = ['''key''']",
        "condition = 'AND'\npaths = ['''.*''']\nregexes = ['''.+''']",
        "paths = ['''tests/''', '''.*''']",
    ],
)
def test_what_lets_everything_through(entry: str) -> None:
    result = of(allowing(entry))
    assert (result.status.value, codes(result)) == ("fail", ["allows-everything"])
    assert result.findings[0].location is not None


def test_the_old_table_counts_too() -> None:
    assert codes(of(f"{EXTEND}[allowlist]\npaths = ['''.*''']\n")) == ["allows-everything"]


def test_places_and_forms() -> None:
    sources = of(allowing("paths = ['''^src/''']"), files=CODE)
    assert (codes(sources), sources.findings[0].reason.params["count"]) == (["allows-sources"], 12)
    env = of(allowing("paths = ['''\\.env''']"), files=CODE)
    assert (env.status.value, codes(env)) == ("warn", ["allows-place"])
    form = of(allowing("regexes = ['''^ghp_''']"))
    assert (form.status.value, codes(form)) == ("fail", ["allows-shape"])
    assert codes(of(allowing("stopwords = ['akia']"))) == ["allows-shape"]


@pytest.mark.parametrize("config", ["", "title = 'x'\n", "[[allowlists]]\npaths = ['tests/']\n"])
def test_no_rules_at_all(config: str) -> None:
    assert (codes(of(config)), of(config).status.value) == (["no-rules"], "fail")


def test_rules_of_its_own() -> None:
    only = "[[rules]]\nid = 'own'\nregex = '''{}'''\n"
    assert codes(of(only.format("own-[a-z]+"))) == ["rules-miss-everything"]
    some = of(only.format("AKIA[A-Z2-7]{16}"))
    assert (some.status.value, codes(some)) == ("warn", ["rules-miss"])
    replaced = f"{EXTEND}[[rules]]\nid = 'github-pat'\nregex = '''never'''\n"
    assert (of(replaced).status.value, codes(of(replaced))) == ("fail", ["rules-miss"])
    allowed = f"{EXTEND}[[rules]]\nid = 'github-pat'\n[[rules.allowlists]]\nregexes = ['.*']\n"
    assert codes(of(allowed)) == ["rules-disabled"]


def test_disabled_rules() -> None:
    vendor = of(f'{EXTEND}disabledRules = ["openai-api-key"]\n')
    assert (vendor.status.value, codes(vendor)) == ("fail", ["rules-disabled"])
    general = of(f'{EXTEND}disabledRules = ["generic-api-key"]\n')
    assert (general.status.value, codes(general)) == ("warn", ["rules-disabled"])
    target = of(allowing("targetRules = ['github-pat']\nregexes = ['''.*''']"))
    assert codes(target) == ["rules-disabled"]
    narrowed = of(EXTEND, "gitleaks git --enable-rule jwt .")
    assert (narrowed.status.value, codes(narrowed)) == ("warn", ["rules-narrowed"])


def test_which_file_is_read() -> None:
    config = "gitleaks git -c security/gitleaks.toml ."
    bad = {"security/gitleaks.toml": "title = 'x'\n"}
    assert codes(of(EXTEND, config, files=bad)) == ["no-rules"]
    assert codes(of(EXTEND, config)) == ["config-missing"]
    unread = of(EXTEND, "gitleaks git -c rules/own.conf .", files={"rules/own.conf": ""})
    assert (unread.status.value, codes(unread)) == ("inconclusive", ["config-unread"])
    assert of(EXTEND, "gitleaks git -c $CONFIG .").status.value == "not-applicable"
    assert of(None).status.value == "not-applicable"
    variable = "{run: gitleaks git, env: {GITLEAKS_CONFIG: security/gitleaks.toml}}"
    assert codes(of(EXTEND, variable, files=bad)) == ["no-rules"]


def test_the_file_that_it_extends() -> None:
    config = "[extend]\npath = 'base/gitleaks.toml'\n"
    assert of(config, files={"base/gitleaks.toml": EXTEND}).status.value == "pass"
    assert codes(of(config, files={"base/gitleaks.toml": allowing("paths = ['.*']")})) == [
        "allows-everything"
    ]
    assert codes(of(config)) == ["config-unread"]


@pytest.mark.parametrize(
    "config", ["[extend", "[allowlist]\npaths=['a']\n[[allowlists]]\npaths=['b']\n"]
)
def test_a_file_that_gitleaks_refuses(config: str) -> None:
    assert codes(of(config)) == ["config-invalid"]


def test_an_expression_that_is_not_re2() -> None:
    result = of(allowing("paths = ['''(?=x)''']"))
    assert (result.status.value, codes(result)) == ("inconclusive", ["regex-unknown"])


def test_fingerprints_are_counted() -> None:
    result = of(EXTEND, files={".gitleaksignore": "# known\na:b:c:1\n\nd:e:f:2\n"})
    assert [(f.name, f.value) for f in result.facts] == [("allowed_fingerprints", 2)]
