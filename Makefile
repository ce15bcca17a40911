# The verbs of PairForest. Every target sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONNOUSERSITE := 1
unexport PYTHONPATH

.PHONY: setup repro test ui sweep params lint bench lock qe-setup

setup: .venv/.ready  ## virtual environment, package, MLflow database

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "PairForest needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/pairforest init
	@touch $@

repro: setup  ## the whole pipeline, from the database to the report
	dvc repro

test: setup  ## every test
	python -m pytest

ui: setup  ## MLflow's pages on the runs made here, at http://127.0.0.1:5000
	pairforest ui

sweep: setup  ## a search over the forest (SEARCH=trees, forest or paper_grid)
	pairforest-train -m hparams_search=$(or $(SEARCH),trees)

params: setup  ## params.yaml anew from conf/
	pairforest params

lint: setup  ## style and types
	ruff check .
	ruff format --check .
	mypy

bench: setup  ## the benchmarks, each beside its alternative
	python benchmarks/labels.py
	python benchmarks/density.py

qe-setup:  ## Quantum ESPRESSO and its pseudopotentials (Debian, Ubuntu; as root)
	apt-get update && apt-get install -y quantum-espresso quantum-espresso-data cp2k-data \
	  libopenblas0-serial

lock:  ## requirements.lock anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --prerelease=if-necessary-or-explicit --extra dev pyproject.toml -o requirements.lock
