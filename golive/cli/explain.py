"""``golive explain``: what a check proves, what it needs, what to do when it does not pass."""

from __future__ import annotations

from typing import Annotated

import typer

from golive.cli.options import Lang, LangOption


def explain(
    check: Annotated[str, typer.Argument(help="Id of a check, such as slo.readiness.")],
    lang: LangOption = Lang.KO,
) -> int:
    """Explain one check."""
    import difflib

    from rich.console import Console
    from rich.text import Text

    from golive.discovery import discover_gates
    from golive.errors import UsageError
    from golive.texts import catalogue, core_catalogue

    gates = discover_gates()
    specs = {c.spec.id: (g, c.spec) for g in gates.loaded.values() for c in g.checks}
    if check not in specs:
        near = difflib.get_close_matches(check, specs, 1)
        msg = f"no check is called {check!r}"
        hint = f"did you mean {near[0]}?" if near else "`golive list` shows every check"
        raise UsageError(msg, hint)
    gate, spec = specs[check]
    texts, core = catalogue(gate.package, lang.value), core_catalogue(lang.value)
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(f"{spec.id} — {texts.check(spec.id, 'title')}", style="bold"))
    console.print(Text(texts.check(spec.id, "what").strip()))
    console.print()
    rows = (
        ("gate", f"{gate.id} · {texts.title}"),
        ("needs", core.core_text("levels", spec.needs.value)),
        ("severity", spec.severity.value),
        ("binding", core.core_text("list", "required" if spec.required else "optional")),
        ("remedy", texts.check(spec.id, "remedy").strip()),
    )
    for name, value in rows:
        console.print(Text(f"{core.core_text('explain', name)}: {value}"))
    return 0
