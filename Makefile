# `make demo` and `make test` do all set-up from a bare clone. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# Threads that wait without spinning: tests and trials share the cores.
export OMP_WAIT_POLICY := PASSIVE
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
DEMO ?= campaigns/demo
DEMO_REAL ?= campaigns/demo-real
TASK ?= mini_math
NOTEBOOK_SECONDS ?= 600
# Tests that run at once, a file each; 0 for one after the other, in this process.
WORKERS ?= 2
# Of the course, those that `make test` runs; `make notebooks` runs all.
QUICK_NOTEBOOKS := notebooks/01_first_campaign.ipynb notebooks/02_what_the_model_sees.ipynb

.PHONY: help install demo demo-real gpu-check test lint types unit room night notebooks notebooks-quick notebooks-wheel docs reference frontend bundle clean

help: ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(BIN)/python:
	tools/make-venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt src/ftassist/labextension/sources.sha256 | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

install: $(VENV)/.installed ## the package and what it needs, in .venv

demo: $(VENV)/.installed ## a whole campaign of four trials on a mini task, with a report (CPU, offline)
	tools/bubblewrap demo
	tools/demo $(BIN) $(DEMO) $(TASK)

demo-real: $(VENV)/.installed ## the same on a real model and real records: about 20 minutes idle, fetches 93 MB
	tools/bubblewrap demo
	tools/demo-real $(BIN) $(DEMO_REAL)

gpu-check: $(VENV)/.installed ## tries all that trials do on this machine's GPU, and writes the figures down
	tools/gpu-check $(BIN)

lint: $(VENV)/.installed-test ## ruff: style, docstrings, bugbear, annotations; import-linter: the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/.installed-test ## mypy, strict; and that what the notebooks call is there
	$(BIN)/mypy
	$(BIN)/python tools/notebook_types.py

unit: $(VENV)/.installed-test ## pytest
	tools/bubblewrap
	tools/chromium
	tools/real-model $(BIN)
	$(BIN)/python -m pytest tests/cluster  # Ray may end the process that joined it: not all the others'
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore=tests/cluster

room: $(VENV)/.installed-test ## lint, types and tests of one room, without its slow tests: make room ROOM=search
	@test -d "src/ftassist/$(ROOM)" -a -n "$(ROOM)" || { echo "there is no room '$(ROOM)': name a folder of src/ftassist, as ROOM=search" >&2; exit 1; }
	$(BIN)/ruff check src/ftassist/$(ROOM) tests/$(ROOM)
	$(BIN)/ruff format --check src/ftassist/$(ROOM) tests/$(ROOM)
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy src/ftassist/$(ROOM) tests/$(ROOM)
	$(BIN)/python -m pytest -m "not slow" tests/$(ROOM)

notebooks: $(VENV)/.installed-test ## run all teaching notebooks: a quarter of an hour
	tools/bubblewrap
	$(BIN)/python -m pytest --nbmake notebooks --nbmake-timeout=$(NOTEBOOK_SECONDS) --timeout=900

notebooks-quick: $(VENV)/.installed-test ## run those of them that take a few minutes together
	$(BIN)/python -m pytest --nbmake $(QUICK_NOTEBOOKS) --nbmake-timeout=$(NOTEBOOK_SECONDS) --timeout=900

notebooks-wheel: ## run them from the built wheel, in a bare environment below build/ (minutes, and 4 GB the first time)
	NOTEBOOK_SECONDS=$(NOTEBOOK_SECONDS) tools/wheel-notebooks build/wheel-notebooks $(QUICK_NOTEBOOKS)

docs: $(VENV)/.installed-test ## the documentation as a site, in site/: seconds; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet

reference: $(VENV)/.installed-test ## writes the reference pages of docs/ anew, from the code
	$(BIN)/python -m docsite.reference
	$(BIN)/python -m ftassist.agent.reference > docs/recipes.md

frontend: ## the JupyterLab extension: eslint, stylelint, types, jest (needs Node)
	tools/frontend check $(BIN)

bundle: $(VENV)/.installed-test ## makes the extension's bundle anew, to be committed (needs Node)
	tools/frontend bundle $(BIN)

night: $(VENV)/.installed-test notebooks ## the tests that `make test` leaves out (a minute or more each), and all notebooks
	tools/bubblewrap
	$(BIN)/python -m pytest -m night --ignore=tests/cluster/test_lost_head.py
	$(BIN)/python -m pytest -m night tests/cluster/test_lost_head.py  # Ray ends the process minutes later

test: $(VENV)/.installed-test ## everything that must hold
	$(MAKE) -j 2 -O lint types docs frontend
	$(MAKE) unit
	$(MAKE) notebooks-quick

clean: ## remove the environment and the demo's campaign
	rm -rf $(VENV) $(DEMO) $(DEMO_REAL)
