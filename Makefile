# `make demo` and `make test` set up .venv by themselves; PYTHON=python3.12 picks an interpreter.
PYTHON ?= python3
BIN := .venv/bin
.PHONY: install test-install demo test lint docs clean

install: .venv/.installed
test-install: .venv/.installed-test

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "precis needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	touch $@

.venv/.installed-test: requirements.lock .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[test]'
	touch $@

demo: install
	$(BIN)/precis run configs/run/quickstart.yaml

test: test-install
	$(BIN)/python -m pytest

lint: test-install
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: install
	$(BIN)/python scripts/export_schema.py
	$(BIN)/python scripts/export_cli.py

clean:
	rm -rf .venv runs build
