"""``recovery.off-site``: copies of the backups lie elsewhere, as a named person says until a day.

What: the attestation `off_site` of golive.yaml is in force; what the release's files show of it
(s3, rclone, restic and the like) is reported beside it and proves nothing. Why: backups beside the
data are lost in the same fire, and to the same stolen account. Remedy: copy them to another site
and another account, and have somebody attest that and renew it in time.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.recovery.procedures.parts import Procedures, Promises
from golive_gates.recovery.procedures.promising import promised
from golive_gates.recovery.procedures.seeing import REMOTE, seen
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.off-site", needs=EvidenceLevel.ATTESTED)
PROMISED = "copies-elsewhere"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """What the named person says, with what the files show."""
    part = observation.require(Promises)
    return promised(SPEC, part, PROMISED, seen("seen_off_site", REMOTE, observation, settings))


CHECK = Check(SPEC, (Promises, Procedures), judge)
