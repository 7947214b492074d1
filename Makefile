.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
CONTRACTS := $(shell find proto/smartcity proto/codegen -name '*.proto' -o -name '*.py')

help: ## What there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed: requirements.lock pyproject.toml hatch_build.py
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

proto/gen/asyncapi.json: .venv/installed $(CONTRACTS)
	$(BIN)/python -m proto.codegen.generate

proto: proto/gen/asyncapi.json ## Wipe and regenerate proto/gen when a contract has changed

run: proto ## Start the whole platform on this machine: SMARTCITY_PORT, SMARTCITY_HOME, SMARTCITY_CITY
	@$(BIN)/smartcity up

test: proto ## Everything against real PostgreSQL and NATS
	$(BIN)/python -m pytest -m "not faults and not bench and not cluster and not alerts"

test-faults: proto ## Kill processes, roll every service, restore a lost database: under load, and count what is left
	$(BIN)/python -m pytest -m faults

test-alerts: proto ## Switch on every fault and wait for its alert, with a real Prometheus
	$(BIN)/python -m pytest -m alerts

test-cluster: proto ## Install, upgrade, roll back on the cluster of SMARTCITY_KUBECONFIG, with the image SMARTCITY_IMAGE
	$(BIN)/python -m pytest -m cluster -rs tests/cluster

bench: proto ## Measure ratios against what the machine can do
	$(BIN)/python -m pytest -m bench -s

check: proto ## Style, types, contracts and who may import whom
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo && $(BIN)/buf lint proto && $(BIN)/python -m proto.codegen.breaking

routes: proto ## The API's routes as the contracts give them: who may call, cache, key, deadline
	@$(BIN)/python -m gateway.rest

new-noun: .venv/installed ## Write the skeleton of a noun: PILLAR=environment NOUN=inspection; PLURAL=, WORD= (Indonesian)
	@$(BIN)/python -m deploy.scaffold "$(PILLAR)" "$(NOUN)" --plural "$(PLURAL)" --word "$(WORD)"
	@$(MAKE) --no-print-directory proto

.PHONY: help proto check run test test-faults test-alerts test-cluster bench routes new-noun
