# confeitaria. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
INSTALLED := node_modules/.package-lock.json

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z][a-zA-Z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-22s %s\n", $$1, $$2}'

$(INSTALLED): package.json package-lock.json $(wildcard services/*/package.json)
	@command -v npm >/dev/null || .ci/packages npm
	@echo "Installing the npm packages …"; npm ci --no-audit --no-fund --loglevel=error && touch $@

.PHONY: install
install: $(INSTALLED) ## Install what the embedded run and the tests need
	@.ci/packages redis-server

##@ The shop on this machine, without Docker

.PHONY: start
start: install ## Start the whole shop on http://localhost:8080 (Ctrl-C ends it)
	@exec node services/standalone/start.ts

.PHONY: reset
reset: $(INSTALLED) ## Empty the shop's data folder
	@exec node services/standalone/reset.ts

.PHONY: demo-failover
demo-failover: install ## Stop the primary for real, promote the replica, lose nothing
	@exec node services/standalone/demo-failover.ts

.PHONY: importar-django
importar-django: $(INSTALLED) ## Bring in a Django shop's products: FONTE=db.sqlite3, dumpdata JSON or postgres://… (SIMULAR=1: dry run)
	@exec node services/standalone/importar-django.ts $(if $(SIMULAR),--dry-run) $(if $(ACEITAR),--allow-rejects) $(if $(RELATORIO),--report '$(RELATORIO)')

##@ The shop on Kubernetes

.PHONY: up
up: $(INSTALLED) ## Bring up a kind cluster with the shop in it; again: repair or upgrade (HTTP_PORT=8080)
	@.ci/packages go=golang-go
	@exec k8s/up

.PHONY: status
status: ## Who is primary, who follows, which pods run where, what is missing
	@exec k8s/status

.PHONY: down
down: ## Remove the cluster and all that is in it
	@exec k8s/kind/down

.PHONY: demo
demo: $(INSTALLED) ## Shop, delete the primary, go on shopping: for real, key by key (AUTO=1: on its own)
	@.ci/packages chromium curl
	@exec node k8s/demo/demo.ts

.PHONY: video
video: $(INSTALLED) ## Record the demonstration, with subtitles, into video/
	@.ci/packages chromium curl ffmpeg
	@exec node k8s/demo/video.ts

##@ Load and faults (cluster up)

lab = node loadtests/lab/lab.ts

.PHONY: load
load: $(INSTALLED) ## One load, e.g. SCENARIO=concorrencia, or SCENARIO=compras RATE=20 DURATION=30s
	@$(lab) load $(or $(SCENARIO),compras) $(if $(RATE),--rate '$(RATE)') $(if $(DURATION),--duration '$(DURATION)')

.PHONY: teste-concorrencia teste-falhas teste-escalabilidade
teste-concorrencia: $(INSTALLED) ## 1,000 requests by 100 users: mean time, success rate, throughput
	@$(lab) $@

teste-falhas: $(INSTALLED) ## Five rounds of killing the database's primary: who answered in each
	@$(lab) $@

teste-escalabilidade: $(INSTALLED) ## The cart from one pod to three: who gets 100 and 3,000 requests
	@$(lab) $@

.PHONY: lab lab-smoke
lab: $(INSTALLED) ## Every experiment, all rounds, budgets count (hours); EXPERIMENTS='a b' for some
	@$(lab) run $(EXPERIMENTS)

lab-smoke: $(INSTALLED) ## Every experiment, few rounds: invariants, proofs and recovery count
	@$(lab) run --smoke $(EXPERIMENTS)

.PHONY: report
report: $(INSTALLED) ## The report of a lab run, HTML and PDF in both languages (RUN=...; by default the last one)
	@.ci/packages chromium
	@run='$(RUN)'; run=$${run:-$$(ls -t results/*/journal.json 2>/dev/null | head -n 1 | xargs -r dirname | xargs -r basename)}; \
	[ "$$run" ] || { echo 'There is no run in results/: make one with `make lab-smoke` or `make lab`.' >&2; exit 2; }; \
	exec $(lab) report "$$run"

##@ Documents (from the kept run in docs/results, or from RUN=...)

.PHONY: relatorio slides
relatorio: $(INSTALLED) ## The technical report in build/, as HTML and PDF, in both languages
	@.ci/packages chromium
	@exec node docs/publishing/report.ts $(RUN)

slides: $(INSTALLED) ## The ten slides and the speaker's notes in build/, as HTML and PDF
	@.ci/packages chromium
	@exec node docs/publishing/slides.ts $(RUN)

##@ For developers

.PHONY: format
format: $(INSTALLED) ## Format the code and fix what the linter can fix
	@npm run --silent format

.PHONY: check
check: install ## Types, lint and the tests without a browser or cluster (what a developer runs all day)
	@.ci/tests static parts

.PHONY: test
test: install ## Everything, the quick layers first
	@.ci/packages chromium go=golang-go
	@python3 -c 'import ensurepip' 2>/dev/null || .ci/packages python3-venv
	@.ci/tests static parts whole chart cluster

.PHONY: bench
bench: install ## Measure the services against bare Fastify and pgbench; prints ratios, keeps JSON
	@.ci/packages wrk
	@exec node services/standalone/bench.ts

.PHONY: screenshots
screenshots: install ## Take the pictures in docs/screenshots again
	@.ci/packages chromium
	@exec node services/storefront/test/screenshots.ts
