"""Gate ``pages``: what the public can see of a release. Wiring only."""

from golive.api import Gate
from golive_pages.checks import freshness, status_page
from golive_pages.observer import StatusPageObserver
from golive_pages.settings import Settings

GATE = Gate(
    id="pages",
    package="golive_pages",
    settings=Settings,
    observers=(StatusPageObserver(),),
    checks=(status_page.CHECK, freshness.CHECK),
)
