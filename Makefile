# Everything here sets itself up: git, make and Python 3.11 or newer are enough.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
ARGS ?=
# One more process for the tests than there are processors: many tests wait for servers.
WORKERS ?= $(shell echo $$(( $$($(PYTHON) -c 'import os; print(os.cpu_count() or 1)') + 1 )))

# Hundreds of processes begin with what the first of them has compiled, also where somebody has turned that off.
export PYTHONDONTWRITEBYTECODE :=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet

.DEFAULT_GOAL := help
# Two installations at once would spoil the environment.
.NOTPARALLEL:
.PHONY: help demo test lint types openapi openapi-check client-check lock lock-check sbom wheel-check check fixtures bench bench-flags bench-index bench-intervals fuzz soak clean

help:  ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "Variables: PYTHON=$(PYTHON) VENV=$(VENV) PORT=$(PORT) ARGS=$(ARGS)"

demo: $(VENV)/.run  ## Serve the invented city on 127.0.0.1:PORT until Ctrl-C.
	@$(BIN)/pricecompare demo --port $(PORT)

test: $(VENV)/.test  ## Run every test; ARGS="tests/test_money.py -k yuan" chooses.
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/.dev  ## Check format, style, the direction of imports and the list of dependencies.
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .

types: $(VENV)/.dev  ## Check the type hints.
	@$(BIN)/mypy

openapi: $(VENV)/.run  ## Write docs/openapi.json, and the codes of docs/api.md, from the code.
	@$(BIN)/pricecompare openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json \
	|| { rm -f docs/openapi.json.new; exit 1; }
	@$(BIN)/python -c 'from pricecompare.web.codes import write; write("docs/api.md")'

openapi-check: $(VENV)/.run  ## Check that docs/openapi.json is what the code says.
	@$(BIN)/pricecompare openapi | diff --unified=1 docs/openapi.json - \
	|| { echo "docs/openapi.json is not what the code says: run make openapi and commit it." >&2; exit 1; }

client-check:  ## Make types for JavaScript clients from docs/openapi.json and check the sample against them.
	@.ci/client

# What pyproject.toml asks for, with everything that needs, each at one version known by its hashes: what a server runs.
LOCKED = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra postgres --extra dump --extra notice \
	--custom-compile-command "make lock" pyproject.toml

lock: $(VENV)/.dev  ## Write requirements.lock; ARGS=--upgrade takes the newest versions.
	@$(LOCKED) $(ARGS) --output-file requirements.lock

lock-check: $(VENV)/.dev  ## Check that requirements.lock has what pyproject.toml asks for.
	@copy=$$(mktemp) && cp requirements.lock $$copy && $(LOCKED) --output-file $$copy \
	&& diff --unified=1 requirements.lock $$copy; found=$$?; rm -f $$copy; [ $$found -eq 0 ] \
	|| { echo "requirements.lock is not what pyproject.toml asks for: run make lock and commit it." >&2; exit 1; }

sbom: $(VENV)/.dev  ## Write dist/sbom.cdx.json: everything a server runs, with hashes and licences (CycloneDX).
	@mkdir -p dist
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-format JSON \
	--output-file dist/sbom.cdx.json requirements.lock

wheel-check: $(VENV)/.dev  ## Build the wheel, install it elsewhere and ask it a question.
	@.ci/wheel $(BIN)/python

check: lint types openapi-check client-check lock-check wheel-check  ## Do all that CI does besides the tests.

fixtures: $(VENV)/.run  ## Write fixtures/ again from its seed.
	@$(BIN)/python -m pricecompare.world fixtures

bench: $(VENV)/.dev  ## Measure against the peers, with ARGS for benchmarks.
	@$(BIN)/python -m benchmarks $(ARGS)

bench-flags: $(VENV)/.dev  ## Say how well the abnormal-price rule finds what was planted.
	@$(BIN)/python -m benchmarks.flags $(ARGS)

bench-index: $(VENV)/.dev  ## Measure the price-volume index of a city and of a province.
	@$(BIN)/python -m benchmarks.index $(ARGS)

bench-intervals: $(VENV)/.dev  ## Say how often 95 % intervals of the index hold what is true.
	@$(BIN)/python -m benchmarks.intervals $(ARGS)

fuzz: $(VENV)/.dev  ## Ask 10,000 hostile things of every route, within some twenty minutes; ARGS="--requests 500 --seed 2" chooses.
	@$(BIN)/python -m benchmarks.soak --kills 0 --disk 0 --files 0 --load 0 $(ARGS)

soak: $(VENV)/.dev  ## Kill imports, fill disks and spoil files at length, with ARGS for benchmarks.soak.
	@$(BIN)/python -m benchmarks.soak $(ARGS)

clean:  ## Remove the environment, the demo database and all caches.
	rm -rf $(VENV) var/demo.db* dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	rm -rf clients/node_modules clients/api.d.ts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp for each amount of installed things; what needs more than another also serves it.
$(VENV)/.run: EXTRA :=
$(VENV)/.test: EXTRA := [test]
$(VENV)/.dev: EXTRA := [dev]
$(VENV)/.test: SERVES := $(VENV)/.run
$(VENV)/.dev: SERVES := $(VENV)/.run $(VENV)/.test

$(VENV)/.run $(VENV)/.test $(VENV)/.dev: pyproject.toml | $(BIN)/pip
	@echo "Installing pricecompare$(EXTRA) into $(VENV); this is done once and may take a minute."
	@$(PIP) --editable ".$(EXTRA)"
	@touch $@ $(SERVES)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "pricecompare needs Python 3.11 or newer, but $(PYTHON) is: $$($(PYTHON) --version 2>&1)." \
	          "Name another one, such as: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	|| { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
