# Everything that is run by hand; `make` alone lists it. Environments are made on first use: see requirements/install.
PYTHON := .venv/bin/python
RASA_PYTHON := .venv-rasa/bin/python
FILE ?=
OUT ?= results/evaluation

.DEFAULT_GOAL := help
.PHONY: help setup run chat train test evaluate bench check lint knowledge clean app rasa tools postgresql browser

help: ## list the commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

setup: tools rasa ## make both Python environments, with the tools of the tests

run: app rasa ## start everything; on a terminal, chat in front of it
	@$(PYTHON) -m bot run

chat: app rasa ## chat with the assistant that is running; reads a pipe too
	@$(PYTHON) -m bot chat

train: app rasa ## train the model (`make run` does so whenever it is needed)
	@$(PYTHON) -m bot train

# Warnings are errors in both runs (pyproject.toml); --disable-warnings only hides the list of those that Rasa's imports let pass.
# The checks go first: what they find shows within seconds. The knowledge is tested as of a fixed day: a source that has grown
# old since then is the business of `make knowledge`, not of the tests.
# Two files of tests at a time: they wait more than they work.
test: lint postgresql browser ## check, then run all tests, on SQLite and on PostgreSQL
	@$(PYTHON) -m bot train --if-changed
	@status=0; \
	$(RASA_PYTHON) -m pytest tests/nlu --confcutdir=tests/nlu --disable-warnings || status=1; \
	$(PYTHON) -m pytest tests --ignore=tests/nlu -n 2 --dist loadfile || status=1; \
	exit $$status

evaluate: app rasa ## measure the understanding: FILE=questions.tsv OUT=folder
	@test -n "$(FILE)" || { echo "Name the questions: make evaluate FILE=questions.tsv OUT=folder" >&2; exit 2; }
	@$(PYTHON) -m bot evaluate "$(FILE)" "$(OUT)"

bench: tools rasa postgresql ## measure speed and write docs/benchmarks.md, on a machine that does nothing else
	@mkdir -p var/bench
	@$(PYTHON) -m tests.load.bench_routing --out var/bench/routing.json
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) -m tests.load.bench_website --out var/bench/website.json
	@$(PYTHON) -m tests.load.bench_telegram --out var/bench/telegram.json
	@$(PYTHON) -m tests.load.bench_inbox --out var/bench/inbox.json
	@$(PYTHON) -m tests.load.bench_rasa --out var/bench

check: lint knowledge ## check style, types and the knowledge

lint: tools rasa ## check style and types
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy --no-error-summary bot actions --exclude '^bot/nlu/'
	@$(PYTHON) -m mypy --no-error-summary bot/nlu --python-version 3.10 --python-executable $(RASA_PYTHON)

knowledge: app ## check that everything the assistant says has a source and reads well
	@$(PYTHON) -m bot knowledge check

clean: ## remove models, logs and caches; never the databases (var/*.db)
	rm -rf var/log .mypy_cache .ruff_cache .pytest_cache .hypothesis .rasa
	find models -mindepth 1 ! -name README.md -delete
	find actions bot tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "The databases in var/ and the environments are untouched; remove var/*.db yourself to begin anew."

app:
	@requirements/install app

tools:
	@requirements/install test

rasa:
	@requirements/install rasa

# Before the tests, which run side by side: one of them would disturb the other.
browser: tools
	@$(PYTHON) -m tests.channels.widget.browser

# Only where it is Debian and we may; elsewhere the tests on PostgreSQL are skipped (and fail where CI=true).
postgresql:
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's postgresql for the tests …"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null \
			|| echo "Installing failed: only SQLite will be tested."; \
	else echo "PostgreSQL is missing, so only SQLite will be tested. Install it with: sudo apt-get install postgresql"; fi
