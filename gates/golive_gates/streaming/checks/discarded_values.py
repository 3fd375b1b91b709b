"""``streaming.discarded-values``: what is written for a controller is what it takes.

What: every annotation of the NGINX controllers on every Ingress, and every value of the
ConfigMap of ingress-nginx, as the controller itself reads it. ingress-nginx wants bare integers
(``"3600s"`` is dropped with a line in its log, and 60 s apply) and ``on`` or ``off``; F5's takes
units, wants ``True`` or ``False`` and refuses the whole Ingress otherwise. Why: the file says
what was meant, and something else is in force. Remedy: write the value as the finding shows.
"""

from __future__ import annotations

from golive.api import CheckResult, Observation
from golive_gates.streaming.configured.discarding import discarded
from golive_gates.streaming.configured.lifecycle import graph_in
from golive_gates.streaming.configured.looking import file_based, file_check, judged
from golive_gates.streaming.settings import Settings

SPEC = file_check("discarded-values", required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whatever a controller drops, or refuses, is a finding."""
    del settings
    looked, findings = discarded(graph_in(observation))
    return judged(SPEC, observation, looked, findings)


CHECK = file_based(SPEC, judge)
