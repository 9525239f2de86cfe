# The course's commands; `make` alone lists them. On Windows without make, see the README.

OLD_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTHONS = python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for name in $(PYTHONS); do \
	$$name -c '$(OLD_ENOUGH)' 2> /dev/null && echo $$name && break; done)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
INSTALL = "$(or $(PYTHON),$(error No Python 3.11 or newer is on the PATH: install one, \
	or say make PYTHON=/path/to/python))" course_utils/install.py

TESTED = $(or $(wildcard tests),$(error This copy of the course has no tests: \
	use a clone of its repository))

.PHONY: help lab test bench browser mutants slides site bundle notebooks lint lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.* ## /  make \1\t/p' Makefile | expand -t 20

lab: ## open the course in JupyterLab (ARGS="--port 9999" is passed on, here and below)
	@$(INSTALL)
	@$(BIN)/course lab -- $(ARGS)

test: lint ## lint, then run every test but those in a browser
	$(BIN)/pytest $(ARGS)

browser: ## run the tests that need Chromium
	@: $(TESTED)
	@$(INSTALL) test browser slides site
	$(BIN)/pytest tests -m browser -n 2 $(ARGS)

bench: ## print what each function costs, how fast the explorers answer, and a class is marked
	@: $(TESTED)
	@$(INSTALL) test bench browser site
	$(BIN)/python tests/benchmarks/bench_activations.py
	$(BIN)/python tests/benchmarks/bench_explorer.py
	$(BIN)/python tests/benchmarks/bench_book.py
	$(BIN)/python tests/benchmarks/bench_training.py
	$(BIN)/python tests/benchmarks/bench_grading.py

mutants: ## flip one sign at a time and list those that no test notices (ARGS=02_sigmoid; slow)
	@: $(TESTED)
	@$(INSTALL) test
	$(BIN)/python tests/mutants.py $(ARGS)

slides: ## write the lessons as slides into slides/ (ARGS=02 for one lesson)
	@$(INSTALL) slides
	$(BIN)/course slides $(ARGS) --to slides

site: ## make the book, a web site in site/, to read without Jupyter
	@$(INSTALL) site
	$(BIN)/course site $(ARGS) --to site

bundle: ## write activation-course.zip, the course for students without git
	@$(INSTALL)
	$(BIN)/course bundle --to activation-course.zip

notebooks: ## run the lessons again and store their outputs
	@$(INSTALL)
	$(BIN)/course execute $(ARGS)

lint: ## look for defects and for formatting, notebooks included
	@: $(TESTED)
	@$(INSTALL) test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lock: ## compile requirements.lock from pyproject.toml
	@$(INSTALL) lock $(ARGS)

clean: ## remove .venv and the tools' caches, nothing else
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
