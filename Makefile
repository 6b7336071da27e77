# make run: everything from a fresh clone to live pictures in a browser.
.PHONY: run build test test-long test-faults test-usb soak fuzz-media soak-page sanitize fuzz-http flood-logins test-contract bench format lint packages-build packages-test docs arrows install uninstall deb test-install test-image man completions

SWIFT ?= swift
# What people run: Swift's libraries are in the programs, so that they run where Swift is not.
release := build --configuration release --static-swift-stdlib
# A stage in a package of its own, built beside the main one's files.
external_stage := --package-path Tests/ExternalStage --scratch-path .build/external-stage
swift_files := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

run: build
	.build/release/streamtap run demo

# Release; the binaries are in .build/release.
build: packages-build
	$(SWIFT) $(release)

# Below PREFIX, for the machine that this is, or below DESTDIR for another; docs/install.md.
PREFIX ?= /usr/local
install: export PREFIX := $(PREFIX)
install: export DESTDIR := $(DESTDIR)
install:
	@[ -x .build/release/streamtap ] || { echo 'There is nothing to install yet: make build'; exit 1; }
	scripts/install-files

# What the server remembers, and what it is told, stays.
uninstall: export PREFIX := $(PREFIX)
uninstall: export DESTDIR := $(DESTDIR)
uninstall:
	scripts/install-files --remove

# A Debian package in .build, which lintian finds nothing wrong with.
deb: man completions
	@scripts/install-packages deb
	scripts/make-deb

# A fresh machine: the package is installed in a container with a systemd of its own, used, upgraded and removed.
test-install: deb
	@scripts/install-packages install
	Tests/Install/test-install

# The steps of the Dockerfile, in a plain directory: no engine is needed.
test-image: deb
	@scripts/install-packages install
	Tests/Install/test-image

# A failure is run once more, alone, and told at the end.
run_tests := SWIFT='$(SWIFT)' scripts/run-tests
second_tries := if [ -s .build/second-tries ]; then echo 'Passed at the second try only:'; cat .build/second-tries; fi
long_tests := $(shell sed -n 's,.*/.*,&\\b,p' Tests/long-tests | paste -s -d '|')

# One after the other: the tests of the later ones measure whole programs, and want the machine for themselves.
# Few at a time: tests that start programs in great numbers make every deadline late.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 4
# A registry of their own, made anew: what the user's holds, and in which order, decides nothing.
test: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
test: packages-test
	$(SWIFT) build --build-tests
	rm -f $(GST_REGISTRY) .build/second-tries
	$(run_tests) --skip-build --skip '^(Server|EndToEnd|Fault)Tests'
	$(run_tests) --skip-build --filter '^ServerTests'
	$(run_tests) --skip-build --filter '^EndToEndTests' --skip '$(long_tests)'
	rm -f .build/faults.json
	# Faults wait for most of their time.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 $(run_tests) --skip-build --filter '^FaultTests'
	@cat .build/faults.md
	STREAMTAP=$(CURDIR)/.build/debug/streamtap $(run_tests) $(external_stage)
	@$(second_tries)

# Those of the tests of whole programs that take long; each is in Tests/long-tests.
test-long: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
test-long: packages-test
	$(SWIFT) build --build-tests
	rm -f .build/second-tries
	$(run_tests) --skip-build --filter '$(long_tests)'
	@$(second_tries)

# Cameras of a real kernel driver, in a virtual machine (emulated: minutes, and packages that nothing else needs). The kernel is fetched.
test-usb: export GST_REGISTRY = $(CURDIR)/.build/usb-guest-registry.bin
test-usb: packages-build
	@scripts/install-packages usb
	$(SWIFT) $(release)
	# The registry is read in the machine, where to make it would take minutes.
	gst-inspect-1.0 --exists v4l2src
	scripts/usb-guest python3 Tests/USB/usb-test.py $(CURDIR)/.build/release

# What cameras should not send, for an hour in all: seeded, each codec in its turn. `make fuzz-media MINUTES=3` is shorter.
MINUTES ?= 60
fuzz-media: export FUZZ_SECONDS = $(shell echo $$(($(MINUTES) * 60 / 3)))
fuzz-media: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
fuzz-media: packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --filter UnrulyCameraTests

# What nobody should send, against a server with a viewer: mutated requests and sockets' frames. `make fuzz-http COUNT=1000` is shorter.
COUNT ?= 10000
fuzz-http: packages-test
	$(SWIFT) build
	Tests/Attacks/mutations-test.py .build/debug requests $(COUNT)
	Tests/Attacks/mutations-test.py .build/debug frames $(COUNT)

# A thousand tries a second to sign in, from everywhere.
flood-logins: build packages-test
	Tests/Attacks/login-flood.py .build/release

# All that /openapi.json says, and much that it does not, by a program that others wrote.
test-contract: packages-test
	$(SWIFT) build
	@scripts/install-schemathesis .build/schemathesis
	Tests/Attacks/contract-test.py .build/debug .build/schemathesis/bin/schemathesis

# These count and measure: nothing else may run.
alone := ^FaultTests[.](NinthCamera|RefusingCamera|StallTimes)Tests
# Every fault of cameras, networks, workers and the machine, at length and with what is optimized; and the table of it.
# `STREAMTAP_WRITE_DOCS=1 make test-faults` writes it to docs/faults.md.
test-faults: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
test-faults: export STREAMTAP_PRODUCTS = $(CURDIR)/.build/release
test-faults: export STREAMTAP_FAULTS = long
test-faults: export STREAMTAP_KILLS = 100
test-faults: export STREAMTAP_TEST_CYCLES = 1000
test-faults: packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) $(release)
	rm -f .build/faults.json
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 $(SWIFT) test --skip-build --filter '^FaultTests' --skip '$(alone)'
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=1 $(SWIFT) test --skip-build --filter '$(alone)'
	$(SWIFT) test --skip-build --filter 'RememberedTests/killed|ShutdownTests/manyCycles'
	@cat .build/faults.md

# Coming, going and faults for half an hour, and what grew by it. `make soak MINUTES=3` is shorter, and sees less.
soak: MINUTES = 30
soak: export STREAMTAP_SOAK = $(shell echo $$(($(MINUTES) * 60)))
soak: export STREAMTAP_PRODUCTS = $(CURDIR)/.build/release
soak: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
soak: packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) $(release)
	$(SWIFT) test --skip-build --filter 'FaultTests[.]SoakTests'

# A wall of 64 pictures in Chromium for an hour: what it paints, and what its tab holds. `make soak-page MINUTES=5` is shorter.
soak-page: export SOAK_SECONDS = $(shell echo $$(($(MINUTES) * 60)))
soak-page: packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --filter 'PageWallTests/(soak|detecting)'

# Memory: what reads coded bytes, makes pictures of them and borrows from C, under the address sanitizer.
SANITIZED ?= ^VisionPipelineTests[.](ParameterSet|JPEGStructure|PictureEncoder|Color|PixelStage|Mask|Bounds|PlaneAccess|FramePool|AprilTag|Motion|Overlay|DetectionJSON|SideBranch|Branch|BranchRetry|GrayRecording|MappedVideo|FrameConverter|Exif)Tests
sanitize: export ASAN_OPTIONS = detect_leaks=0
sanitize: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
sanitize: packages-test
	$(SWIFT) build --build-tests --sanitize=address --scratch-path .build-address
	$(SWIFT) test --skip-build --sanitize=address --scratch-path .build-address --filter '$(SANITIZED)'

# One table, in about a minute; without network the column of OpenCV stays empty.
bench: build
	Benchmarks/setup-opencv || echo 'There is no OpenCV to compare with.'
	$(SWIFT) build --configuration release --package-path Benchmarks
	@cc -O2 -o Benchmarks/.build/tls-viewers Benchmarks/tls-viewers.c -lssl -lcrypto || echo 'There is no OpenSSL to watch with over TLS.'
	Benchmarks/.build/release/Benchmarks $(ONLY)

# docs/stages.md and its pictures, from what the stages declare; docs/streamtap.schema.json and the table in docs/configuration.md,
# from the table of keys.
docs: packages-test
	STREAMTAP_WRITE_DOCS=1 $(SWIFT) test --filter 'StageDocumentationTests|ConfigurationDocumentationTests'

# Who uses whom inside the modules, from the sources, into ARCHITECTURE.md.
arrows: packages-build
	STREAMTAP_WRITE_DOCS=1 $(SWIFT) test --filter ArrowTests/table
	@sed -n '/made by make arrows/,/<!-- end -->/{//!p}' ARCHITECTURE.md

# Manual pages, a command each, and what shells complete command lines with.
man: build
	scripts/manual .build/release/streamtap .build/man

completions: build
	scripts/completions .build/release/streamtap .build/completions

format:
	$(SWIFT) format format --in-place --recursive --parallel $(swift_files)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(swift_files)

packages-build:
	@scripts/install-packages run build

packages-test:
	@scripts/install-packages run build test
	@scripts/install-ipycam .build/ipycam || echo 'There is no ipycam: one camera less to try.'
