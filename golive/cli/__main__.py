"""``python -m golive.cli``: the same program without its console script."""

from golive.cli.main import run

run()
