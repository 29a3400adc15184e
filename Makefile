# Everything a person does with this repository. `make up` and `make test` install what they need first.
.DEFAULT_GOAL := help
.PHONY: help up down status doctor demo check test lint fmt types generated texts feature screenshots site pytest tests coverage rows bench lock install clean

# The first Python on the PATH that is new enough; name another with `make PYTHON=/path/to/python up`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PROJECTS := $(sort $(wildcard libs/*/pyproject.toml services/*/pyproject.toml tools/*/pyproject.toml))
EDITABLE := $(foreach project,$(PROJECTS),-e ./$(dir $(project)))
SOURCES := libs/contracts/src libs/chassis/src libs/trade/src libs/column-search/src libs/importing/src libs/deskkit/src libs/testkit/src tools/stack/src \
	services/units-svc/src services/support-svc/src services/tenancy-svc/src services/gateway/src
TRANSLATED := deskkit chassis trade column_search importing units_svc support_svc tenancy_svc gateway
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

help: ## list what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

up: install ## install, start everything, load homes, print addresses and sign-ins
	@$(BIN)/partywall up

down: ## stop everything; the state stays
	@$(BIN)/partywall down

status: install ## every process and queue
	@$(BIN)/partywall status

doctor: install ## check the installation, with a fix for each fault
	@$(BIN)/partywall doctor

demo: install ## perform the main journey through the public API
	@$(BIN)/partywall demo

check: lint ## seconds: style, imports, types, and the unit tests of what changed; starts no server
	$(BIN)/mypy $(SOURCES)
	$(BIN)/pytest -q -p no:cacheprovider $$($(BIN)/python tools/changed_tests.py)

test: lint types generated tests ## everything that continuous integration runs

lint: install ## style and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: install ## mypy --strict
	$(BIN)/mypy $(SOURCES)

generated: install ## what is generated is what is committed
	$(BIN)/python -m contracts generate --check
	$(BIN)/python -m deskkit.i18n --check $(TRANSLATED)

texts: install ## put new texts into the French catalogues of their features
	$(BIN)/python -m deskkit.i18n $(TRANSLATED)

tests: install ## all tests, shared out to the cores
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadscope --durations 15

pytest: install ## named tests in one process: make pytest PYTEST="libs/chassis -k relay"
	$(BIN)/pytest $(PYTEST)

coverage: install ## which branches no test reaches: all tests or those in PYTEST, all files or those in OF
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PYTEST)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report $(if $(OF),--include "$(OF)")

fmt: install ## format, and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

rows: install ## every row of the specification with its tests and pages
	@$(BIN)/python -m testkit.rows

feature: install ## a new feature: make feature SERVICE=support NAME=service_places ONE=service_place
	$(BIN)/python tools/feature.py $(SERVICE) $(NAME) $(ONE)

screenshots: install ## pictures of every desk, from the running stack: build/screenshots, docs/pictures
	@$(BIN)/python tools/screenshots.py --committed

site: install ## everything that is written, with APIs and events, as a site to read offline: build/site
	@$(BIN)/python tools/docs_site.py

bench: install ## measure, each beside the raw limit in the same run
	@$(BIN)/python -m benchmarks

lock: install ## pin again what the packages ask for
	$(BIN)/python tools/lock.py

install: $(STAMP)

# Nothing is resolved here: the lock names every file by its hash, and our own packages bring nothing along.
$(STAMP): requirements.lock $(PROJECTS)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found on the PATH."; \
		echo "Install it (Debian: apt-get install python3 python3-venv) or: make PYTHON=/path/to/python up"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) can't make virtual environments. Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what requirements.lock names (once; some 300 MB on the disk)"
	@$(PIP) install --quiet --root-user-action=ignore --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --quiet --root-user-action=ignore --no-deps --no-build-isolation $(EDITABLE)
	@touch $@

clean: ## remove what was installed and generated; .partywall stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
