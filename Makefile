.DEFAULT_GOAL := help
# No source here is made by a rule that make knows itself, and to look for one takes half a second.
MAKEFLAGS += --no-builtin-rules
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Many tests wait: two cores are idle for a quarter of the time with three at once, and never with five.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(2 * os.cpu_count() + 1, 8))")
ORDINARY := not faults and not bench and not cluster and not alerts and not stories
UNITS := cities proto gateway/edge $(patsubst services/%/__init__.py,%,$(wildcard services/*/__init__.py))
MADE_OF := $(shell find proto/smartcity proto/codegen -name '*.proto' -o -name '*.py')
# Compiled once, not by every process of every platform that a test starts: some machines forbid it by their environment.
export PYTHONDONTWRITEBYTECODE :=
# The reasons of refusals are read from the code that refuses, and nothing else is.
REFUSES := $(shell find services gateway -name '*.py')

help: ## What there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/installed: requirements.lock pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

proto/gen/asyncapi.json: $(VENV)/installed $(MADE_OF)
	$(BIN)/python -m proto.codegen.generate

proto/gen/smartcity/reasons.py: proto/gen/asyncapi.json $(REFUSES)
	$(BIN)/python -m proto.codegen.reasons

proto: proto/gen/smartcity/reasons.py ## Wipe and regenerate proto/gen when a contract has changed; read the reasons of refusals again

run: proto ## Start the whole platform on this machine: SMARTCITY_PORT, SMARTCITY_HOME, SMARTCITY_CITY
	@$(BIN)/smartcity up

test: proto ## Everything against real PostgreSQL and NATS, by WORKERS at once; says what took longest
	$(BIN)/python -m pytest -m "$(ORDINARY)" -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=20

test-units: proto ## What needs no server; of another Python with PYTHON=python3.13 VENV=.venv-3.13
	$(BIN)/python -m pytest -m "$(ORDINARY) and not servers" $(wildcard $(addprefix tests/,$(UNITS)))

test-faults: proto ## Kill processes, roll every service, restore a lost database: under load, and count what is left
	$(BIN)/python -m pytest -m "faults and not alone" -n 3 --dist loadfile --no-loadscope-reorder --durations=20
	$(BIN)/python -m pytest -m "faults and alone"

test-stories: proto ## Tell each story while a pillar, the bus or a gateway is away, many at once, and a part of a day; count what is left
	$(BIN)/python -m pytest -m stories -s

planted: proto ## Plant bugs into a copy, one after the other, and tell which the tests catch; BUGS=login for some
	$(BIN)/python -m tests.planted $(BUGS)

test-alerts: proto ## Switch on every fault and wait for its alert, with a real Prometheus
	$(BIN)/python -m pytest -m alerts

test-cluster: proto ## Install, upgrade, roll back on the cluster of SMARTCITY_KUBECONFIG, with the image SMARTCITY_IMAGE
	$(BIN)/python -m pytest -m cluster -rs tests/cluster

bench: proto ## Measure ratios against what the machine can do
	$(BIN)/python -m pytest -m bench -s

check: proto ## Style, types, contracts and who may import whom
	@others=$$(.ci/pythons | paste -sd' '); echo "Python of the check: $$($(BIN)/python -V); others seen: $${others:-none}"
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo && $(BIN)/buf lint proto && $(BIN)/python -m proto.codegen.breaking

routes: proto ## The API's routes as the contracts give them: who may call, cache, key, deadline
	@$(BIN)/python -m gateway.rest

new-noun: $(VENV)/installed ## Write the skeleton of a noun: PILLAR=environment NOUN=inspection; PLURAL=, WORD= (Indonesian)
	@$(BIN)/python -m deploy.scaffold "$(PILLAR)" "$(NOUN)" --plural "$(PLURAL)" --word "$(WORD)"
	@$(MAKE) --no-print-directory proto

.PHONY: help proto check run test test-units test-faults test-stories planted test-alerts test-cluster bench routes new-noun
