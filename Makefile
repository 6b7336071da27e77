# make run: everything from a fresh clone to live pictures in a browser.
.PHONY: run build test test-faults test-usb soak fuzz-media soak-page sanitize bench format lint packages-build packages-test docs arrows

SWIFT ?= swift
# A stage in a package of its own, built beside the main one's files.
external_stage := --package-path Tests/ExternalStage --scratch-path .build/external-stage
swift_files := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

run: build
	.build/release/streamtap run demo

# Release; the binaries are in .build/release.
build: packages-build
	$(SWIFT) build --configuration release

# One after the other: the tests of the later ones measure whole programs, and want the machine for themselves.
# Few at a time: tests that start programs in great numbers make every deadline late.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 4
# A registry of their own, made anew: what the user's holds, and in which order, decides nothing.
test: export GST_REGISTRY = $(CURDIR)/.build/registry-of-tests.bin
test: packages-test
	$(SWIFT) build --build-tests
	rm -f $(GST_REGISTRY)
	$(SWIFT) test --skip-build --skip '^(Server|EndToEnd|Fault)Tests'
	$(SWIFT) test --skip-build --filter '^ServerTests'
	$(SWIFT) test --skip-build --filter '^EndToEndTests'
	rm -f .build/faults.json
	# Faults wait for most of their time.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12 $(SWIFT) test --skip-build --filter '^FaultTests'
	@cat .build/faults.md
	STREAMTAP=$(CURDIR)/.build/debug/streamtap $(SWIFT) test $(external_stage)

# Cameras of a real kernel driver, in a virtual machine (emulated: minutes, and packages that nothing else needs). The kernel is fetched.
test-usb: export GST_REGISTRY = $(CURDIR)/.build/usb-guest-registry.bin
test-usb: packages-build
	@scripts/install-packages usb
	$(SWIFT) build --configuration release
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
	$(SWIFT) build --configuration release
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
	$(SWIFT) build --configuration release
	$(SWIFT) test --skip-build --filter 'FaultTests[.]SoakTests'

# A wall of 64 pictures in Chromium for an hour: what it paints, and what its tab holds. `make soak-page MINUTES=5` is shorter.
soak-page: export SOAK_SECONDS = $(shell echo $$(($(MINUTES) * 60)))
soak-page: packages-test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --filter PageWallTests/soak

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
	Benchmarks/.build/release/Benchmarks $(ONLY)

# docs/stages.md and its pictures, from what the stages declare.
docs: packages-test
	STREAMTAP_WRITE_DOCS=1 $(SWIFT) test --filter StageDocumentationTests

# Who uses whom inside the modules, from the sources, into ARCHITECTURE.md.
arrows: packages-build
	STREAMTAP_WRITE_DOCS=1 $(SWIFT) test --filter ArrowTests/table
	@sed -n '/made by make arrows/,/<!-- end -->/{//!p}' ARCHITECTURE.md

format:
	$(SWIFT) format format --in-place --recursive --parallel $(swift_files)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(swift_files)

packages-build:
	@scripts/install-packages run build

packages-test:
	@scripts/install-packages run build test
	@scripts/install-ipycam .build/ipycam || echo 'There is no ipycam: one camera less to try.'
