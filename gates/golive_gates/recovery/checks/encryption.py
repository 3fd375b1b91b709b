"""``recovery.encryption``: the backups are encrypted, as a named person says until a day.

What: the attestation `encryption` of golive.yaml is in force; what the release's files show of it
(age, gpg, KMS, an encrypted storage class) is reported beside it and proves nothing. Why: a backup
holds all that its database protects, and lies where nobody watches. Remedy: encrypt backups at
rest, keep the key apart from them, and have somebody attest both and renew that in time.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.recovery.procedures.parts import Procedures, Promises
from golive_gates.recovery.procedures.promising import promised
from golive_gates.recovery.procedures.seeing import ENCRYPTED, seen
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.encryption", needs=EvidenceLevel.ATTESTED)
PROMISED = "backups-encrypted"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """What the named person says, with what the files show."""
    part = observation.require(Promises)
    return promised(SPEC, part, PROMISED, seen("seen_encryption", ENCRYPTED, observation, settings))


CHECK = Check(SPEC, (Promises, Procedures), judge)
