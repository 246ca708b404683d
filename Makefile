# What people type. Each recipe is one line on purpose: the work is in scripts/.
#
#   make run     everything in the foreground, with a county that moves (Ctrl-C stops it)
#   make test    all tests, with real PostgreSQL, Mosquitto, Redis and Chromium
#   make check   format, lint, types, import contracts, house rules: under a minute
#   make bench   latency and throughput beside bare limits of the same machine
#   make soak    MINUTES=10 of the county moving, four screens open, everything checked
#   make chaos   every fault of the data plane against real processes (CHAOS_ARGS=--full: 35 min)
#   make simulate  SEEDS=2000 random half hours of the core with faults, every invariant checked
#
# Needs Python >= 3.11, Node >= 20, git and make. PYTHON=... chooses an interpreter;
# ARGS=... goes to `greenlane run`, PYTEST_ARGS=... to pytest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench soak chaos simulate screenshots format

BIN := .venv/bin

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@scripts/setup-python run
	@scripts/setup-frontend

setup-dev:
	@scripts/setup-python dev
	@scripts/setup-frontend

run: setup
	@exec $(BIN)/greenlane run --drive $(ARGS)

test: setup-dev
	@scripts/test-programs
	@cd frontend && npm test
	@scripts/coverage
	@exec $(BIN)/python -m pytest $$(scripts/coverage --ignored) $(PYTEST_ARGS)

check: setup-dev
	@scripts/check

bench: setup-dev
	@scripts/test-programs
	@exec $(BIN)/python -m tests.benchmark

soak: setup-dev
	@scripts/test-programs
	@exec $(BIN)/python -m tests.soak --minutes $(or $(MINUTES),10)

chaos: setup-dev
	@scripts/test-programs chaos
	@exec $(BIN)/python -m tests.chaos $(or $(CHAOS_ARGS),--quick) --report docs/evidence/telemetry.md

simulate: setup-dev
	@exec $(BIN)/python -m tests.campaign --seeds $(or $(SEEDS),2000) --report

screenshots: setup-dev
	@scripts/test-programs
	@exec $(BIN)/python -m tests.screenshots

format: setup-dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
