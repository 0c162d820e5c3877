# Everything a newcomer needs: `make demo` and `make test`. Both make .venv by themselves.
PYTHON ?= python3
BIN := .venv/bin
# One more than there are processors: for a third of their time tests wait for servers and the disk.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := help
# Tests start the product some hundred times: it is to be compiled once, also where the machine says otherwise.
unexport PYTHONDONTWRITEBYTECODE

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Touchline needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making .venv (once; about a minute)…" >&2
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@echo "Adding what tests and checks need…" >&2
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

demo: .venv/run ## Start Touchline with a local Slack and a local Salesforce (ARGS=--once: walk once and print JSON)
	@$(BIN)/touchline demo $(ARGS)

test: .venv/dev ## Run every test
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup $(ARGS)

check: .venv/dev ## Format, lint, types, import contracts: no warning is let through
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Where the catalogues lie; a test collects into a copy.
WORDS ?= enablement/locale
words: .venv/dev ## Collect the texts that people see into the catalogues, to be translated
	@$(BIN)/pybabel --quiet extract --keywords=marked --no-location --no-wrap --sort-output \
		--output-file=$(WORDS)/touchline.pot enablement bot web jobs
	@$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
		--domain=touchline --input-file=$(WORDS)/touchline.pot --output-dir=$(WORDS)
	@rm $(WORDS)/touchline.pot

.venv/judges: .venv/dev judges/requirements.txt judges/package-lock.json
	@$(PIP) install --require-hashes -r judges/requirements.txt
	@$(BIN)/python -m judges.install
	@touch $@

judges: .venv/judges ## Let strangers' clients judge the local Slack and Salesforce (ARGS=org_sf: only that one)
	@$(BIN)/python -m judges $(ARGS)
.PHONY: judges

.venv/salesforce: .venv/dev checks/requirements.txt crm/salesforce/package-lock.json
	@$(PIP) install --require-hashes -r checks/requirements.txt
	@$(BIN)/python -m checks.install
	@touch $@

check-salesforce: .venv/salesforce ## Check the Salesforce plugin without an org (ARGS="wsdl references": only those)
	@$(BIN)/python -m checks $(ARGS)
.PHONY: check-salesforce

lock: .venv/dev ## Pin the newest versions that pyproject.toml allows, with hashes
	@for set in "requirements.txt" "requirements-dev.txt --group dev"; do \
		echo setuptools | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate pyproject.toml - -o $$set; \
	done

clean: ## Remove what can be made again (.venv and var stay)
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

.PHONY: help demo test check words lock clean
