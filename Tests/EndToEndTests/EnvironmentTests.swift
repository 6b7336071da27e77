import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What a machine, a session or an administrator may have set otherwise changes nothing of what is shown.
    @Suite("Other surroundings")
    struct EnvironmentTests {
        struct Surroundings: Sendable, CustomTestStringConvertible {
            var testDescription: String
            var environment: [String: String] = [:]
            /// A shell's words before the program, which is `"$@"`.
            var shell = #"exec "$@""#
            /// What `check` says of the plan where it cannot be built here.
            var complaint: String?

            init(
                _ description: String, _ environment: [String: String] = [:], shell: String = #"exec "$@""#,
                complaint: String? = nil
            ) {
                testDescription = description
                self.environment = environment
                self.shell = shell
                self.complaint = complaint
            }
        }

        static let surroundings: [Surroundings] = [
            Surroundings("a comma in numbers", locale: "de_DE"),
            Surroundings("an i without a dot", locale: "tr_TR"),
            Surroundings("no locale", ["LC_ALL": "C", "LANG": "C"]),
            Surroundings("a locale that nobody knows", ["LC_ALL": "xx_YY.KOI8-R"]),
            Surroundings("half an hour's time zone", ["TZ": "Asia/Kolkata"]),
            Surroundings("a time zone that is none", ["TZ": ":/proc/nowhere/zone"]),
            Surroundings("no time zone", shell: #"exec env -u TZ "$@""#),
            Surroundings("no home", shell: #"exec env -u HOME -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR "$@""#),
            Surroundings(
                "a home that cannot be written to",
                ["HOME": "/proc/1", "XDG_CACHE_HOME": "/proc/1", "XDG_RUNTIME_DIR": "/proc/1"],
                shell: #"unset GST_REGISTRY; exec "$@""#),
            // Relative: what GStreamer keeps goes below the directory where the program runs.
            Surroundings("an empty home", shell: #"unset GST_REGISTRY; HOME= XDG_CACHE_HOME= exec "$@""#),
            // With no registry named either, it would be written into the home that the user database names.
            Surroundings("no environment but a registry", shell: #"exec env -i GST_REGISTRY="$GST_REGISTRY" "$@""#),
            Surroundings("a closed umask", shell: #"umask 077; exec "$@""#),
            Surroundings("an open umask", shell: #"umask 000; exec "$@""#),
            Surroundings("no place for temporary files", ["TMPDIR": "/proc/nowhere"]),
            Surroundings("a directory that is gone", shell: #"cd "$(mktemp -d)"; rmdir "$PWD"; exec "$@""#),
            Surroundings("few open files", shell: #"ulimit -n 64; exec "$@""#),
            Surroundings("standard input is closed", shell: #"exec "$@" <&-"#),
            Surroundings("standard error is closed", shell: #"exec "$@" 2>&-"#),
            Surroundings("GStreamer talks", ["GST_DEBUG": "3", "GST_DEBUG_NO_COLOR": "1"]),
            Surroundings(
                "no place for what GStreamer says", ["GST_DEBUG": "3", "GST_DEBUG_FILE": "/proc/nowhere/log"]),
            Surroundings("a registry that cannot be kept", ["GST_REGISTRY": "/proc/nowhere/registry.bin"]),
            Surroundings(
                "a registry that is none", ["GST_REGISTRY_UPDATE": "no"],
                // GStreamer writes over what it cannot read.
                shell: #"cp /etc/hostname "$PLACE/none.bin"; GST_REGISTRY=$PLACE/none.bin exec "$@""#),
            Surroundings(
                "other ranks", ["GST_PLUGIN_FEATURE_RANK": "videotestsrc:NONE,videoconvert:NONE,textoverlay:NONE"]),
            Surroundings("no text", withoutPlugin: "gstpango", complaint: "no element or stage 'textoverlay'"),
            Surroundings("no way out of GStreamer", withoutPlugin: "gstapp", complaint: "'appsink', which"),
            Surroundings("no conversion", withoutPlugin: "gstvideoconvertscale", complaint: "'videoconvert', which"),
            Surroundings("no plugins", ["GST_PLUGIN_SYSTEM_PATH": "/proc/nowhere"], complaint: "'videotestsrc'"),
        ]

        /// Of the registry that all surroundings share that say nothing of plugins.
        private static let place = Result { try TemporaryDirectory() }

        private static let plan = """
            videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1
              ! textoverlay text=hello ! motion threshold=12.5 ! streamtap name=view

            """

        @Test("A registry file that is new says what one says that was there")
        func registry() async throws {
            let plans = try TemporaryDirectory()
            let elements = [
                "textoverlay", "subtitleoverlay", "assrender", "rsvgoverlay", "dvbsuboverlay", "ttmlrender",
                "cc708overlay", "dvdspu", "timeoverlay", "compositor", "videomixer", "input-selector", "funnel",
                "smpte", "shapewipe", "avwait",
            ]
            let files = try elements.map {
                try plans.write(
                    "videotestsrc ! video/x-raw,width=320,height=240 ! \($0) ! blur ! streamtap\n", to: "\($0).plan")
            }
            let registry = "\(plans.path)/registry.bin"
            for isNew in [true, false] {
                #expect(FileManager.default.fileExists(atPath: registry) != isNew)
                let check = try ChildProcess(
                    StreamTapProcess.executable("streamtap"), ["check"] + files, environment: ["GST_REGISTRY": registry]
                )
                #expect(try await check.ended(within: .seconds(60)) == .status(0), "\(check.output)")
                #expect(check.output.isEmpty, "\(check.output)")
            }
            // Each is asked of a process of its own, so the first alone has seen the new file.
            for file in files {
                let registry = "\(plans.path)/\(UUID().uuidString).bin"
                let check = try ChildProcess(
                    StreamTapProcess.executable("streamtap"), ["check", file], environment: ["GST_REGISTRY": registry])
                #expect(try await check.ended(within: .seconds(30)) == .status(0), "\(check.output)")
            }
        }

        @Test("A plan is checked and shown as ever", arguments: surroundings)
        func shown(in surroundings: Surroundings) async throws {
            let plans = try TemporaryDirectory()
            let file = try plans.write(Self.plan, to: "cam.plan")
            var environment = surroundings.environment
            environment["PLACE"] = plans.path
            // Nothing is left behind in the user's caches, nor in the directory of the tests.
            for name in ["HOME", "XDG_CACHE_HOME"] where environment[name] == nil { environment[name] = plans.path }
            if environment["GST_REGISTRY"] == nil {
                // Plugins are found anew where others are there.
                let isOwn = environment["GST_PLUGIN_SYSTEM_PATH"] != nil
                environment["GST_REGISTRY"] = "\(isOwn ? plans.path : try Self.place.get().path)/registry.bin"
            }
            func start(_ arguments: [String]) throws -> ChildProcess {
                try ChildProcess(
                    "/bin/sh",
                    ["-c", "cd \"$PLACE\"\n" + surroundings.shell, "sh", StreamTapProcess.executable("streamtap")]
                        + arguments,
                    environment: environment)
            }
            let check = try start(["check", file])
            let exit = try await check.ended(within: .seconds(20))
            if let complaint = surroundings.complaint {
                #expect(exit == .status(1) && check.output.contains(complaint), "\(check.output)")
                return
            }
            #expect(exit == .status(0) && check.output.isEmpty, "\(check.output)")

            let process = try start(["serve", "--port", "0", "--plans", plans.path])
            let server = try await StreamTapProcess(process)
            try await server.create("cam")
            let picture = try await server.snapshot("cam", "view")
            #expect(picture.width == 64 && picture.height == 48)
            let since = try #require(try await server.reaches("running", "cam")["since"] as? String)
            #expect(since.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(since)")
            let metrics = try await server.http.get("/metrics").text.split(separator: "\n").filter {
                !$0.hasPrefix("#")
            }
            #expect(metrics.count > 10)
            for line in metrics { #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)") }
            process.signal(SIGTERM)
            #expect(try await process.ended() == .status(0), "\(process.output)")
        }
    }
}

extension EndToEnd.EnvironmentTests.Surroundings {
    /// With a language, whether or not this machine has it.
    fileprivate init(_ description: String, locale: String) {
        self.init(
            description, ["LC_ALL": "\(locale).UTF-8", "LANG": "\(locale).UTF-8"],
            shell: """
                export LOCPATH=$PLACE
                LC_ALL=C localedef -c -i \(locale) -f UTF-8 "$PLACE/\(locale).UTF-8" 2>&1
                [ -d "$PLACE/\(locale).UTF-8" ] || exit 99
                exec "$@"
                """)
    }

    /// With all plugins of this machine but one.
    fileprivate init(_ description: String, withoutPlugin missing: String, complaint: String) {
        self.init(
            description, ["GST_PLUGIN_SYSTEM_PATH": "set by the shell"],
            shell: """
                plugins=$PLACE/plugins
                mkdir "$plugins"
                ln -s "$(pkg-config --variable=pluginsdir gstreamer-1.0)"/*.so "$plugins"
                rm "$plugins/lib\(missing).so"
                GST_PLUGIN_SYSTEM_PATH=$plugins exec "$@"
                """,
            complaint: complaint)
    }
}
