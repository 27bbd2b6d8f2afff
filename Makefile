# `make` alone lists the targets. CI runs the same ones.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Binaries carry no version, so that the binary of an operation that did not change stays the same.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

# The build flags of functions, in the form of GOFLAGS. infra/local, the benchmarks and the tests read the same file.
# lambda.norpc leaves out the RPC of the retired runtime go1.x. nethttpomithttp2 leaves out HTTP/2, which DynamoDB does
# not support.
LAMBDA    := functions/build.flags
FUNCTIONS := $(sort $(patsubst functions/%/main.go,%,$(wildcard functions/*/main.go functions/*/*/main.go)))
CORES     := $(shell nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)

STATICCHECK := build/tools/staticcheck-v0.8.2
GO_LICENSES := build/tools/go-licenses-v1.6.0
CYCLONEDX   := build/tools/cyclonedx-gomod-v1.10.0
NODE_MODULES := infra/node_modules/.stamp
TS_CLIENT    := shared/client/typescript/node_modules/.stamp
CLIENTS      := $(TS_CLIENT) infra/clients/typescript/node_modules/.stamp build/tools/clients/.stamp build/tools/generators/.stamp
PYTHON_CLIENT := build/tools/pyclient/.stamp
LIGHTHOUSE   := infra/e2e/lighthouse/node_modules/.stamp
ENGINES_NPM  := infra/e2e/engines/node_modules/.stamp
AWS_TOOLS    := build/tools/aws/.stamp
SIMULATOR    := infra/sam/policies/node_modules/.stamp
EMULATOR     := build/tools/aws-lambda-rie-v0.0.0-20261030222936-bef5c4ba774d

# Built, because `go run` passes on no signal except Ctrl-C's, and hides the status.
DEPLOY = command -v go >/dev/null || { echo "Go is missing: install the version of go.mod, from https://go.dev/dl"; exit 1; }; \
	go build -o build/tools/deploy ./infra/deploy && exec build/tools/deploy

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# exec instead of `go run`, which passes on no signal except Ctrl-C's.
.PHONY: run
run: $(NODE_MODULES) ## run everything locally: console, API, sign-in and data on 127.0.0.1:8080 (PORT=…)
	@go build -o build/tools/local ./infra/local
	@exec build/tools/local

.PHONY: dev
dev: $(NODE_MODULES) ## run everything locally, and apply every edit of functions, console and template.yaml
	@go build -o build/tools/local ./infra/local
	@exec build/tools/local dev

.PHONY: test
test: check e2e ## run every check and test: make check, and the end-to-end tests with real binaries and a real browser

.PHONY: test-clients
test-clients: $(NODE_MODULES) $(CLIENTS) test-python ## lint the OpenAPI document, test clients generated from it, and the clients in Go, TypeScript and Python (about 5 minutes)
	@go build -o build/tools/local ./infra/local
	@node infra/clients/test.mjs

# Tests the client's sources, and installs it as its users do, for the end-to-end tests. All caches are in build/.
.PHONY: test-python
test-python: $(PYTHON_CLIENT) ## lint and test the Python client (about a minute)
	@$(PYTHON) ruff check . && ruff format --check . && mypy && pytest -q -p no:cacheprovider
	@rm -rf build/tools/pyclient/uv
	@$(PYTHON) uv pip install --quiet --offline --no-cache --no-deps --no-build-isolation --target $(CURDIR)/build/tools/pyclient/uv .
	@test -f build/tools/pyclient/uv/arxkeys/py.typed
	@$(PYTHON) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .

PYTHON = cd shared/client/python && export PATH="$(CURDIR)/build/tools/pyclient/bin:$$PATH" PYTHONPYCACHEPREFIX=$(CURDIR)/build/tools/pyclient/cache \
	RUFF_CACHE_DIR=$(CURDIR)/build/tools/pyclient/cache/ruff MYPY_CACHE_DIR=$(CURDIR)/build/tools/pyclient/cache/mypy &&

.PHONY: test-browsers
test-browsers: $(NODE_MODULES) $(ENGINES_NPM) chromium ## walk through the console in Chromium, Firefox and WebKit (about 2 minutes)
	@go build -o build/tools/local ./infra/local
	@node --test infra/e2e/engines/walk.test.mjs

.PHONY: test-deploy
test-deploy: $(AWS_TOOLS) $(NODE_MODULES) ## validate every template, and test the deployment against a simulated AWS (about 3 minutes)
	@mkdir -p build/docs && sed -n '/^AWSTemplateFormatVersion/,/^```/{/^```/!p;}' infra/docs/protect-your-api.md >build/docs/protect-your-api.yaml
	@build/tools/aws/bin/cfn-lint --include-checks I E W -- build/docs/protect-your-api.yaml \
		$$(grep -rl --include='*.yaml' --exclude-dir=node_modules '^AWSTemplateFormatVersion' template.yaml infra)
	@AWS_DEFAULT_REGION=eu-central-1 SAM_CLI_TELEMETRY=0 build/tools/aws/bin/sam validate --lint --template-file template.yaml >/dev/null
	@go test -count=1 -vet=off $(SHUFFLE) ./infra/deploy/...

# The tests print what the machine lacks. DOCKER=required makes that a failure.
.PHONY: test-sam
test-sam: $(AWS_TOOLS) $(NODE_MODULES) $(SIMULATOR) build/e2e/calls.json ## test template and functions with AWS's own tools: SAM CLI, Docker, policies (about 6 minutes)
	@go -C infra/sam test -count=1 -vet=off -timeout 20m $(SHUFFLE)

.PHONY: test-gateways
test-gateways: $(NODE_MODULES) ## test the documented configurations of gateways with the real nginx, Caddy and HAProxy (about a minute)
	@for name in nginx caddy haproxy; do PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null || { echo "$$name is missing: apt-get install nginx-light caddy haproxy"; exit 1; }; done
	@go test -count=1 -vet=off -timeout 20m $(SHUFFLE) ./infra/gateways
	@go build -o build/tools/local ./infra/local
	@PATH="$$PATH:/usr/sbin" node infra/examples/test.mjs nginx

.PHONY: check
check: format lint tidy unit ## run before each commit: format, vet, staticcheck, go.mod, unit tests, architecture tests

.PHONY: build
build: $(NODE_MODULES) ## build all functions for linux/arm64 into build/functions, and the console into build/console
	@$(MAKE) -j$(CORES) $(FUNCTIONS:%=build/functions/%/bootstrap)
	@go run ./console/site -out build/console

SAM_ARCH = $(shell go env GOARCH)

.PHONY: build-sam
build-sam: ## build all functions for sam local, for linux on this machine's processors, into build/sam
	@$(MAKE) -j$(CORES) build/sam/template.yaml $(FUNCTIONS:%=build/sam/functions/%/bootstrap)

.PHONY: release
release: $(GO_LICENSES) $(CYCLONEDX) ## build a release of this commit into build/release, and tag it: make release VERSION=v1.2.0
	@go run ./infra/release -version '$(VERSION)' -licenses $(CURDIR)/$(GO_LICENSES) -sbom $(CURDIR)/$(CYCLONEDX)

.PHONY: test-release
test-release: $(GO_LICENSES) $(CYCLONEDX) ## build a release in two clones of this commit, and compare them (about 3 minutes)
	@infra/release/test.sh

.PHONY: deploy
deploy: ## deploy to AWS, or update: STACK=… ADMIN_EMAIL=… [DOMAIN=… CERTIFICATE=…] [REGION=…], see infra/docs/deploy.md
	@$(DEPLOY) up

.PHONY: person
person: ## invite a person to STACK=…, or change their role: EMAIL=… ROLE=owner, admin, developer or verifier
	@$(DEPLOY) person

.PHONY: person-remove
person-remove: ## disable EMAIL=… of STACK=…, sign them out, and delete or keep their management keys
	@$(DEPLOY) person-remove

.PHONY: status
status: ## print what STACK=… runs on AWS, whether it works, and its alarms
	@$(DEPLOY) status

.PHONY: logs
logs: ## print and follow the logs of STACK=… (FUNCTION=keys/verify, SINCE=1hour, FOLLOW=no)
	@$(DEPLOY) logs

.PHONY: rotate-edge-secret
rotate-edge-secret: ## replace the secret with which CloudFront proves itself to the functions of STACK=…
	@$(DEPLOY) rotate-edge-secret

.PHONY: destroy
destroy: ## delete STACK=… from AWS, but not its data (DATA=delete: that too)
	@$(DEPLOY) destroy

.PHONY: drawings
drawings: ## render the drawings of infra/docs from their .dot files (Graphviz)
	@command -v dot >/dev/null || { echo "dot is missing: apt-get install graphviz"; exit 1; }
	@for text in infra/docs/drawings/*.dot; do dot -Tsvg "$$text" -o "$${text%.dot}.svg"; done

.PHONY: events
events: ## generate the events of infra/events for the SAM CLI
	@go run ./infra/events

.PHONY: bench
bench: $(NODE_MODULES) ## run the benchmarks: time and allocations of operations (SCALE=1000000: their cost in tenants of up to that size)
	@if [ -n "$(SCALE)" ]; then SCALE=$(SCALE) go test -run '^$$' -bench Scale -benchtime 1x -timeout 0 ./infra/e2e; \
	else go test -run '^$$' -bench . -benchmem ./shared/... ./functions/... ./infra/...; fi

.PHONY: load
load: $(NODE_MODULES) ## verify keys over 1 and 32 connections, and check each response (SOAK=5m: slowly, and measure memory)
	@go build -o build/tools/local ./infra/local
	@go -C infra/load build -o $(CURDIR)/build/tools/load .
	@build/tools/load $${SOAK:+-soak $$SOAK}

.PHONY: measure
measure: $(NODE_MODULES) $(LIGHTHOUSE) chromium ## measure how long the console takes to open (cold, warm, offline, at 10 Mbit/s), and run Lighthouse
	@go build -o build/tools/local ./infra/local
	@node infra/e2e/browser/measure.mjs
	@node infra/e2e/lighthouse/scores.mjs

.PHONY: measure-size
measure-size: $(NODE_MODULES) chromium ## measure how long the console takes to show lists, searches and the overview with 100,000 keys (KEYS=…)
	@go build -o build/tools/local ./infra/local
	@node infra/e2e/browser/size.mjs $(or $(KEYS),100000)

.PHONY: pictures
pictures: $(NODE_MODULES) chromium ## take the screenshots of infra/docs/screenshots
	@go build -o build/tools/local ./infra/local
	@node infra/e2e/browser/pictures.mjs

.PHONY: soak
soak: $(NODE_MODULES) ## crash under a load of all operations and jobs for ten minutes (SOAK=1h for longer), and check that nothing acknowledged is lost
	@SOAK=$${SOAK:-10m} go test -count=1 -timeout 0 -v -run TestNothingAcknowledgedIsLostInACrash ./infra/e2e

.PHONY: test-dynamodb-local
test-dynamodb-local: ## test the store on Amazon's DynamoDB Local, in a network namespace of its own (Java 17)
	@infra/dynamodb-local/test.sh

.PHONY: clean
clean: ## remove build/; the data in .data is kept
	@rm -rf build

# --- the parts of check ---

.PHONY: format
format:
	@wrong=$$(find console functions infra shared -name node_modules -prune -o -path infra/clients/go/ogenclient -prune -o -path infra/clients/go/oapiclient -prune -o -name '*.go' -print | xargs gofmt -l); \
	if [ -n "$$wrong" ]; then echo "not formatted: run gofmt -w on"; echo "$$wrong"; exit 1; fi

.PHONY: lint
lint: $(STATICCHECK)
	@go vet ./...
	@GOOS=js GOARCH=wasm go vet ./console/... ./shared/client/...
	@$(STATICCHECK) ./...
	@GOOS=js GOARCH=wasm $(STATICCHECK) ./console/... ./shared/client/...
	@cd infra/load && go vet . && $(CURDIR)/$(STATICCHECK) .

.PHONY: tidy
tidy:
	@go mod tidy -diff && go -C infra/load mod tidy -diff || { echo "go.mod is not tidy: run go mod tidy"; exit 1; }

# Everything except the end-to-end tests and those with AWS's tools. The store's tests run on the real engine. The race detector is on only for
# packages with concurrency; elsewhere it costs time and finds nothing. -vet=off: lint has run vet. infra/load is a
# module of its own, and has no tests.
RACES := grep -rlE --include='*.go' --exclude-dir=node_modules --exclude-dir=e2e --exclude-dir=deploy --exclude-dir=sam --exclude-dir=gateways --exclude-dir=load --exclude-dir=clients '\bgo func|\.Go\(|\bsync\.|\batomic\.' console functions infra shared

# Go's test cache skips packages that did not change. CI runs everything, in random order: SHUFFLE=-shuffle=on.
# Both halves run and report, even if the first one fails.
SHUFFLE :=

.PHONY: unit
unit: $(NODE_MODULES) gcc
	@at_once=$$($(RACES) | xargs -n1 dirname | sort -u | sed 's,^,./,'); failed=0; \
	go test -race -vet=off $(SHUFFLE) $$at_once || failed=1; \
	go test -vet=off $(SHUFFLE) $$(go list ./... | grep -v -e /infra/e2e -e /infra/deploy -e /infra/sam -e /infra/gateways | grep -vxF "$$(go list $$at_once)") || failed=1; \
	exit $$failed

# --- end-to-end tests ---

.PHONY: e2e
e2e: $(NODE_MODULES) $(EMULATOR) chromium
	@go test -count=1 -timeout 30m ./infra/e2e/...
	@go build -o build/tools/local ./infra/local
	@go build -o build/tools/edge ./infra/edge
	@go run ./console/site -out build/edge
	@node --test --test-concurrency=$(CORES) infra/e2e/browser/*.test.mjs
	@node infra/examples/test.mjs http-api net-http

# --- prerequisites ---

build/examples/%/bootstrap: FORCE
	@mkdir -p $(@D)
	@GOOS=linux GOARCH=arm64 CGO_ENABLED=0 GOFLAGS="$$(cat $(LAMBDA))" go build -o $@ ./infra/examples/$*

build/functions/%/bootstrap: FORCE
	@echo "build functions/$*"
	@mkdir -p $(@D)
	@GOOS=linux GOARCH=arm64 CGO_ENABLED=0 GOFLAGS="$$(cat $(LAMBDA))" go build -o $@ ./functions/$*

# For the SAM CLI: the same functions for the processors of this machine, and a copy of the template that says so.
build/sam/functions/%/bootstrap: FORCE
	@echo "build functions/$* for linux/$(SAM_ARCH)"
	@mkdir -p $(@D)
	@GOOS=linux GOARCH=$(SAM_ARCH) CGO_ENABLED=0 GOFLAGS="$$(cat $(LAMBDA))" go build -o $@ ./functions/$*

build/sam/template.yaml: FORCE
	@mkdir -p $(@D)
	@sed -e 's,CodeUri: build/,CodeUri: ,' -e 's,Architectures: \[arm64\],Architectures: [$(SAM_ARCH:amd64=x86_64)],' template.yaml >$@

FORCE:

# Tools are pinned here and not in go.mod, because nothing that is deployed links them.
install = mkdir -p $(@D) && GOBIN=$(CURDIR)/$(@D)/new go install $(1) && mv $(@D)/new/$(2) $@

$(STATICCHECK):
	@$(call install,honnef.co/go/tools/cmd/staticcheck@v0.8.2,staticcheck)

$(GO_LICENSES):
	@$(call install,github.com/google/go-licenses@v1.6.0,go-licenses)

$(CYCLONEDX):
	@$(call install,github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0,cyclonedx-gomod)

# Amazon's Lambda Runtime Interface Emulator, which also is in its container images. An older version is removed.
$(EMULATOR):
	@rm -f build/tools/aws-lambda-rie-*
	@$(call install,github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@$(@:build/tools/aws-lambda-rie-%=%),aws-lambda-rie)

.PHONY: emulator
emulator: $(EMULATOR)

$(NODE_MODULES): infra/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or later"; exit 1; }
	@npm ci --prefix infra --ignore-scripts --no-audit --no-fund --loglevel=error
	@infra/engine.sh $(PLATFORM)
	@touch $@

$(LIGHTHOUSE): infra/e2e/lighthouse/package-lock.json $(NODE_MODULES)
	@npm ci --prefix infra/e2e/lighthouse --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ENGINES_NPM): infra/e2e/engines/package-lock.json
	@npm ci --prefix infra/e2e/engines --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(SIMULATOR): infra/sam/policies/package-lock.json
	@npm ci --prefix infra/sam/policies --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The calls of functions to the table. The end-to-end tests write them if all pass.
build/e2e/calls.json: | $(NODE_MODULES) $(EMULATOR)
	@go test -count=1 -timeout 30m ./infra/e2e

infra/clients/typescript/node_modules/.stamp: infra/clients/typescript/package-lock.json
	@npm ci --prefix infra/clients/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(TS_CLIENT): shared/client/typescript/package-lock.json
	@npm ci --prefix shared/client/typescript --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/tools/clients/.stamp: infra/clients/python/requirements.txt
	@python3 -m venv $(@D) || { echo "schemathesis needs python3 with venv: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(PYTHON_CLIENT): shared/client/python/requirements.txt
	@python3 -m venv $(@D) || { echo "the Python client needs python3 with venv: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(AWS_TOOLS): infra/deploy/requirements.txt
	@python3 -m venv $(@D) || { echo "the AWS tools need python3 with venv: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Each tool downloads its own modules. Retry once, in case the module proxy closes the connection.
build/tools/generators/.stamp: infra/clients/go/go.sum
	@mkdir -p $(@D)
	@install() { GOBIN=$(CURDIR)/$(@D) go -C infra/clients/go install tool; }; install || install
	@touch $@

# The race detector needs cgo, and so a C compiler.
.PHONY: gcc
gcc:
	@command -v $$(go env CC) >/dev/null || { echo "go test -race needs a C compiler: apt-get install gcc libc6-dev"; exit 1; }

# Uses CHROMIUM or an installed browser. Root on Debian installs Chromium; everyone else is told to.
.PHONY: chromium
chromium:
	@if [ -n "$${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else echo "the browser tests need Chromium: install it, or set CHROMIUM to its path"; exit 1; fi
