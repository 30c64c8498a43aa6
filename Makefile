# Sluice. "make help" tells what there is to make.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
# Where Go's own installer puts it, for shells that do not look there.
export PATH := $(PATH):/usr/local/go/bin

VERSION ?= $(shell sed -n 's/^Version = "\(.*\)"/\1/p' FyneApp.toml)
ARGS ?=
ARTEFACTS ?= $(CURDIR)/artefacts
export ARTEFACTS

# The program itself. The tag says that all widgets change on Fyne's goroutine.
APP_TAGS := migrated_fynedo
# Tests without a screen: "ci" is Fyne's software driver.
TEST_TAGS := ci,migrated_fynedo
# Whatever only special tests are built with, so that checks read it too.
ALL_TAGS := $(TEST_TAGS),realwindow,keyring,bench,torture,pictures
LDFLAGS := -s -w -X main.version=$(VERSION)

TOOL := go tool -modfile=.ci/tools/go.mod
SIZES := 16 24 32 48 64 128 256 512
ICONS := Icon.png $(SIZES:%=packaging/icons/%.png) packaging/icons/sluice.ico
STAGE := build/sluice-$(VERSION)-linux-$(shell go env GOARCH 2>/dev/null)

say = @printf '\n\033[1m== %s\033[0m\n' '$(1)'

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: run
run: ## build Sluice and open it on its sandbox: no account, nothing leaves the computer
	@packaging/setup.sh run
	$(call say,building (the first time takes a few minutes))
	go build -tags $(APP_TAGS) -o sluice .
	./sluice -sandbox $(ARGS)

.PHONY: build
build: ## build ./sluice
	go build -tags $(APP_TAGS) $(BUILD_FLAGS) -ldflags '$(LDFLAGS)' -o sluice .

# Tests

.PHONY: test
test: setup-test check unit keyring window ## everything: checks, unit tests, keyring tests, tests in a real window

.PHONY: setup-test
setup-test:
	@packaging/setup.sh test
	$(call say,set-up script)
	packaging/setup_test.sh

.PHONY: unit
unit: ## unit tests, with the race detector, in random order
	$(call say,unit tests)
	go test -race -shuffle=on -timeout 15m -tags $(TEST_TAGS) ./...

.PHONY: keyring
keyring: ## what talks over D-Bus: the API key in a real keyring daemon, staying awake, notifications
	$(call say,tests with a real D-Bus)
	go test -race -count=1 -timeout 10m -tags $(TEST_TAGS),keyring ./storage/secret/... ./service/awake/... ./service/notify/...

.PHONY: window
window: ## the whole program in a real window on a virtual screen; pictures go to artefacts/
	$(call say,real window)
	mkdir -p '$(ARTEFACTS)'
	go test -count=1 -timeout 40m -tags $(TEST_TAGS),realwindow ./gui/realwindow/...

# Checks

.PHONY: check
check: fmt vet lint modern dead tidy imports vuln ## formatting, lint, dead code, import rules, known vulnerabilities

.PHONY: fmt
fmt:
	$(call say,format)
	$(TOOL) golangci-lint fmt --diff

.PHONY: vet
vet:
	$(call say,go vet and other platforms)
	go vet -tags $(APP_TAGS),realwindow,keyring,bench,torture,pictures ./...
	GOOS=windows CGO_ENABLED=0 go build -tags $(TEST_TAGS) ./...
	GOOS=darwin CGO_ENABLED=0 go build ./service/... ./storage/... # Fyne builds for it on a Mac only

.PHONY: lint
lint:
	$(call say,lint)
	GOLANGCI_LINT_CACHE='$(CURDIR)/build/lint' $(TOOL) golangci-lint run --allow-parallel-runners # a cache of whole runs: contextcheck sees less in a part

# quiet runs a command that must have nothing to say.
quiet = code=0; out=$$($(1)) || code=$$?; [ -z "$$out" ] || { printf '%s\n' "$$out" '$(2)'; exit 1; }; exit $$code

.PHONY: modern
modern:
	$(call say,modern Go)
	@$(call quiet,go fix -diff -tags $(ALL_TAGS) ./...,"go fix ./..." would change the above)

.PHONY: dead
dead:
	$(call say,dead code)
	@$(call quiet,$(TOOL) deadcode -test -tags $(ALL_TAGS) ./...,nothing calls the above)

.PHONY: tidy
tidy:
	$(call say,go.mod)
	go mod tidy -diff

.PHONY: imports
imports:
	$(call say,import rules)
	go test -tags $(TEST_TAGS) ./service/arch/

# VULNDB: a folder with a copy of the Go vulnerability database, for machines
# that do not reach it.
.PHONY: vuln
vuln:
	$(call say,known vulnerabilities)
	@code=0; out=$$($(TOOL) govulncheck $(if $(VULNDB),-db 'file://$(abspath $(VULNDB))') -tags $(APP_TAGS) ./... 2>&1) || code=$$?; \
	case "$$code $$out" in \
		*'fetching vulnerabilities'*) echo 'skipped: the vulnerability database cannot be reached; VULNDB=FOLDER names a local copy' ;; \
		*) printf '%s\n' "$$out"; exit "$$code" ;; \
	esac

# Figures

.PHONY: bench
bench: ## uploads side by side with curl, memory, the window with 100,000 files (docs/benchmarks.md)
	@packaging/setup.sh test
	$(call say,uploads beside curl)
	go test -count=1 -v -timeout 60m -tags $(TEST_TAGS),bench ./service/bench/ $(if $(ARGS),-args $(ARGS))
	$(call say,the real window: start and browsing and scrolling)
	go test -count=1 -v -timeout 40m -tags $(TEST_TAGS),realwindow,bench -run '^TestBench' ./gui/realwindow/
	$(call say,database and engine and catalogue and thumbnails)
	go test -count=1 -run '^$$' -bench . ./storage/ ./service/upload/ ./service/library/ ./service/thumbnail/
	$(call say,watched folders)
	go test -count=1 -v -timeout 20m -tags $(TEST_TAGS),bench -run '^TestBench' ./service/watch/
	$(call say,scrolling)
	go test -count=1 -tags $(TEST_TAGS) -run '^$$' -bench Scroll ./gui/kit/ ./gui/files/ ./gui/uploads/ ./gui/history/

# Each picture comes from the same files in a window of the same size. Only the time of day,
# and the names of files in scripts that this computer has no fonts for, differ.
.PHONY: pictures
pictures: ## docs/images anew, from the real window; pngquant makes them small
	@command -v pngquant >/dev/null || { echo 'pngquant is missing: install the package of that name'; exit 1; }
	@packaging/setup.sh test
	$(call say,pictures)
	go test -count=1 -v -timeout 20m -tags $(TEST_TAGS),realwindow,pictures -run '^TestPictures' ./gui/realwindow/
	pngquant --force --ext .png --strip --speed 1 docs/images/*.png

# FUZZ says how long each fuzz target runs, MINUTES how long each kind of chaos
# in watched folders lasts, ONLY which campaigns run.
FUZZ ?= 60s
MINUTES ?= 3
ONLY ?= .

.PHONY: torture
torture: ## the long campaigns, as root: kills, faults, damaged and full disks, fuzzing (an hour or more)
	@ARGS='$(ARGS)' FUZZ='$(FUZZ)' MINUTES='$(MINUTES)' ONLY='$(ONLY)' OUT='$(ARTEFACTS)/torture' TAGS='$(TEST_TAGS)' packaging/torture.sh

# Packages

.PHONY: icons
icons: $(ICONS) ## pictures from packaging/icon.svg

Icon.png: packaging/icon.svg
	rsvg-convert -w 1024 -h 1024 $< -o $@

packaging/icons/%.png: packaging/icon.svg
	mkdir -p $(@D)
	rsvg-convert -w $* -h $* $< -o $@

packaging/icons/sluice.ico: $(SIZES:%=packaging/icons/%.png)
	convert $(foreach s,16 24 32 48 64 256,packaging/icons/$(s).png) $@

.PHONY: stage
stage: build
	rm -rf '$(STAGE)'
	mkdir -p '$(STAGE)/icons'
	cp sluice LICENSE README.md packaging/io.github.sluice.Sluice.* '$(STAGE)/'
	cp $(SIZES:%=packaging/icons/%.png) packaging/icon.svg '$(STAGE)/icons/'
	cp packaging/install.mk '$(STAGE)/Makefile'

.PHONY: install uninstall
install: stage ## install below PREFIX (default /usr/local)
	$(MAKE) -C '$(STAGE)' install
uninstall: ## remove what install put there
	$(MAKE) -f packaging/install.mk uninstall

.PHONY: package
package: BUILD_FLAGS := -trimpath
package: stage ## a Linux archive in build/, and a Windows program where its compiler is
	tar -C build -czf '$(STAGE).tar.gz' '$(notdir $(STAGE))'
	@echo 'made $(STAGE).tar.gz'
	@if command -v x86_64-w64-mingw32-gcc >/dev/null; then $(MAKE) --no-print-directory package-windows; \
	else echo 'no Windows program: x86_64-w64-mingw32-gcc is not here'; fi

# On Windows a program has either a window or a console: so there are two, the
# same but for that. The linker takes the .syso file, with icon and version, by
# its name.
WINDOWS := CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc go build -tags $(APP_TAGS) -trimpath

.PHONY: package-windows
package-windows:
	mkdir -p build/windows
	go run -modfile=.ci/tools/go.mod github.com/josephspurrier/goversioninfo/cmd/goversioninfo -64 -propagate-ver-strings \
		-file-version '$(VERSION).0' -product-version '$(VERSION).0' -icon packaging/icons/sluice.ico \
		-o sluice_windows_amd64.syso packaging/versioninfo.json
	$(WINDOWS) -ldflags '$(LDFLAGS) -H windowsgui' -o build/windows/Sluice.exe .
	$(WINDOWS) -ldflags '$(LDFLAGS)' -o build/windows/sluice-cli.exe .
	rm sluice_windows_amd64.syso
	@echo 'made build/windows/Sluice.exe and sluice-cli.exe'

.PHONY: clean
clean: ## remove what was built
	rm -rf build artefacts sluice sluice.exe *.syso
