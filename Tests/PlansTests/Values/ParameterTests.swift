import Foundation
import Plans
import TestSupport
import Testing

@Suite("Parameters")
struct ParameterTests {
    static let text = """
        ---
        parameters:
          camera: {type: string, format: uri}
          width: {type: integer, default: 640, minimum: 64, maximum: 3840}
          rate: {type: number, default: 25}
          family: {type: string, enum: [tag36h11, tag25h9], default: tag36h11}
          flip: {type: boolean, default: false}
          label: {type: string, pattern: "^[a-z]+$", default: cam}
          pin: {type: string, format: secret, pattern: "^[0-9]+$", default: "1"}
        ---
        rtspsrc location=${camera} user-pw=${pin} do-retransmission=${flip}
          ! video/x-raw,width=${width},framerate=${rate} ! apriltag family=${family} name=t ! textoverlay text=${label}
          ! streamtap name=live width=${width}
        """

    func bindingProblems(_ values: [String: ParameterValue]) throws -> [Diagnostic] {
        let plan = try Plan(parsing: Self.text)
        do {
            _ = try plan.binding(values)
            return []
        } catch {
            return error.diagnostics
        }
    }

    @Test("Values and defaults are bound, integers become numbers")
    func bound() throws {
        let plan = try Plan(parsing: Self.text).binding(["camera": .string("rtsp://c/m"), "rate": .integer(30)])
        #expect(plan.graph.nodes[0].properties[0].value == .bound(.string("rtsp://c/m"), parameter: "camera"))
        #expect(plan.graph.nodes[4].properties[0].value == .bound(.integer(640), parameter: "width"))
        guard case .caps(let structures) = plan.graph.nodes[1].kind else {
            Issue.record("no caps filter")
            return
        }
        #expect(structures.text == "video/x-raw,width=640,framerate=30/1")
    }

    @Test("All problems come at once, at the place of the declaration")
    func problems() throws {
        let found = try bindingProblems([
            "widht": .integer(5), "width": .integer(5000), "rate": .string("fast"), "family": .string("tag36h12"),
            "flip": .integer(1), "label": .string("A1"), "pin": .string("geheim"),
        ])
        #expect(
            found.map(\.outline) == [
                "1:1:1 unknown_parameter", "3:3:6 missing_parameter", "4:3:5 parameter_range", "5:3:4 parameter_type",
                "6:3:6 parameter_range", "7:3:4 parameter_type", "8:3:5 parameter_range", "9:3:3 parameter_range",
            ])
        #expect(found.first?.hint == "did you mean 'width'?")
        #expect(found[4].hint == "did you mean 'tag36h11'?")
        #expect(!found.contains { $0.message.contains("geheim") })
    }

    @Test("Command line text becomes what the declaration says")
    func parsing() throws {
        let plan = try Plan(parsing: Self.text)
        let values = try plan.values(parsing: ["width": "0x140", "rate": "12.5", "flip": "yes", "camera": "640"])
        #expect(
            values == ["width": .integer(320), "rate": .number(12.5), "flip": .boolean(true), "camera": .string("640")])
        do {
            _ = try plan.values(parsing: ["width": "wide", "flip": "maybe", "rate": "nan", "x": "1"])
            Issue.record("accepted")
        } catch {
            #expect(
                error.diagnostics.map(\.code) == [.unknownParameter, .parameterType, .parameterType, .parameterType])
        }
    }

    @Test(
        "Integers are read whole or not at all",
        arguments: [
            ("9223372036854775807", Int64.max), ("9223372036854775808", nil), ("640.0", 640), ("640.5", nil),
            ("-5", -5),
            ("1e3", 1000), ("0x", nil), ("0x-5", nil), ("", nil), ("5 ", nil), ("100ms", nil), ("1e400", nil),
        ] as [(String, Int64?)])
    func integers(_ text: String, _ value: Int64?) {
        let declaration = ParameterDeclaration(name: "n", type: .integer)
        #expect(ParameterValue(parsing: text, as: declaration) == value.map { .integer($0) })
    }

    @Test(
        "An escaped parameter is text, in quotes and out of them",
        arguments: [
            "\\${width}", "\"\\${width}\"", "'\\${width}'", "$\\{width}", "\"$\\{width}\"", "'\\$'{width}",
            "\"\\$\"\"{width}\"",
        ])
    func escaped(_ value: String) throws {
        let plan = try Plan(parsing: "videotestsrc ! textoverlay text=\(value) ! streamtap")
        #expect(plan.graph.nodes[1].properties.map(\.value) == [.literal("${width}")])
    }

    @Test("A parameter in quotes is a parameter", arguments: ["${a}", "\"${a}\"", "'${a}'", "\"$\"{a}"])
    func quoted(_ value: String) throws {
        let plan = try Plan(
            parsing: "---\nparameters: {a: {type: string}}\n---\nvideotestsrc ! textoverlay text=\(value) ! streamtap")
        #expect(plan.graph.nodes[1].properties.map(\.value) == [.parameter("a")])
    }

    @Test("No value of any bytes changes the graph")
    func shape() throws {
        let plan = try Plan(
            parsing: """
                ---
                parameters: {a: {type: string}, b: {type: string}, f: {type: string}}
                ---
                filesrc location=${a} ! video/x-raw,format=${f} ! textoverlay text=${b} name=t ! streamtap
                t. ! streamtap name=x
                """)
        let shape = { (graph: PlanGraph) in
            (graph.nodes.map(\.id), graph.nodes.map(\.properties.count), graph.edges, graph.sideTaps)
        }
        let expected = shape(plan.graph)
        var random = SeededGenerator.announced()
        let pieces = [
            "! filesink location=/tmp/x", "\"", "'", "\\", "${a}", "\n---\n", "t.", ";", ",width=1", "\0", "\u{1F4F7}",
            " ", "bin.(", "#",
        ]
        for _ in 0..<2_000 {
            var value = ""
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                value +=
                    Bool.random(using: &random)
                    ? pieces.randomElement(using: &random) ?? ""
                    : String(Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &random)) ?? " ")
            }
            do {
                let bound = try plan.binding(["a": .string(value), "b": .string(value), "f": .string("I420")])
                let found = shape(bound.graph)
                #expect(found == expected)
                #expect(bound.graph.nodes[0].properties[0].value == .bound(.string(value), parameter: "a"))
            } catch {
                #expect(value.unicodeScalars.contains("\0"))
            }
            // In caps, only a word gets through at all.
            if let bound = try? plan.binding(["a": .string("a"), "b": .string("b"), "f": .string(value)]) {
                #expect(
                    value.unicodeScalars.allSatisfy {
                        $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_" || $0 == "-"
                    })
                #expect(shape(bound.graph) == expected)
            }
        }
    }
}

@Suite("Values from the network")
struct AdmissionTests {
    static let text = """
        ---
        parameters:
          camera: {type: string, format: uri, default: "rtsp://default/x"}
          device: {type: string, format: device, default: /dev/video0}
          film: {type: string, format: path, default: film.mp4}
          raw: {type: string, default: x}
          text: {type: string, default: x}
          web: {type: string, format: uri, schemes: [http, https], default: "http://default/x"}
          either: {type: string, format: uri, schemes: [rtsp, http], default: "rtsp://default/x"}
        ---
        rtspsrc location=${either} ! souphttpsrc location=${web} ! rtspsrc location=${camera} ! v4l2src device=${device} ! filesrc location=${film} ! filesink location=${raw}
          ! textoverlay text=${text} ! streamtap
        """

    func admits(_ name: String, _ value: String, media: String? = nil) throws -> String? {
        let plan = try Plan(parsing: Self.text)
        do {
            guard case .string(let text) = try plan.admitting([name: .string(value)], mediaDirectory: media)[name]
            else {
                return nil
            }
            return text
        } catch {
            #expect(error.diagnostics.map(\.code) == [.parameterFormat])
            return nil
        }
    }

    @Test(
        "Camera addresses",
        arguments: [
            ("rtsp://10.0.0.5/main", true), ("rtsps://cam.local:322/a?b=c@d", true), ("RTSP://[fd00::1]:554/x", true),
            ("RTSP://[fe80::1]:554/x", false),
            ("rtsp://127.0.0.1/", false), ("rtsp://localhost:8277/", false),
            ("rtsp://169.254.169.254/", false),
            ("rtsp://user:pw@cam/main", false), ("rtsp://user@cam/", false), ("rtsp://a#@evil/", false),
            ("rtsp://a?@evil/", false),
            ("rtsp://", false), ("rtsp:///x", false), ("http://cam/main", false), ("file:///etc/passwd", false),
            ("rtspt://cam/main", false), ("rtsp://cam/a b", false), ("rtsp://cam/\nx", false),
            ("rtsp://cam\\@evil/", false),
            ("rtsp://cam:99999/", false), ("rtsp://cam:/", false), ("/etc/passwd", false),
            ("rtsp://\(String(repeating: "a", count: 2048))/", false),
        ])
    func cameras(_ address: String, _ accepted: Bool) throws {
        #expect(try admits("camera", address) == (accepted ? address : nil))
    }

    @Test(
        "Addresses of cameras over HTTP, where the plan says so",
        arguments: [
            ("web", "http://10.0.0.5/video.mjpg", true), ("web", "HTTPS://cam.local:8443/a?b=c@d", true),
            ("web", "rtsp://10.0.0.5/main", false), ("web", "http://127.0.0.1/", false),
            ("web", "http://localhost:8277/", false), ("web", "http://169.254.169.254/latest/meta-data", false),
            ("web", "http://me:pw@cam/", false), ("web", "http://cam\\@evil/", false),
            ("web", "http://2130706433/", false),
            ("web", "file:///etc/passwd", false), ("either", "rtsp://10.0.0.5/main", true),
            // What reads it is no souphttpsrc.
            ("either", "http://10.0.0.5/main", false), ("either", "rtsps://10.0.0.5/main", false),
        ])
    func overHTTP(_ name: String, _ address: String, _ accepted: Bool) throws {
        #expect(try admits(name, address) == (accepted ? address : nil))
    }

    @Test(
        "Schemes are those of cameras' addresses, and of nothing else",
        arguments: [
            ("{type: string, format: uri, schemes: [http]}", true),
            ("{type: string, format: uri, schemes: https}", true),
            ("{type: string, format: uri, schemes: [file]}", false),
            ("{type: string, format: uri, schemes: []}", false),
            ("{type: string, format: uri, schemes: [[http]]}", false), ("{type: string, schemes: [http]}", false),
            ("{type: string, format: path, schemes: [http]}", false),
        ])
    func schemes(_ declaration: String, _ accepted: Bool) {
        let text = "---\nparameters: {a: \(declaration)}\n---\nsouphttpsrc location=${a} ! streamtap"
        #expect(((try? Plan(parsing: text)) != nil) == accepted)
    }

    @Test(
        "Devices",
        arguments: [
            ("/dev/video0", true), ("/dev/video12", true), ("/dev/v4l/by-id/usb-046d_C920-index0", true),
            ("/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", true), ("/dev/video", false),
            ("/dev/video0/..", false),
            ("/dev/sda", false), ("/dev/v4l/by-id/..", false), ("/dev/v4l/by-id/a/b", false), ("/dev/video0\n", false),
            ("video0", false), ("usb:4A7B12", true), ("usb:046d_C920:1.0+x=@#-", true), ("usb:", false),
            ("usb:a/b", false), ("usb:a b", false), ("usb:ä", false),
            ("usb:\(String(repeating: "1", count: 129))", false),
            ("USB:1", false),
            ("/dev/video٣", false),
        ])
    func devices(_ path: String, _ accepted: Bool) throws {
        #expect(try admits("device", path) == (accepted ? path : nil))
    }

    @Test("Files stay inside the media directory")
    func paths() throws {
        let manager = FileManager.default
        let base = try TemporaryDirectory().url
        let media = base.appendingPathComponent("media")
        try manager.createDirectory(at: media.appendingPathComponent("sub"), withIntermediateDirectories: true)
        for name in ["media/film.mp4", "secret.mp4"] {
            try Data("x".utf8).write(to: base.appendingPathComponent(name))
        }
        let links = [("out", "../secret.mp4"), ("in", "film.mp4"), ("dir", ".."), ("nowhere", "../new.mp4")]
        for (name, target) in links {
            try manager.createSymbolicLink(atPath: media.appendingPathComponent(name).path, withDestinationPath: target)
        }
        let root = media.resolvingSymlinksInPath().path
        let accepted = [
            ("film.mp4", "\(root)/film.mp4"), ("in", "\(root)/film.mp4"),
            ("\(media.path)/film.mp4", "\(root)/film.mp4"),
            ("sub/new.mp4", "\(root)/sub/new.mp4"), ("clip-%05d.mp4", "\(root)/clip-%05d.mp4"),
        ]
        for (value, resolved) in accepted {
            #expect(try admits("film", value, media: media.path) == resolved)
        }
        let refused = [
            "../secret.mp4", "sub/../film.mp4", "./film.mp4", "out", "dir/secret.mp4", "nowhere", "/etc/passwd", "",
            "a\u{0}b",
            "none/new.mp4", "sub/", "x%n", "%s%s", "%d%d", "x%", "\(media.path)-other", media.path,
            // A mark that joins what stands before it hides no slash, no dots and no percent sign from the kernel.
            "../\u{301}new.mp4", "..\u{200D}/../new.mp4", "sub/../\u{301}new.mp4", "x%\u{301}n", "/\u{301}new.mp4",
        ]
        for value in refused {
            #expect(try admits("film", value, media: media.path) == nil, "\(value)")
        }
        #expect(try admits("film", "film.mp4", media: nil) == nil)
    }

    @Test(
        "A value for whatever names something outside needs a format",
        arguments: [
            "filesrc location", "x file", "x filename", "x file_name", "x temp-file-name", "x path", "x device_name",
            "udpsink clients", "udpsink bind_address", "udpsink multicast-iface", "tcpclientsink host", "x uri",
            "x url",
            "rtspsrc proxy", "webrtcbin stun_server", "x Location", "x model", "x config_file", "shmsrc socket_path",
            "curlsftpsink ssh_priv_keyfile", "qtmux moov_recovery_file", "ximagesrc display-name",
            "shmsrc shm_area_name",
            "srtsink localaddress",
        ])
    func outside(_ use: String) throws {
        let plan = try Plan(
            parsing: "---\nparameters: {a: {type: string}}\n---\nvideotestsrc ! \(use)=${a} name=n\nn. ! streamtap")
        #expect {
            try plan.admitting(["a": .string("x")], mediaDirectory: nil)
        } throws: { error in
            (error as? PlanError)?.diagnostics.map(\.code) == [.parameterFormat]
        }
        #expect(plan.addresses(beside: "a") == ["a"])
    }

    @Test(
        "A value for anything else needs none",
        arguments: [
            "textoverlay text", "x264enc tune", "rtspsrc proxy-pw", "rtspsrc user_pw", "rtspsrc user-agent",
            "tee name=a silent", "videoflip method", "x264enc speed_preset", "motion min_area",
            "clockoverlay time-format",
        ])
    func inside(_ use: String) throws {
        let plan = try Plan(
            parsing: "---\nparameters: {a: {type: string}}\n---\nvideotestsrc ! \(use)=${a} ! streamtap")
        #expect(try plan.admitting(["a": .string("x")], mediaDirectory: nil) == ["a": .string("x")])
        #expect(plan.addresses(beside: "a").isEmpty)
    }

    @Test("A location without a format takes nothing from the network, a text anything")
    func formats() throws {
        #expect(try admits("raw", "/tmp/x") == nil)
        #expect(try admits("text", "../../etc ! x") == "../../etc ! x")
        #expect(throws: Never.self) { try Plan(parsing: Self.text).admitting([:], mediaDirectory: nil) }
    }
}
