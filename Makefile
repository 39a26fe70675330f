# Needs Python 3.11 or later and make; everything else is installed into .venv on first use.
# Another interpreter: make PYTHON=python3.12 test        More for a tool: make test ARGS="-k joins"   In one process: JOBS=0

PYTHON ?= $(or $(shell command -v python3.11),python3)
ARGS ?=
ROUNDS ?= 20
JOBS ?= 2
SAMPLE ?= 300
SEED ?= 1
SEEDS ?= 200
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test check setup format pictures sql coverage mutate mutate-sample fuzz faults storm attack races simulate bench load wheel clean

# The tests start a PostgreSQL; it will not start under a locale that the machine only names (LANG=en_US.UTF-8 in a container).
test sql coverage mutate mutate-sample fuzz faults storm attack races simulate bench load: export LC_ALL := C

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

demo: .venv/.runs ## run a county's year on SQLite (demo.db) and print its figures
	$(BIN)/casework demo --db demo.db --force $(ARGS)

test: .venv/.tests ## run the tests, on SQLite, a PostgreSQL of their own, and MariaDB where there is one
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

check: .venv/.tests ## format, lint, types, layers, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

setup: .venv/.tests ## install everything a developer needs into .venv

format: .venv/.tests ## put the code in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

pictures: .venv/.runs ## draw the shipped lifecycles anew into docs/lifecycles
	$(BIN)/python -m workflow.diagrams docs/lifecycles

sql: .venv/.tests ## write docs/sql.md anew from what the tests say to the databases, which must all be there
	CASEWORK_SQL=write CASEWORK_SERVICES=postgresql,mariadb $(BIN)/python -m pytest -q $(ARGS)

COVERED := workflow/core/*,workflow/engine.py,workflow/keeping.py,workflow/office/exporting.py,workflow/office/publishing.py,workflow/outbox.py,workflow/sealing.py,workflow/timers.py

coverage: .venv/.tests ## the tests again, with every branch of core, the engine and its jobs held to 100 %
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --include='$(COVERED)' --fail-under=100

mutate: .venv/.tests ## change the core, the engine and its jobs in many small ways and see the tests notice (half a day); ARGS='workflow.sealing*' for a part
	$(BIN)/mutmut run $(ARGS)
	$(BIN)/mutmut results

mutate-sample: .venv/.tests ## the same with SAMPLE (300) of the changes, drawn by SEED (1): the score, and what nobody noticed
	$(BIN)/python -m tests.mutation.sampling --sample $(SAMPLE) --seed $(SEED) $(ARGS)

fuzz: .venv/.tests ## the property tests ROUNDS times (20), with other examples each time
	@for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -q $$(grep -rl '^from hypothesis' tests) $(ARGS) || exit 1; done

faults: .venv/.tests ## receivers that misbehave, clocks that jump, workers killed with -9 (also Celery's) through 1,500 notices
	CASEWORK_FAULTS=1500 CASEWORK_JUMPS=200 $(BIN)/python -m pytest -s tests/faults $(ARGS)

storm: .venv/.tests ## kill -9 at random, ROUNDS times fifty commands (20); then every statement, commit, cut line, full page; the server ROUNDS times
	CASEWORK_STORM=$(ROUNDS) $(BIN)/python -m pytest -q -s tests/faults/test_storm.py tests/faults/test_killed_anywhere.py \
	  tests/faults/test_cut_anywhere.py tests/faults/test_full_disk.py tests/faults/test_read_only_disk.py tests/faults/test_server_killed.py $(ARGS)

attack: .venv/.tests ## somebody with the whole database and the source, but no key: 30 attacks and 2,000 random changes on each database
	CASEWORK_ATTACKS=2000 $(BIN)/python -m pytest -q -s tests/contract/test_attacks.py $(ARGS)

races: .venv/.tests ## sixteen processes at one case, 200 rounds on each database; and dispatchers, sealers, imports, migrations at once
	CASEWORK_RACES=200 $(BIN)/python -m pytest -q -s tests/contract/test_races.py $(ARGS)

simulate: .venv/.tests ## a whole office in one process by a virtual clock, SEEDS (200) times; ARGS="--seed N" shows one
	$(BIN)/python -m tests.simulator --seeds $(SEEDS) $(ARGS)

bench: .venv/.bench ## a step beside hand-written SQL in the same run, as ratios; ARGS=--quick for a minute
	$(BIN)/python -m bench $(ARGS)

load: .venv/.bench ## a day with 100,000 running cases and a million records: 1, 4 and 8 clients beside pgbench, and on MariaDB beside its driver (an hour)
	$(BIN)/python -m bench day day-mariadb --long $(ARGS)

wheel: .venv/.tests ## build the distribution into dist/
	$(BIN)/python -m build

pins: ## write constraints.txt anew: the newest versions that pyproject.toml allows, tried in an empty environment
	rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,postgresql,bench]'
	build/pins/bin/python -m pip freeze --disable-pip-version-check --exclude casework > constraints.txt

clean: ## remove what was made, also .venv and demo.db
	rm -rf .venv build dist mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov
	rm -f demo.db demo.db-wal demo.db-shm

# Stamps: installed once, and again when what is to be installed has changed.

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'casework needs Python 3.11 or later; name one: make PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.runs: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

.venv/.tests: .venv/.runs
	$(PIP) --editable '.[dev,postgresql]'
	@touch $@

.venv/.bench: .venv/.tests
	$(PIP) --editable '.[dev,postgresql,bench]'
	@touch $@
