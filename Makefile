# The commands of the house. `make` alone lists them.

PYTHON  ?=
PROFILE ?= quick
WORKERS ?= auto

# VENV=active: the packages of the activated environment, instead of those of .venv.
ifeq ($(VENV),active)
BIN := $(patsubst %/,%,$(dir $(shell command -v python 2>/dev/null)))
else ifeq ($(origin VENV)$(filter .venv,$(VENV)),command line)
$(error VENV is .venv (made here) or active (the environment that you have activated), not "$(VENV)")
else
BIN := .venv/bin
endif

# One thread a process: the parallel work is in the processes.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help environment book test bench paper lint format clean distclean

help:
	@echo 'make book     run the chapters (PROFILE=tiny|quick|paper) and render them to _build/html'
	@echo 'make test     every test: library, chapters, rendered site, contracts'
	@echo 'make lint     ruff, mypy, import contracts and the chapters'\'' text'
	@echo 'make bench    time the engine in forward passes for the book'\''s table (a quarter of an hour)'
	@echo 'make paper    the papers'\'' experiments at their own size into book/results; goes on where it was (WORKERS=auto)'
	@echo 'make format   let ruff mend what it can'
	@echo 'make clean    remove what was built; make distclean removes .venv too'
	@echo 'The first call installs several GB into .venv, or 2.3 GB with the CPU build of torch: see README.'
	@echo 'Python 3.11 to 3.13 is found by itself; PYTHON=/path/to/python chooses another.'
	@echo 'VENV=active uses the conda or virtual environment that you have activated, instead of .venv.'

book: NOT_NEEDED := test dev cluster

environment:
ifeq ($(VENV),active)
	@.ci/active_environment $(NOT_NEEDED)
else
	@.ci/environment "$(PYTHON)"
endif

book: environment
	@$(BIN)/python -m linreg_book book --profile $(PROFILE)

test: environment
	@echo 'test: library, chapters (tiny), site and contracts'
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --doctest-modules tests linreg_lib book/tools

bench: environment
	@$(BIN)/python -m benchmarks --out book/results/benchmarks.json

paper: environment
	@$(BIN)/python -m linreg_lib.experiments all --profile paper --jobs $(WORKERS) --out book/results

lint: environment
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m linreg_book lint

format: environment
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

clean:
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@echo 'clean: what was built is gone; .venv stays'

distclean: clean
	@rm -rf .venv
	@echo 'distclean: .venv is gone too'
