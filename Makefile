# The commands of the house. `make` alone lists them.

PYTHON  ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
PROFILE ?= quick
WORKERS ?= auto

VENV := .venv/bin

# One thread a process: the parallel work is in the processes.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help environment book test bench lint format clean distclean

help:
	@echo 'make book     run the chapters (PROFILE=tiny|quick|paper) and render them to _build/html'
	@echo 'make test     every test: library, chapters, rendered site, contracts'
	@echo 'make lint     ruff, mypy, import contracts and the chapters'\'' text'
	@echo 'make bench    time the engine in forward passes for the book'\''s table (ten minutes or so)'
	@echo 'make format   let ruff mend what it can'
	@echo 'make clean    remove what was built; make distclean removes .venv too'
	@echo 'Python 3.11 is found by itself; PYTHON=/path/to/python3.11 chooses another.'

environment:
	@.ci/environment "$(PYTHON)"

book: environment
	@$(VENV)/python -m linreg_lib.publishing book --profile $(PROFILE)

test: environment
	@echo 'test: library, chapters (tiny), site and contracts'
	@$(VENV)/python -m pytest -n $(WORKERS) --dist worksteal --doctest-modules tests linreg_lib

bench: environment
	@$(VENV)/python -m benchmarks --out book/results/benchmarks.json

lint: environment
	@$(VENV)/python -m ruff check .
	@$(VENV)/python -m ruff format --check .
	@$(VENV)/python -m mypy
	@$(VENV)/lint-imports
	@$(VENV)/python -m linreg_lib.publishing lint

format: environment
	@$(VENV)/python -m ruff check --fix .
	@$(VENV)/python -m ruff format .

clean:
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@echo 'clean: what was built is gone; .venv stays'

distclean: clean
	@rm -rf .venv
	@echo 'distclean: .venv is gone too'
