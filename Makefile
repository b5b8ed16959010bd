# The two commands that everybody needs: `make demo` and `make test`. Each sets up what it needs by itself.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(PYTHON)
NPM := $(shell command -v npm 2>/dev/null)
PLAYGROUND := tests/teams/playground

.PHONY: help demo demo-slack demo-teams test test-slow lint audit sbom bench bench-slack bench-ingest load-web load-slack load-memory load-scale fuzz release clean

help:
	@echo "make demo       index what ships, start the meeting place and print its address (ARGS='--port 8123' for another port)"
	@echo "make demo-slack the bot in a small Slack of our own, as a page to try it in"
	@echo "make demo-teams the bot in Microsoft's own client for trying bots, the Agents Playground (needs npm)"
	@echo "make test       run the tests"
	@echo "make test-slow  run all others: thorough ones, slow ones, and those of the database on PostgreSQL"
	@echo "make lint       ruff, mypy --strict, import contracts"
	@echo "make audit      look whether anything is known to be wrong with the packages (needs OSV's service)"
	@echo "make sbom       write down every package with version, licence and hashes, as CycloneDX, in dist/"
	@echo "make bench      measure latency and print it as a table"
	@echo "make bench-slack  measure how quickly Slack's events are acknowledged"
	@echo "make bench-ingest  measure readers and the whole ingest beside the bare libraries under them"
	@echo "make load-web, load-slack, load-memory, load-scale  measure it under load: docs/scaling.md"
	@echo "make fuzz       read a thousand broken documents (ARGS='--seed 2' for others)"
	@echo "make release VERSION=1.2.3  test, build and check a release, and tag it (ARGS=--dry-run for all but the tag)"
	@echo "make clean      take everything away that these commands made, save the data directory"

demo: .venv/.demo
	@.venv/bin/moteplassen demo $(ARGS)

demo-slack: .venv/.dev
	@.venv/bin/python -m tests.peers.slack --start $(ARGS)

demo-teams: .venv/.dev $(PLAYGROUND)/node_modules/.installed
	@.venv/bin/python -m tests.teams.playground $(ARGS)

test: .venv/.dev
	@.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-slow: .venv/.dev $(if $(NPM),$(PLAYGROUND)/node_modules/.installed)
	@.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile -m "(thorough or postgres) and not slow" $(ARGS)
	@.venv/bin/pytest -m slow $(ARGS)

lint: .venv/.dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

audit: | $(UV)
	@$(PYTHON) .ci/audit.py $(ARGS)

sbom: .venv/.dev
	@.venv/bin/python .ci/sbom.py dist/moteplassen.cdx.json

bench: .venv/.dev
	@.venv/bin/python -m tests.bench.latency $(ARGS)

bench-slack: .venv/.dev
	@.venv/bin/python -m tests.bench.slack $(ARGS)

bench-ingest: .venv/.dev
	@.venv/bin/python -m tests.bench.ingest $(ARGS)

load-web load-slack load-memory load-scale: load-%: .venv/.dev
	@.venv/bin/python -m tests.bench.load.$* $(ARGS)

fuzz: .venv/.dev
	@.venv/bin/python -m tests.bench.fuzz_readers $(ARGS)

release: .venv/.dev
	@.venv/bin/python .ci/release.py "$(VERSION)" $(ARGS)

clean:
	rm -rf .venv .uv $(PLAYGROUND)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Compiled once here, or every start would compile two thousand modules where Python may not write beside them.
# A stamp is as new as the lock file that it was made from: a second start does not even ask uv.
.venv/.demo: pyproject.toml uv.lock | $(UV)
	@echo "Setting up: installing what Møteplassen needs into .venv ..."
	@$(UV) sync --locked --no-dev --inexact --compile-bytecode
	@touch $@

.venv/.dev: pyproject.toml uv.lock | $(UV)
	@echo "Setting up: installing what Møteplassen and its tests need into .venv ..."
	@$(UV) sync --locked --compile-bytecode
	@touch .venv/.demo $@

$(PLAYGROUND)/node_modules/.installed: $(PLAYGROUND)/package-lock.json
	@echo "Setting up: installing Microsoft's Agents Playground ..."
	@npm ci --prefix $(PLAYGROUND) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.uv/bin/uv:
	@$(PYTHON) .ci/install_uv.py .uv
