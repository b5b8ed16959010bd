# The two commands that everybody needs: `make demo` and `make test`. Each sets up what it needs by itself.
.DEFAULT_GOAL := help
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(PYTHON)

.PHONY: help demo demo-slack test test-slow lint bench bench-slack bench-ingest fuzz clean

help:
	@echo "make demo       index what ships, start the meeting place and print its address (ARGS='--port 8123' for another port)"
	@echo "make demo-slack the bot in a small Slack of our own, as a page to try it in"
	@echo "make test       run the tests"
	@echo "make test-slow  run the slow tests, and those of the database on PostgreSQL"
	@echo "make lint       ruff, mypy --strict, import contracts"
	@echo "make bench      measure latency and print it as a table"
	@echo "make bench-slack  measure how quickly Slack's events are acknowledged"
	@echo "make bench-ingest  measure readers and the whole ingest beside the bare libraries under them"
	@echo "make fuzz       read a thousand broken documents (ARGS='--seed 2' for others)"
	@echo "make clean      take everything away that these commands made, save the data directory"

demo: .venv/.demo
	@.venv/bin/moteplassen demo $(ARGS)

demo-slack: .venv/.dev
	@.venv/bin/python -m tests.peers.slack --start $(ARGS)

test: .venv/.dev
	@.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-slow: .venv/.dev
	@.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile -m "postgres and not slow" $(ARGS)
	@.venv/bin/pytest -m slow $(ARGS)

lint: .venv/.dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: .venv/.dev
	@.venv/bin/python -m tests.bench.latency $(ARGS)

bench-slack: .venv/.dev
	@.venv/bin/python -m tests.bench.slack $(ARGS)

bench-ingest: .venv/.dev
	@.venv/bin/python -m tests.bench.ingest $(ARGS)

fuzz: .venv/.dev
	@.venv/bin/python -m tests.bench.fuzz_readers $(ARGS)

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

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

.uv/bin/uv:
	@$(PYTHON) .ci/install_uv.py .uv
