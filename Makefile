# Every task sets up .venv first; only python3 (3.11+) and a package index are needed.
PYTHON ?= python3
DEV = $(PYTHON) tools/dev.py

.PHONY: help setup demo test lint bench corpus oracle deep fuzz pipelines
help:
	@echo "make demo    run the gate on the examples, offline and one live; reports go to build/demo/"
	@echo "make test    run the tests"
	@echo "make lint    ruff, mypy, import contracts"
	@echo "make deep [INPUTS=N] [SEED=N]   properties on many more random worlds, 200 faulty live runs, 100,000 fuzz inputs per target"
	@echo "make fuzz [TARGET=NAME] [RUNS=N] [ARGS=--atheris]   a million fuzz inputs per target"
	@echo "make pipelines   run the action and the pipeline task as their places do"
	@echo "make bench   print speed and memory"
	@echo "make corpus [DIR=PATH [SNAPSHOTS=FILE]] [POLICIES=FILE]   derive every template under PATH, every policy deployment of FILE"
	@echo "make oracle BICEP=PATH [SEED=N] [TEMPLATE=FILE]   compare with the official tool"
setup:
	@$(DEV) setup
demo:
	@$(DEV) demo
test:
	@$(DEV) test
lint:
	@$(DEV) lint
deep:
	@$(DEV) deep "$(INPUTS)" "$(SEED)"
pipelines:
	@$(DEV) pipelines
fuzz:
	@$(DEV) fuzz $(TARGET) $(if $(RUNS),--runs $(RUNS)) $(ARGS)
bench:
	@$(DEV) bench
corpus:
	@$(DEV) corpus $(if $(DIR),"$(DIR)") $(if $(SNAPSHOTS),--snapshots "$(SNAPSHOTS)") $(ARGS) $(if $(POLICIES),--policies "$(POLICIES)")
oracle:
	@$(DEV) oracle "$(BICEP)" $(if $(SEED),--seed $(SEED)) $(if $(TEMPLATE),--template "$(TEMPLATE)")
