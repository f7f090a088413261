# Needs Python 3.11+ and make. Everything else is installed below this folder, from the lock files in requirements/.
PYTHON ?= python3
ARGS   ?=
TESTS  ?= tests
JOBS   ?= 2
# As many as there are processors: pyright runs beside them.
CHECK_JOBS ?= 2
COVERAGE ?=
FAST   := not slow and not browser and not postgres
BIN    := .venv/bin
UV     := .tools/bin/uv
NODE   := PYTHONPATH=.tools/node .tools/bin/python hatch_build.py
PIP    := $(UV) pip install --quiet --python .venv
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Many an image forbids Python to keep what it compiled; each test process would then compile 2,000 modules by itself.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run web page check check-code check-imports check-types check-tests format types test test-web reference bench bench-full wheel lock upgrade sizes clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup: .venv/.run web ## install what the product needs; leaves .venv/bin/mecum
	@test -e .venv/.dev || .tools/bin/python hatch_build.py tidy

run: setup ## start the server: make run ARGS="--port 8123 --data DIR"
	@exec $(BIN)/mecum serve $(ARGS)

web: .tools/.done ## build the page, if it changed
	@.tools/bin/python hatch_build.py is-current || $(MAKE) --no-print-directory page

page: .tools/node/.done
	@echo "Building the page …"
	@$(NODE) build

check: .venv/.dev ## format, lint, imports, types, fast tests (under a minute)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-tests check-code check-imports

check-code:
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .

check-imports:
	@$(BIN)/lint-imports > .build/imports.txt || { cat .build/imports.txt; exit 1; }

check-types:
	@$(BIN)/pyright

check-tests:
	@$(BIN)/pytest -q -n $(CHECK_JOBS) -m "$(FAST)" -k "not sqlite-key" --cases 2 tests

format: .venv/.dev ## format the Python sources, and mend what ruff can mend safely
	@$(BIN)/ruff format . && $(BIN)/ruff check --quiet --fix .

types: .venv/.dev ## mypy --strict on the source and the benches, beside the pyright of make check
	@$(BIN)/mypy

test: .venv/.dev web test-web ## all tests: both databases, the browser; says what was not run
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup -m "not browser" $(COVERAGE) $(TESTS) || [ $$? -eq 5 ]
	@# By themselves: the browser's driver keeps an event loop of its own in the process.
	@$(BIN)/pytest -m browser $(TESTS) || [ $$? -eq 5 ]

test-web: web .tools/node/.done ## the page's own modules: wire types, types, lint, tests, size
	@$(NODE) drift types lint test budget

reference: .venv/.dev .tools/node/.done ## write the API's reference pages, and the page's wire types from them
	@PYTHONPATH=src:tests $(BIN)/python -m architecture.api_pages
	@$(NODE) generate

bench: .venv/.dev web ## the figures, small sizes (under 9 minutes)
	@$(BIN)/python -m bench $(ARGS)

bench-full: .venv/.dev web ## the figures as the goals say (under 45 minutes)
	@$(BIN)/python -m bench --full $(ARGS)

wheel: .tools/node/.done ## build dist/mecum-*.whl, the page inside
	@rm -rf dist && PYTHONPATH=.tools/node .tools/bin/python -m hatchling build --target wheel

lock: .tools/node/.done ## write the lock files from pyproject.toml and package.json, keeping pins that still fit
	@./requirements/lock

upgrade: .tools/node/.done ## the same, with every pin moved to the newest version that fits
	@./requirements/lock --upgrade

sizes: .tools/.done ## measure what each extra weighs unpacked → docs/reference/sizes.md
	@.tools/bin/python requirements/sizes.py

clean: ## remove everything that the other targets made
	@rm -rf .venv .tools .build dist web/dist web/node_modules src/mecum/infra/web/page
	@find src tests evals bench requirements -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf __pycache__ .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage .coverage.*

.tools/.done: requirements/uv.txt requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mecum needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@test -x $(UV) || $(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@$(UV) pip sync --quiet --python .tools --require-hashes requirements/tools.txt
	@touch $@

.tools/node/.done: .tools/.done requirements/node.txt
	@$(UV) pip install --quiet --target .tools/node --python .tools --require-hashes -r requirements/node.txt
	@touch $@

.venv/.locked: .tools/.done requirements/run.txt
	@test -x $(BIN)/python || $(UV) venv --quiet --python .tools/bin/python .venv
	@$(UV) pip sync --quiet --python .venv --require-hashes requirements/$(if $(wildcard .venv/.dev),dev,run).txt
	@touch $@

.venv/.run: .venv/.locked pyproject.toml
	@rm -rf .build/editable
	@.tools/bin/python -m hatchling build --target wheel:editable --directory .build/editable > /dev/null
	@$(PIP) --no-deps --reinstall .build/editable/*.whl
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
