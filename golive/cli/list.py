"""``golive list``: gates and checks that are installed."""

from __future__ import annotations

from golive.cli.options import Lang, LangOption


def list_gates(lang: LangOption = Lang.KO) -> int:
    """List the go-live gates and their checks, and which gates are not installed."""
    from rich.console import Console
    from rich.text import Text

    from golive.discovery import discover_gates
    from golive.sanitize import clean
    from golive.texts import CatalogueError, catalogue, core_catalogue
    from golive.vocabulary import STANDARD_GATES

    console = Console(highlight=False, soft_wrap=True)
    core = core_catalogue(lang.value)
    gates = discover_gates()
    strangers = [g for g in (*gates.loaded, *gates.broken) if g not in STANDARD_GATES]
    for gate_id in (*STANDARD_GATES, *strangers):
        gate = gates.loaded.get(gate_id)
        if gate is None:
            title = core.core_text("standard", gate_id) if gate_id in STANDARD_GATES else ""
            why = clean(gates.broken.get(gate_id, core.core_text("list", "not-installed")))
            console.print(Text(f"{gate_id:<14} {title} — {why}", style="dim"))
            continue
        try:
            texts = catalogue(gate.package, lang.value)
        except CatalogueError as error:
            console.print(Text(f"{gate_id:<14} {clean(str(error))}", style="red"))
            continue
        console.print(Text(f"{gate_id:<14} {texts.title}", style="bold"))
        for check in gate.checks:
            needs = core.core_text("levels", check.spec.needs.value)
            kind = core.core_text("list", "required" if check.spec.required else "optional")
            title = texts.check(check.spec.id, "title")
            console.print(Text(f"  {check.spec.id:<26} {title} ({kind}, {needs})"))
    return 0 if gates.loaded else 3
