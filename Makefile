# The commands of this project. `make` alone prints them.
#
# The environment in .venv is made with the standard library only. Two stamp files in it depend on
# pyproject.toml: one for what running needs, one for what developing needs besides.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV    := .venv
BIN     := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV     := $(VENV)/.dev-installed
ENVIRONMENT := $(VENV)/pyvenv.cfg

SEED    ?= 7
SEEDS   ?= 5000
OUTPUT  ?= table
WORKERS ?= 2
RUNS    ?= 10
# Of RolloutBench, unless SEEDS is given: that of the campaigns would take days.
ROLLOUT_SEEDS = $(if $(filter file,$(origin SEEDS)),50,$(SEEDS))

# The first interpreter that is new enough and can make a virtual environment.
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; exit 0; fi; done; exit 1

.PHONY: help demo test components check lint sim mutants chaos bench rolloutbench contract docs clean

help: ## Print the commands
	@echo "make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  %-12s%s\n' "$$name" "$$text"; done

demo: $(RUNTIME) ## Start a hub with 1,000 simulated clusters and tell three stories (SEED=7)
	@$(BIN)/myriarch demo --seed $(SEED)

test: lint ## All checks, 1,000 seeds of the fault scenarios, and all tests (WORKERS=2)
	$(BIN)/python -m components.build --if-go
	$(BIN)/python -m myriarch.sim.campaign --seeds 1000 --jobs $(WORKERS)
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

components: ## Build the real components that tests run: once, into a cache (needs Go)
	@python=$$($(FIND_PYTHON)) || { echo "Building needs Python 3.11 or newer on PATH" >&2; exit 1; }; \
	$$python -m components.build

check: lint ## Format, lint, types, layers and tidiness; no behaviour
	$(BIN)/pytest tests/tidy

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

sim: $(DEV) ## Many seeds of the fault scenarios, every invariant checked (SEEDS=5000)
	$(BIN)/python -m myriarch.sim.campaign --seeds $(SEEDS)

mutants: $(DEV) ## Take each invariant's guard out in turn, and print what notices
	$(BIN)/python -m tests.mutants

chaos: $(DEV) ## Break real clusters and a real hub by seeds, and watch the invariants (SEED=7, RUNS=10)
	@$(MAKE) components >&2
	@MYRIARCH_REQUIRE_COMPONENTS=1 MYRIARCH_CHAOS_SEED=$(SEED) MYRIARCH_CHAOS_RUNS=$(RUNS) \
		$(BIN)/pytest tests/kube/chaos -s

bench: $(DEV) ## Measure time and memory (OUTPUT=table or json)
	@$(BIN)/python bench/run.py --output $(OUTPUT)

rolloutbench: $(DEV) ## Judge release policies by published incidents (SEEDS=50, SCENARIOS=DIR, JOURNAL=FILE)
	@$(BIN)/python bench/rollout/run.py --seeds $(ROLLOUT_SEEDS) $(addprefix --scenarios ,$(SCENARIOS)) \
		--output $(OUTPUT) $(addprefix --report ,$(REPORT)) $(addprefix --journal ,$(JOURNAL))

contract: $(DEV) ## Compare the embedded server with a real kube-apiserver, case by case (OUTPUT=json)
	@$(MAKE) components >&2
	@$(BIN)/python -m tests.contract.run --output $(OUTPUT)

docs: $(DEV) ## Rewrite the parts of the documentation that are generated from code
	$(BIN)/python -m tests.tidy.generated

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENVIRONMENT):
	@python=$$($(FIND_PYTHON)) || { \
		echo "Myriarch needs Python 3.11 or newer with its venv module, and none was found on PATH." >&2; \
		echo "Install it (Debian and Ubuntu: apt install python3 python3-venv)," >&2; \
		echo "or name one: make PYTHON=/path/to/python3.11 demo" >&2; \
		exit 1; }; \
	echo "Making the environment in $(VENV) with $$python" >&2; \
	$$python -m venv --clear $(VENV)

$(RUNTIME): pyproject.toml $(ENVIRONMENT)
	@echo "Installing what Myriarch needs to run" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . >&2
	@touch $@

$(DEV): pyproject.toml $(ENVIRONMENT)
	@echo "Installing what developing Myriarch needs" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' >&2
	@touch $@ $(RUNTIME)
