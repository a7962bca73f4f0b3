# `make run` and `make test` are all a student needs: each sets up what is missing first.

# The first Python that is new enough, else python3, whose set-up says what is wrong.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; \
	done; echo python3)
VENV_PYTHON := .venv/bin/python
ARGS ?=

.PHONY: run test test-models setup check bench clean

# Open the app, or print the tour where there is no terminal: make run, make run ARGS="search atención"
run:
	@$(PYTHON) tools/setup.py run
	@.venv/bin/repaso $(ARGS)

# Every test but those that need the default language model
test:
	@$(PYTHON) tools/setup.py test
	@$(VENV_PYTHON) -m pytest -m "not models" $(ARGS)

# The tests that need the default language model
test-models:
	@$(PYTHON) tools/setup.py all
	@$(VENV_PYTHON) -m pytest -m models $(ARGS)

setup:
	@$(PYTHON) tools/setup.py all

# All that must be green before a commit
check:
	@$(PYTHON) tools/setup.py test
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy
	.venv/bin/lint-imports
	$(VENV_PYTHON) -m pytest -m "not models"

# Measure, and write docs/benchmarks.md
bench:
	@$(PYTHON) tools/setup.py all
	$(VENV_PYTHON) -m benchmarks.run $(ARGS)

# Remove the environment and what tools leave behind; models and built wheels stay in the user's cache folder
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis snapshot_report.html
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
