# make help      lists the targets
# make demo      shows the demo competition in a browser
# make test      checks and tests everything

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet

export VENV PYTHON PYTHONUTF8 := 1
demo dev: export COMPETITION_PUBLIC_URL ?= http://127.0.0.1:$(PORT)

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset dev test test-fast check fix bench migration messages wheel \
	system lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: PORT=8000, PYTHON=python3.12, WORKERS=2, CI=true (nothing may be skipped)"

# The environment: with what runs the application, then with the tools as well.

$(VENV)/.runtime: requirements/runtime.txt requirements/build.txt scripts/venv.sh
	@scripts/venv.sh runtime

$(VENV)/.dev: requirements/dev.txt scripts/venv.sh
	@scripts/venv.sh dev

demo: $(VENV)/.runtime ## Serve the demo competition on 127.0.0.1 (PORT=8000); keeps its data
	@$(PY) -m scripts.catalogues compile
	@$(PY) -m competition demo --serve --port $(PORT)

demo-reset: $(VENV)/.runtime ## Throw the demo's data away; the next `make demo` starts over
	@rm -rf instance
	@echo "The demo starts over with the next: make demo"

dev: $(VENV)/.dev ## Serve the same data with tracebacks, reloading when a file changes
	@$(PY) -m scripts.catalogues compile
	@$(PY) -m competition migrate
	@$(PY) -m flask --app wsgi run --debug --port $(PORT)

test: $(VENV)/.dev ## Check and test everything: SQLite, PostgreSQL, browser journeys
	@$(PY) -m scripts.run_tests all

test-fast: $(VENV)/.dev ## The part without browser and PostgreSQL
	@$(PY) -m scripts.run_tests fast

check: $(VENV)/.dev ## Format, lint, types, import contracts, templates, catalogues
	@$(PY) -m scripts.run_tests checks

fix: $(VENV)/.dev ## Format, and mend what the linter can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: $(VENV)/.dev ## Measure speed and size as ratios against a floor
	@$(PY) -m scripts.catalogues compile
	@$(PY) -m bench

migration: $(VENV)/.dev ## Write a migration from the models: make migration m="what changes"
	@$(PY) -m scripts.new_migration "$(m)"
	@$(PY) -m ruff check --quiet --fix migrations
	@$(PY) -m ruff format --quiet migrations

messages: $(VENV)/.dev ## Bring the message catalogues to the code and name what lacks translation
	@$(PY) -m scripts.catalogues update

wheel: $(VENV)/.dev ## Build dist/competition-*.whl
	@$(PY) -m scripts.catalogues compile
	@rm -rf dist
	@$(PY) -m build --wheel --no-isolation --outdir dist .

system: ## Install what the tests need from the system (Chromium, PostgreSQL, a CJK font)
	@$${PYTHON:-python3} -m scripts.system_needs install

lock: ## Write the locked requirements anew (needs uv)
	@$(LOCK) pyproject.toml --extra postgresql -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --extra postgresql --group dev -o requirements/dev.txt
	@$(LOCK) --group build -o requirements/build.txt

clean: ## Remove what was built and cached; keeps .venv and the demo's data
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find competition migrations scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@find competition/translations -name '*.mo' -delete
