# Two commands do everything on a fresh machine: `make demo` and `make test`.
# What stands after ## is the help. Set-up speaks on stderr: stdout is data.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
STAMPS := .venv/stamps
# Wheels by hash and nothing else: no build runs, no index is asked for what is not listed.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet install --require-hashes
WHEELS := $(INSTALL) --only-binary :all:
CARD_TESTS := tests/cards $(wildcard tests/terminal tests/world/test_torn_*.py tests/world/test_legacy_*.py) $(addprefix tests/world/test_,forged_cards.py cloned_cards.py replacement.py keypad_sale.py keypad_pins.py vendor_library.py activation.py)
say = printf '%s\n' "$(1)" >&2

help: ## List these targets.
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name does; do printf '  make %-11s %s\n' "$$name" "$$does"; done

demo: $(STAMPS)/run ## Play a scripted day: centre, sender, till and cards. ARGS="--seed N --centre NAME --json".
	@$(BIN)/yibao demo $(ARGS)

demo-versus: $(STAMPS)/run ## Two counters on one screen, the trade's usual client and ours: keys make the faults. ARGS="--seed N --language en", or "--print --each-rule --json".
	@$(BIN)/yibao versus $(ARGS)

run: $(STAMPS)/run ## The counter, to be tried: Ctrl+K moves cards and line. ARGS="--fresh --language en --centre NAME --data-dir DIR".
	@$(BIN)/yibao try $(ARGS)

test: $(STAMPS)/test $(STAMPS)/print $(STAMPS)/system $(STAMPS)/pcsc lint types ## Everything: lint, types, contracts and the whole suite. ARGS goes to pytest.
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

counter: $(STAMPS)/test $(STAMPS)/print $(STAMPS)/system ## The cashier's screen alone: each flow against its keystrokes, each screen at three sizes.
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/screen/cashier $(ARGS)

desk: $(STAMPS)/test $(STAMPS)/print $(STAMPS)/system ## The registration desk's screen alone, and its departments: each flow against its keystrokes.
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/screen/registration tests/desk $(ARGS)

cases: $(STAMPS)/test ## The settlement rules alone: published cases, two engines compared, planted mistakes. Counts on the last line.
	@$(BIN)/python -m pytest -n 2 -p tests.oracle.counts tests/settlement tests/oracle tests/config/test_shipped_packs.py tests/config/test_region_packs.py $(ARGS)

card: $(STAMPS)/test $(STAMPS)/print $(STAMPS)/system $(STAMPS)/pcsc ## The cards alone: card and PSAM, real pcscd, foreign clients, pulls, hostile bytes. Counts on the last line.
	@YIBAO_THOROUGH=1 $(BIN)/python -m pytest -n 2 --dist loadfile -p tests.oracle.counts $(CARD_TESTS) $(ARGS)

crash: $(STAMPS)/test ## The journal alone, all of it: power cuts, failed calls, full disks, damaged files, kill -9, clocks that jump. Counts on the last line.
	@YIBAO_THOROUGH=1 $(BIN)/python -m pytest -n 2 --dist worksteal -p tests.oracle.counts tests/crash tests/world/test_kills.py tests/world/test_clock_steps.py $(ARGS)

sim: $(STAMPS)/test ## Every state within a budget of faults, then towns of counters under all of them; "SEED=n" runs one again. ARGS="--operations N".
	@$(if $(SEED),,$(BIN)/python -m tests.world.exhaust.search $(if $(filter 1,$(YIBAO_THOROUGH)),--faults 2))
	@$(if $(SEED),,$(BIN)/python -m tests.world.exhaust.search --voids 0 $(if $(filter 1,$(YIBAO_THOROUGH)),--faults 6,--faults 2 --only without))
	@$(BIN)/python -m tests.world.town.simulate $(if $(SEED),--seed '$(SEED)') $(ARGS)

soak: $(STAMPS)/test ## Towns that nobody has run yet, for SECONDS (an hour when they are not given).
	@$(BIN)/python -m tests.world.town.simulate --seconds $(or $(SECONDS),3600) $(ARGS)

lint: $(STAMPS)/test ## House style and import contracts.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

types: $(STAMPS)/test ## Static types, strict.
	@$(BIN)/mypy

format: $(STAMPS)/test ## Lay out the code and apply the safe fixes.
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

docs: $(STAMPS)/test ## Write the generated documents anew.
	@for page in errors=tests.phrasebook checkout=tests.world.explore; do \
	  $(BIN)/python -m "$${page#*=}" > "docs/$${page%%=*}.new" && mv "docs/$${page%%=*}.new" "docs/$${page%%=*}.md"; done

words: $(STAMPS)/test ## Collect the screen's words and compile their Chinese. ARGS="--prune".
	@$(BIN)/python -m tests.catalogue $(ARGS)

pictures: $(STAMPS)/test ## Take the READMEs' pictures anew from the real screens. ARGS="selling why".
	@$(BIN)/python -m tests.pictures $(ARGS)

lock: ## Pin the requirement sets anew from requirements/*.in (needs uv).
	@PATH="$(BIN):$$PATH"; cd requirements; for set in run print test pcsc-build pcsc; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(ARGS) -o $$set.txt $$set.in; done

clean: ## Remove the environment and the caches; data under .local stay.
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help demo demo-versus run test counter desk cases card crash sim soak lint types format docs words pictures lock clean


$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(call say,Python 3.11 or newer is needed: make PYTHON=/path/to/python3); exit 3; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || deploy/apt-install python3-venv
	@$(call say,Creating .venv ...)
	@$(PYTHON) -m venv .venv >&2

# The till, the sender and the centre: no compiler, no reader library, no system package.
$(STAMPS)/run: requirements/run.txt pyproject.toml | $(BIN)/python
	@$(call say,Installing what a counter runs with ...)
	@$(WHEELS) -r requirements/run.txt >&2
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --no-index --no-deps --no-build-isolation --editable . >&2
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/test: requirements/test.txt $(STAMPS)/run
	@$(call say,Installing the tools of the tests ...)
	@$(WHEELS) -r requirements/test.txt >&2
	@touch $@

# The transports of a receipt printer: a counter with a printer adds them, the rest runs without.
$(STAMPS)/print: requirements/print.txt $(STAMPS)/run
	@$(call say,Installing the printer transports ...)
	@$(WHEELS) -r requirements/print.txt >&2
	@touch $@

# The real pcscd with the virtual reader and clients that are not ours, for tests in a namespace of their own, and a terminal for the screen; nothing that a shop runs asks for these.
$(STAMPS)/system: deploy/apt-install | $(BIN)/python
	@if deploy/apt-install pcscd vsmartcard-vpcd opensc pcsc-tools libpcsclite-dev gcc libc6-dev python3-dev iproute2 util-linux tmux; then \
	  mkdir -p $(STAMPS) && touch $@; else [ "$${CI:-}" != true ]; fi

$(STAMPS)/pcsc: requirements/pcsc.txt requirements/pcsc-build.txt $(STAMPS)/run
	@$(call say,Building the reader library ...)
	@if $(WHEELS) -r requirements/pcsc-build.txt >&2 && PATH="$(CURDIR)/$(BIN):$$PATH" $(INSTALL) --no-build-isolation -r requirements/pcsc.txt >&2; \
	then touch $@; else $(call say,The reader library was not built: the tests of the real pcscd will say that they are skipped.); [ "$${CI:-}" != true ]; fi
