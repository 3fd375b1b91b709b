# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
RECOVERY := tests/e2e/test_broken_recovery.py tests/e2e/test_broken_faults.py tests/e2e/test_broken_restored_service.py
# Whole runs in which nothing is timed to the millisecond.
QUIET := tests/e2e/test_broken_alerts.py tests/e2e/test_broken_pipeline.py $(RECOVERY)
# Of the variants of gate `recovery` those that are met most often; `make test-recovery` runs all.
COMMON := not test_broken_faults and (not test_broken_recovery or no-fallback or fallback-splices or sdk-retries-eat-budget or backup-gap or backup-without-wal)
# And of those in which latencies are measured, minutes each: some of every gate's. `make test-timed` runs all.
TIMED  := $(filter-out $(QUIET),$(wildcard tests/e2e/test_broken_*.py))
SOME   := preamble-only or truncated-stream or project-500 or no-prometheus or no-rate-limit or dies-under-load
# Dask workers, some in network namespaces of their own: minutes of starting and losing processes.
CLUSTER := tests/unit/probe/load_cluster tests/gates/load/test_observe_cluster.py
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test test-e2e test-demo test-recovery test-timed test-cluster test-variants test-pace lint format docs lock bench-startup bench-load bench-lint bench-alerts bench-pipeline bench-recovery clean debian-demo debian-test

help: ## Show these commands.
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.demo debian-demo ## Start the reference generator and check it.
	$(BIN)/golive demo $(ARGS)

test: $(VENV)/.dev debian-test ## Formatter, linter, types, import rules, tests.
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -q --ignore tests/e2e --ignore tests/demo $(CLUSTER:%=--ignore %) $(ARGS)
	$(MAKE) --no-print-directory test-e2e

# Alone on the machine: whole runs measure latencies, which other tests would disturb.
test-e2e: $(VENV)/.dev debian-test ## A whole, sped-up run against the healthy reference generator only.
	$(BIN)/python -m pytest -q tests/e2e --ignore-glob '*/test_broken_*' $(ARGS)

test-demo: $(VENV)/.dev debian-test ## The reference generator's own tests: its processes, one by one.
	$(BIN)/python -m pytest -q -n 2 --dist loadfile tests/demo $(ARGS)

test-recovery: $(VENV)/.dev debian-test ## Every broken backup and every broken fallback (slow).
	$(BIN)/python -m pytest -q -n 2 --dist load $(RECOVERY) $(ARGS)

test-timed: $(VENV)/.dev debian-test ## Every variant in which latencies are measured (slow).
	$(BIN)/python -m pytest -q $(TIMED) $(ARGS)

test-cluster: $(VENV)/.dev ## Load from Dask workers, lost hosts and pulled cables included.
	$(BIN)/python -m pytest -q $(CLUSTER) $(ARGS)

# Two at a time where no load is measured; the others alone on the machine.
test-variants: $(VENV)/.dev debian-test ## Broken variants of the reference generator (slow).
	$(BIN)/python -m pytest -q -n 2 --dist load $(QUIET) -k "$(COMMON)" $(ARGS)
	$(BIN)/python -m pytest -q $(TIMED) -k "$(SOME)" $(ARGS)

test-pace: $(VENV)/.dev debian-test ## The healthy reference generator at its real pace, as `make demo` runs it.
	DEMO_PACE=real $(BIN)/python -m pytest -q tests/e2e/test_healthy_demo.py $(ARGS)

lint: $(VENV)/.dev ## Formatter, linter, types and import rules only.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tools bench
	MYPYPATH=examples/custom_gate $(BIN)/mypy -p golive_pages
	PYTHONPATH=. $(BIN)/lint-imports --no-cache
	$(BIN)/python tools/docs.py --check

format: $(VENV)/.dev ## Apply the formatter and safe fixes.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/.dev ## Generate the page of every check.
	$(BIN)/python tools/docs.py

bench-startup: $(VENV)/.dev ## Time `golive --version` and `--help` beside a bare Typer program.
	$(BIN)/python bench/startup.py

bench-load: $(VENV)/.dev ## Compare load clients: CPU an event, time-stamp error, memory a stream.
	$(BIN)/python bench/load/run.py $(ARGS)

bench-lint: $(VENV)/.dev ## Compare `golive lint` with other linters over thousands of objects.
	$(BIN)/python bench/lint/run.py $(ARGS)

bench-alerts: $(VENV)/.dev ## Compare `golive lint` with promtool and pint over thousands of rules.
	$(BIN)/python bench/alerts/run.py $(ARGS)

bench-pipeline: $(VENV)/.dev ## Time gate 5, its files and whole, beside zizmor alone.
	$(BIN)/python bench/pipeline/run.py $(ARGS)

bench-recovery: $(VENV)/.dev ## Time `golive backup` beside `sqlite3 .backup` and its integrity_check.
	$(BIN)/python bench/recovery/run.py $(ARGS)

lock: $(VENV)/.dev ## Pin every dependency again, with hashes (needs uv).
	sh tools/lock.sh

clean: ## Remove the environment and caches.
	rm -rf $(VENV) $(VENV)-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

debian-demo:
	@sh tools/debian.sh demo

debian-test:
	@sh tools/debian.sh test

$(VENV)/.demo: requirements/demo.txt pyproject.toml
	sh tools/environment.sh $(PYTHON) $(VENV) requirements/demo.txt
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	sh tools/environment.sh $(PYTHON) $(VENV) requirements/dev.txt
	touch $@ $(VENV)/.demo
