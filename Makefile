# `make run` and `make test` set everything up by themselves and ask nothing. What is done already is not done again.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run list test lint bench messages queries openapi fuzz for-spark
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
READY := .venv/.ready
READY_FOR_TESTS := .venv/.ready-for-tests
WARM := .venv/.warm
APPLICATION := tests/accounts tests/book tests/intake tests/worklist tests/schedule tests/offers tests/scripts tests/holdouts tests/expect tests/rebooking tests/winback tests/reports tests/api tests/ui tests/web tests/journeys

# Spark stays on this machine, even one whose name no server knows.
test bench: export SPARK_LOCAL_IP := 127.0.0.1

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# The demonstration keeps to itself: its database is no salon's.
run: export VERNIS_HOME ?= var/demonstration
run: export VERNIS_DEMO := 1
run: $(WARM) ## Set up, invent a network with two years of history and open the application
	@$(BIN)/vernis demo
	@$(BIN)/vernis serve --port $(PORT)

list: $(WARM) ## Set up, invent a salon and show in the terminal whom to contact there today
	@echo "==> A demonstration salon of 3000 clients, and whom to contact there today"
	@today=$$(date +%F) && \
	$(BIN)/vernis sample --out var/demo --clients 3000 --seed 1 --as-of $$today && \
	$(BIN)/vernis worklist --data var/demo --as-of $$today

test: for-spark $(WARM) $(READY_FOR_TESTS) lint ## Set up and check everything: style, rooms, types, tests
	@echo "==> Tests of the application on PostgreSQL"
	@$(BIN)/python scripts/postgres.py $(BIN)/pytest $(APPLICATION)
	@echo "==> Tests of everything, the application on SQLite"
	@$(BIN)/pytest

lint: $(READY_FOR_TESTS) ## Check style, rooms (imports go down) and types
	@echo "==> Style, rooms, types"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint vernis

bench: for-spark $(WARM) $(READY_FOR_TESTS) ## Measure speed: docs/bench.md (rules), docs/bench-web.md (application)
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.web

messages: $(READY_FOR_TESTS) ## Collect the texts of the program into the Russian catalogue and compile it
	@$(BIN)/python scripts/messages.py

queries: $(READY_FOR_TESTS) ## Record anew how many SQL queries each page makes (tests/web/queries.json)
	@VERNIS_RECORD_QUERIES=1 $(BIN)/pytest tests/web/test_queries.py

openapi: $(READY_FOR_TESTS) ## Write the description of the open interface anew (docs/openapi.json)
	@VERNIS_RECORD_OPENAPI=1 $(BIN)/pytest -q tests/api/test_description.py

# 27 operations, right and wrong requests, 2000 of each: 108,000 on each database.
fuzz: export VERNIS_FUZZ ?= 2000
fuzz: $(READY_FOR_TESTS) ## Try the open interface with more than 100,000 made-up requests (an hour or two)
	@$(BIN)/pytest -s tests/api/test_schemathesis.py
	@$(BIN)/python scripts/postgres.py $(BIN)/pytest -s tests/api/test_schemathesis.py

$(READY): pyproject.toml uv.lock $(wildcard scripts/*.py scripts/*.txt)
	@$(PYTHON) scripts/setup.py run
	@touch $@

$(READY_FOR_TESTS): $(READY)
	@$(PYTHON) scripts/setup.py tests
	@touch $@

for-spark:
	@$(PYTHON) scripts/setup.py spark

$(WARM): $(READY) $(wildcard vernis/engine/*.py vernis/engine/*/*.py)
	@echo "==> Compiling the rules: about 20 seconds, only once and after a change of vernis/engine"
	@$(BIN)/vernis warm-up
	@touch $@
