# Entry points for people and for continuous integration: `make help` lists them.
# They ask nothing of the machine but make, a shell and Rust; on Debian and Ubuntu they install what else is missing.

SHELL := /bin/sh
export PATH := $(PATH):$(HOME)/.cargo/bin

TARGET := $(or $(CARGO_TARGET_DIR),target)
DEMO_DIR ?= $(TARGET)/demo
DEMO_MAP := examples/data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits
CARGO := cargo

.DEFAULT_GOAL := help
.PHONY: help demo build test test-workflows bench budget install clean need-build need-test need-budget need-workflows need-rust need-lints

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: build ## build the program and draw the WMAP example as PDF and PNG
	@mkdir -p $(DEMO_DIR)
	$(TARGET)/release/map2fig $(DEMO_MAP) -o $(DEMO_DIR)/demo.pdf --units mK
	$(TARGET)/release/map2fig $(DEMO_MAP) -o $(DEMO_DIR)/demo.png --units mK
	@test -s $(DEMO_DIR)/demo.pdf && test -s $(DEMO_DIR)/demo.png
	@echo "demo: wrote $(DEMO_DIR)/demo.pdf and $(DEMO_DIR)/demo.png"

build: need-build ## build the optimised program
	$(CARGO) build --release --locked

test: need-build need-test need-lints ## format, lints, every test, documentation, benches
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) test --locked --all-targets --no-run
	$(CARGO) test --locked
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

test-workflows: need-build need-workflows ## run the Snakemake and job-array examples (Snakemake is installed under target/)
	$(CARGO) build --locked
	tests/workflows.sh $(TARGET)/debug/map2fig $(TARGET)/workflows

bench: need-build ## time the stages (benches/compare/run.py: beside other programs)
	$(CARGO) bench --locked

budget: need-build need-budget ## count the instructions of averaging a map and of a whole run, against their budgets
	$(CARGO) build --release --locked --bin map2fig --example budget
	$(TARGET)/release/examples/budget

install: need-build ## install the program for this user
	$(CARGO) install --locked --path .

clean: ## remove what was built
	$(CARGO) clean

# ---- what the machine must have ----

# Installs the packages in $$missing; each rule below says how it tells that one is missing.
define install_missing
	if [ -n "$$missing" ]; then \
	  if ! command -v apt-get >/dev/null 2>&1; then \
	    echo "error: missing on this machine (Debian names):$$missing" >&2; \
	    echo "hint: install them with your package manager, then run make again" >&2; exit 1; \
	  fi; \
	  as_root=; \
	  if [ "$$(id -u)" != 0 ]; then \
	    command -v sudo >/dev/null 2>&1 || { echo "error: missing:$$missing" >&2; \
	      echo "hint: as root: apt-get install$$missing" >&2; exit 1; }; \
	    as_root=sudo; \
	  fi; \
	  echo "installing:$$missing"; \
	  $$as_root apt-get update -q && \
	  $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	fi
endef

need-rust:
	@command -v $(CARGO) >/dev/null 2>&1 || { \
	  echo "error: cargo is not installed" >&2; \
	  echo "hint: https://rustup.rs, then run make again" >&2; exit 1; }

need-build: need-rust
	@missing=; \
	command -v cc >/dev/null 2>&1 || missing="$$missing gcc libc6-dev"; \
	command -v pkg-config >/dev/null 2>&1 || missing="$$missing pkg-config"; \
	pkg-config --exists cairo cairo-ft cairo-pdf cairo-ps cairo-svg freetype2 2>/dev/null \
	  || missing="$$missing libcairo2-dev"; \
	$(install_missing)

need-test:
	@missing=; \
	{ command -v pdftoppm && command -v pdftotext && command -v pdfinfo; } >/dev/null 2>&1 \
	  || missing="$$missing poppler-utils"; \
	$(install_missing)

need-budget:
	@missing=; \
	command -v valgrind >/dev/null 2>&1 || missing="$$missing valgrind"; \
	$(install_missing)

need-workflows:
	@missing=; \
	python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing="$$missing python3-venv"; \
	$(install_missing)

need-lints: need-rust
	@$(CARGO) fmt --version >/dev/null 2>&1 && $(CARGO) clippy --version >/dev/null 2>&1 || { \
	  echo "error: this Rust toolchain comes without rustfmt or clippy" >&2; \
	  echo "hint: rustup component add rustfmt clippy   (Debian's own Rust: apt-get install rustfmt rust-clippy)" >&2; exit 1; }
