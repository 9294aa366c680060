# Campion on one machine. Needs Python 3.11 or newer, make and git; everything else is installed here, in .venv,
# node_modules and var, all of which git ignores.

.DEFAULT_GOAL := help
.PHONY: help run stop setup test soak bench check fix lock seed docs python packages packages-dev built

PYTHON ?= $(shell for found in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$found >/dev/null 2>&1 && $$found -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$found && break; done)
BIN := .venv/bin
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# What `make check` gives the settings: production in shape, with secrets that guard nothing.
PRODUCTION := env -u CAMPION_DEMO -u CAMPION_SECOND_FACTOR -u CAMPION_HTTPS CAMPION_READ_DOT_ENV=0 \
	SECRET_KEY=for-make-check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF \
	FIELD_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= AUDIT_SEAL_KEY=for-make-check-only-0123456789-abcdefghij \
	ALLOWED_HOSTS=campion.example DATABASE_URL=postgresql://campion_app@/none DATABASE_OWNER_URL=postgresql://campion_owner@/none

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-7s %s\n", $$1, $$2}'

run: packages built ## run Campion with invented people, at http://localhost:8000/ (PORT=8080 make run for another port)
	@exec $(BIN)/python manage.py run

stop: ## stop what a killed run left behind
	@if [ -x $(BIN)/python ]; then $(BIN)/python manage.py stop; else echo "Nothing was running."; fi

setup: packages-dev built ## install everything, for running and for testing

test: packages-dev built ## install what the tests need, and run them
	@$(PYTHON) campion/local_install.py browser
	@$(BIN)/python -m pytest -n 2

soak: packages-dev ## two people claim one case at once, a thousand times; a solver attacks over 200 releases (40 minutes)
	@CAMPION_SOAK=1 $(BIN)/python -m pytest -n 2 tests/victims/test_races.py tests/house/test_bad_input.py \
		tests/victims/test_duties_bad_input.py tests/campion/soak_first_migration.py
	@CAMPION_SOAK=1 $(BIN)/python -m pytest -n 2 --durations=5 tests/figures/test_disclosure_attacks.py \
		tests/figures/soak_disclosure.py tests/demo/soak_releases.py

bench: packages-dev built ## copy 100,000 reports, open every list and the figures, and print what each takes (CAMPION_BENCH=20000 for fewer)
	@CAMPION_BENCH=$${CAMPION_BENCH:-100000} $(BIN)/python -m pytest tests/bench/bench_pages.py

check: packages-dev built ## everything that can be checked without running: style, imports, migrations, settings, locks
	@mkdir -p var
	@echo "Style …" && $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "Imports …" && { $(BIN)/lint-imports --no-cache > var/lint-imports.log || { cat var/lint-imports.log; exit 1; }; }
	@echo "Lock files …" && $(BIN)/python campion/local_locks.py check
	@echo "Migrations …" && $(PRODUCTION) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo "Settings for production …" && $(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@echo "Templates …" && $(PRODUCTION) $(BIN)/python manage.py check_templates && $(BIN)/djlint templates --lint --quiet
	@echo "Workflows …" && $(PRODUCTION) $(BIN)/python manage.py draw_workflows --check
	@echo "Everything that can be checked without running is as it should be."

fix: packages-dev ## mend the style of the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: packages-dev ## make the lock files again from pyproject.toml and package.json
	$(UV_COMPILE) pyproject.toml -o requirements.lock
	$(UV_COMPILE) pyproject.toml --group local -c requirements.lock -o requirements-local.lock
	$(UV_COMPILE) pyproject.toml --group dev -c requirements-local.lock -o requirements-dev.lock
	$(BIN)/python campion/local_locks.py mark
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only --ignore-scripts --omit=peer

seed: packages ## load seeds/ again into the database that DATABASE_URL and DATABASE_OWNER_URL name
	$(BIN)/python manage.py load_seeds

docs: packages ## draw docs/workflows.md again
	$(PRODUCTION) $(BIN)/python manage.py draw_workflows

python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Stopped: Campion needs Python 3.11 or newer, and this machine has $$(python3 --version 2>/dev/null || echo none)." >&2; exit 1; fi

packages: python
	@$(PYTHON) campion/local_install.py local

packages-dev: python
	@$(PYTHON) campion/local_install.py dev

built: | python
	@$(PYTHON) campion/local_install.py static
