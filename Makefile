# What a newcomer types. Python 3.11 or newer and make are all that must be there; everything else goes into .venv.
#
#   make demo    the synthetic demo city, from layers to maps; ends by saying where its index.html is
#   make test    the whole suite
#   make docs    the site of the documents, in site/; opens from disk, without a network
#   make check   what continuous integration runs: style, types, and the whole suite (which builds and runs the wheel)

PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= 2
DEMO    ?= geoplan-demo

RUN   := $(VENV)/bin/python -m
READY := $(VENV)/.ready

.PHONY: demo test docs check style types
.NOTPARALLEL:

demo: $(READY)
	$(RUN) geoplan demo -o $(DEMO)
	@printf '\n%s\n' "$(abspath $(DEMO))/out/index.html"

test: $(READY)
	# long files first, as tests/conftest.py sorts them: else they are left for the end, since they hold few tests
	$(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict --quiet
	@printf '%s\n' "$(abspath site)/index.html"

# the suite comes last, so that its closing line is the last on screen
check: style types test

style: $(READY)
	$(RUN) ruff check
	$(RUN) ruff format --check

types: $(READY)
	$(RUN) mypy

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "geoplan needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
