import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Cameras that are found by ONVIF. Everything is sent on this machine, or in network namespaces of the tests' own.
    @Suite("Cameras on the network", .timeLimit(.minutes(5)))
    struct NetworkCameraTests {
        static let secret = "s3cr3t & w<rd"
        static let login = ["--user", "admin", "--password", secret]
        static let environment = ["STREAMTAP_SECRET_FRONT_DOOR": secret]

        @Test("discover finds a camera, asks it with a stored secret, and prints what plans need")
        func command() async throws {
            let camera = try await ONVIFCamera.start("sound", Self.login)
            func discover(_ arguments: String...) async throws -> (exit: ChildProcess.Exit, output: String) {
                let process = try ChildProcess(
                    StreamTapProcess.executable("streamtap"),
                    ["discover", "--camera-network", "127.0.0.0/8"] + arguments, environment: Self.environment)
                return (try await process.ended(within: .seconds(30)), process.output)
            }
            let search = ["--interface", "lo", "--timeout", "2", "--user", "admin", "--secret", "front-door"]
            let (exit, json) = try await discover(
                search[0], search[1], search[2], search[3], search[4], search[5], search[6], search[7], "--json")
            #expect(exit == .status(0))
            let answer = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: any Sendable]
            let cameras = try #require(answer?["cameras"] as? [[String: any Sendable]], "\(json)")
            let found = try #require(cameras.first { $0["address"] as? String == camera.address }, "\(json)")
            #expect(found["name"] as? String == "Front door" && found["interface"] as? String == "lo")
            let profiles = try #require(found["profiles"] as? [[String: any Sendable]])
            #expect(
                profiles.map { $0["stream"] as? String } == ["rtsp://127.0.0.1:8554/main", "rtsp://127.0.0.1:8554/sub"])
            #expect(camera.events("probe").count >= 1)

            // For people; this one alone, without a user.
            let (_, table) = try await discover(camera.authority)
            #expect(
                table.contains("service  \(camera.address)") && table.contains("it wants a user and a password"),
                "\(table)")
            let (_, full) = try await discover(camera.authority, "--user", "admin", "--secret", "front-door")
            #expect(
                full.contains(
                    "Main stream, H264, 1920x1080, 25 fps, moves\n        stream    rtsp://127.0.0.1:8554/main"),
                "\(full)")
            for text in [json, table, full] { #expect(!text.contains("s3cr3t")) }

            #expect(try await discover("--interface", "nowhere0").output.contains("there is no interface 'nowhere0'"))
            #expect(try await discover("camera.local").exit != .status(0))
            #expect(
                try await discover("--user", "admin", "--secret", "side-door").output.contains(
                    "there is no secret 'side-door'"))
            #expect(try await discover("169.254.169.254").output.contains("no address that a camera may have"))
        }

        @Test("The API searches once at a time, and a stored secret goes where the operator said")
        func api() async throws {
            let camera = try await ONVIFCamera.start("sound", Self.login)
            let elsewhere = try await ONVIFCamera.start("sound", Self.login + ["--host", "127.0.0.2"])
            let silent = try await ONVIFCamera.start("silent")
            let server = try await StreamTapProcess.start(
                ["serve", "--camera-credentials", "front-door=admin@127.0.0.1"], environment: Self.environment)
            func discover(_ body: [String: Any]) async throws -> HTTPClient.Response {
                try await server.http.post("/api/vp/discover", body)
            }
            let found = try await discover(["address": camera.authority, "credentials": "front-door"])
            #expect(found.status == 200)
            let profiles = (found.json["cameras"] as? [[String: any Sendable]])?.first?["profiles"] as? [any Sendable]
            #expect(profiles?.count == 2, "\(found.text)")
            #expect(
                try await discover(["address": camera.authority, "user": "admin", "password": Self.secret]).text
                    .contains("rtsp:"))

            for (body, status, code) in [
                (["address": elsewhere.authority, "credentials": "front-door"], 403, "credentials_not_allowed"),
                (["address": camera.authority, "credentials": "side-door"], 422, "credentials_unknown"),
                (["address": "169.254.169.254"], 403, "camera_not_allowed"),
                (["address": "http://127.0.0.1:\(server.http.port)/api/vp/plans"], 422, "request_invalid"),
                (["address": "localhost"], 422, "request_invalid"),
                (["address": camera.authority, "interface": "lo"], 422, "request_invalid"),
                (["interface": "nowhere0"], 422, "request_invalid"), (["timeout_seconds": 11], 422, "request_invalid"),
                (["credentials": "front-door", "user": "admin"], 422, "request_invalid"),
                (["password": "x"], 422, "request_invalid"), (["adress": "x"], 422, "request_invalid"),
            ] as [([String: Any], Int, String)] {
                let answer = try await discover(body)
                #expect(answer.status == status && answer.text.contains("\"\(code)\""), "\(body): \(answer.text)")
            }
            #expect(elsewhere.events("ask") == [], "no digest of the secret goes there")

            // One search at a time: the second is told so at once.
            let first = Task {
                try await server.http.post("/api/vp/discover", ["address": silent.authority, "timeout_seconds": 2])
            }
            try await eventually("the first asks") { !silent.events("ask").isEmpty }
            let second = try await discover(["address": camera.authority])
            #expect(second.status == 429 && second.text.contains("too_many_requests"))
            let late = try await first.value
            #expect(late.status == 200 && late.text.contains("\"timeout\""), "\(late.text)")
            #expect(try await discover(["interface": "lo", "timeout_seconds": 1]).text.contains(camera.address))
            for text in [found.text, server.process.output, late.text] { #expect(!text.contains("s3cr3t")) }
            #expect(try await server.http.get("/api/vp/discover").status == 405)
        }

        @Test("A camera is moved over the API and stops by itself, by its address and as an instance's")
        func motion() async throws {
            let camera = try await ONVIFCamera.start("sound", Self.login)
            let still = try await ONVIFCamera.start("sound", ["--no-ptz"])
            let server = try await StreamTapProcess.start(
                ["serve", "--camera-credentials", "front-door=admin@127.0.0.0/8"], environment: Self.environment)
            func ptz(_ verb: String, _ body: [String: Any]) async throws -> HTTPClient.Response {
                try await server.http.post("/api/vp/ptz/\(verb)", body)
            }
            func moves() -> [String] {
                camera.events.filter { $0.hasPrefix("move") || $0.hasPrefix("stop") || $0.hasPrefix("goto") }
            }
            let named: [String: Any] = ["address": camera.address, "credentials": "front-door"]

            let moved = try await ptz("move", ["camera": named, "pan": 0.5, "seconds": 0.3])
            #expect(moved.status == 200 && moved.json["stops_after_seconds"] as? Double == 0.3, "\(moved.text)")
            try await eventually("it stops by itself", evidence: { "\(camera.events)" }) {
                moves() == ["move 0.5 0.0 - PT0.3S main", "stop main"]
            }
            // What follows takes the place of what was: one end, that of the last.
            for tilt in [1, -1, 1] {
                #expect(try await ptz("move", ["camera": named, "tilt": tilt, "seconds": 0.5]).status == 200)
            }
            try await eventually("it stops once") { moves().last == "stop main" && moves().count >= 6 }
            #expect(moves().count == 6, "\(moves())")
            #expect(try await ptz("move", ["camera": named, "zoom": -0.5, "seconds": 10]).status == 200)
            #expect(try await ptz("stop", ["camera": named]).status == 200)
            #expect(Array(moves().suffix(2)) == ["move - - -0.5 PT10.0S main", "stop main"])

            let presets = try await ptz("presets", ["camera": named])
            let list = presets.json["presets"] as? [[String: String]]
            #expect(list == [["token": "1", "name": "Gate"], ["token": "2", "name": "Garden"]], "\(presets.text)")
            #expect(try await ptz("goto", ["camera": named, "preset": "2"]).status == 200)
            #expect(moves().last == "goto 2")

            // As the instance's plan asks it.
            try await server.create(
                "rtsp-h264", id: "door",
                parameters: ["camera": "rtsp://127.0.0.1:9/main", "user": "admin", "password": Self.secret])
            let door: [String: Any] = ["instance": "door", "port": camera.port]
            let asInstance = try await ptz("move", ["camera": door, "pan": -1, "seconds": 0.1])
            #expect(asInstance.status == 200, "\(asInstance.text)")
            try await eventually("and stops") { moves().last == "stop main" }

            for (verb, body, status, code) in [
                ("move", ["camera": ["address": camera.address], "pan": 1], 502, "camera_unauthorized"),
                ("move", ["camera": ["address": still.authority], "pan": 1], 502, "camera_failed"),
                ("move", ["camera": ["address": "127.0.0.1:9"], "pan": 1], 502, "camera_failed"),
                ("move", ["camera": ["address": "169.254.169.254"], "pan": 1], 403, "camera_not_allowed"),
                ("move", ["camera": ["instance": "nobody"], "pan": 1], 404, "instance_unknown"),
                ("move", ["camera": ["instance": "door", "address": "127.0.0.1"], "pan": 1], 422, "request_invalid"),
                ("move", ["camera": ["instance": "door", "user": "x"], "pan": 1], 422, "request_invalid"),
                ("move", ["camera": named, "pan": 1.5], 422, "request_invalid"),
                ("move", ["camera": named], 422, "request_invalid"),
                ("move", ["camera": named, "pan": 1, "seconds": 11], 422, "request_invalid"),
                ("move", ["camera": ["adress": "x"], "pan": 1], 422, "request_invalid"),
                ("stop", [:], 422, "request_invalid"),
                ("goto", ["camera": named, "preset": ""], 422, "request_invalid"),
            ] as [(String, [String: Any], Int, String)] {
                let answer = try await ptz(verb, body)
                #expect(
                    answer.status == status && answer.text.contains("\"\(code)\""), "\(verb) \(body): \(answer.text)")
            }
            #expect(!server.process.output.contains("s3cr3t"))
        }

        @Test("Profiles of one service end each by itself, and what moves is stopped before the server ends")
        func ends() async throws {
            let camera = try await ONVIFCamera.start()
            let server = try await StreamTapProcess.start()
            func ptz(_ verb: String, _ profile: String, _ more: [String: Any] = [:]) async throws {
                let body: [String: Any] = ["camera": ["address": camera.address, "profile": profile]]
                let answer = try await server.http.post("/api/vp/ptz/\(verb)", body.merging(more) { $1 })
                #expect(answer.status == 200, "\(verb) \(profile): \(answer.text)")
            }
            try await ptz("move", "main", ["pan": 1, "seconds": 0.5])
            try await ptz("move", "sub", ["pan": 1, "seconds": 10])
            try await eventually("the one ends", evidence: { "\(camera.events)" }) {
                !camera.events("stop main").isEmpty
            }
            try await ptz("stop", "main")
            try await ptz("goto", "main", ["preset": "1"])
            server.process.signal(SIGTERM)
            try await server.process.ended()
            try await eventually("so does the other", evidence: { "\(camera.events)" }) {
                !camera.events("stop sub").isEmpty
            }
        }

        @Test(
            "A camera that may have begun to move is asked to stop until it does; one that said no is not",
            arguments: [
                ("garbage", true), ("hang-up", true), ("no-http", true), ("silent", true), ("unauthorized", false),
                ("redirect", false),
            ])
        func doubtful(_ behaviour: String, _ mayMove: Bool) async throws {
            let sound = try await ONVIFCamera.start()
            let server = try await StreamTapProcess.start()
            let named = ["address": sound.address]
            #expect(try await server.http.post("/api/vp/ptz/presets", ["camera": named]).status == 200)
            // What was learnt of it stays; the next that is asked is another's behaviour.
            sound.process.kill()
            try await sound.process.ended()
            let camera = try await ONVIFCamera.start(behaviour, ["--port", "\(sound.port)"])
            let moved = try await server.http.post("/api/vp/ptz/move", ["camera": named, "pan": 1, "seconds": 10])
            #expect(moved.status >= 400, "\(moved.text)")
            try await eventually("it is asked to move") { camera.events("ask ContinuousMove").count == 1 }
            if mayMove {
                try await eventually("it is asked again", within: .seconds(30), evidence: { "\(camera.events)" }) {
                    camera.events("ask Stop").count >= 2
                }
            }
            // Whatever were to be stopped would be now.
            server.process.signal(SIGTERM)
            try await server.process.ended()
            if !mayMove { #expect(camera.events("ask Stop") == [], "\(camera.events)") }
        }

        @Test("A camera is stopped while others keep those waiting who want to move them")
        func stopsFirst() async throws {
            let camera = try await ONVIFCamera.start()
            let silent = try await ONVIFCamera.start("silent", ["--host", "127.0.0.7"])
            let server = try await StreamTapProcess.start()
            // Programs of their own: one client has six connections at most.
            let body = #"{"camera":{"address":"\#(silent.address)"},"pan":1}"#
            let address = "http://127.0.0.1:\(server.http.port)/api/vp/ptz/move"
            let moves = try (0..<8).map { _ in
                try ChildProcess("/usr/bin/curl", ["-s", "-H", "Content-Type: application/json", "-d", body, address])
            }
            try await eventually(
                "all are asked", evidence: { "\(silent.events), \(moves.map(\.output)), \(server.process.output)" }
            ) {
                silent.events("ask").count >= 8
            }
            let stopped = try await server.http.post("/api/vp/ptz/stop", ["camera": ["address": camera.address]])
            #expect(stopped.status == 200, "\(stopped.text)")
            try await eventually("it stops") { camera.events("stop main").count == 1 }
            withExtendedLifetime(moves) {}
        }

        @Test(
            "The page offers what it finds, and asks the chosen camera as the form's user",
            arguments: BrowserKind.installed.prefix(1))
        func page(_ kind: BrowserKind) async throws {
            let open = try await ONVIFCamera.start("sound", ["--name", "Open <b>gate</b>", "--host", "127.0.0.5"])
            let closed = try await ONVIFCamera.start(
                "sound", Self.login + ["--name", "Closed gate", "--host", "127.0.0.6"])
            let plan = """
                ---
                parameters:
                  camera:   {type: string, format: uri}
                  user:     {type: string, default: ""}
                  password: {type: string, format: secret, default: ""}
                ---
                rtspsrc location=${camera} user-id=${user} user-pw=${password} ! decodebin ! streamtap name=live
                """
            let session = try await PageSession(kind, others: ["yard": plan])
            let browser = session.browser
            let form = "document.querySelector('#plan-body-yard')"
            func press(_ text: String, in place: String = form) async throws {
                let found = try await browser.evaluate(
                    "(() => { const one = [...\(place).querySelectorAll('button')].find((one) => one.textContent.startsWith('\(text)')); one?.click(); return Boolean(one) })()"
                )
                #expect(found == "true", "no button '\(text)'")
            }
            try await browser.evaluate("document.querySelector('[aria-controls=plan-body-yard]').click()")
            try await press("Search the network")
            let entries = "[...\(form).querySelectorAll('.found li')]"
            func entry(_ camera: ONVIFCamera) -> String {
                "\(entries).find((one) => one.textContent.includes('\(camera.authority.prefix { $0 != ":" })'))"
            }
            try await browser.wait(for: "both", "Boolean(\(entry(open)) && \(entry(closed)))")
            #expect(
                try await browser.evaluate("\(entry(open)).querySelector('strong').textContent") == "Open <b>gate</b>")
            try await press("Main stream", in: entry(open))
            let camera = "document.querySelector('#field-yard-camera')"
            #expect(try await browser.evaluate("\(camera).value") == "rtsp://127.0.0.5:8554/main")
            #expect(try await browser.evaluate("document.activeElement === \(camera)") == "true")

            // No digest went to anybody who merely answered.
            try await browser.evaluate(
                """
                (() => { document.querySelector('#field-yard-user').value = 'admin';
                document.querySelector('#field-yard-password').value = \(String(reflecting: Self.secret)) })()
                """)
            try await press("Search again")
            try await browser.wait(
                for: "it again",
                "\(entry(closed))?.querySelectorAll('button').length === 1 && !\(form).querySelector('.found').hidden")
            #expect(open.events("denied") == [] && closed.events("denied").count >= 2)
            try await press("Ask with the user", in: entry(closed))
            try await browser.wait(for: "its streams", "\(entry(closed)).querySelectorAll('button').length === 2")
            try await press("Sub stream", in: entry(closed))
            #expect(try await browser.evaluate("\(camera).value") == "rtsp://127.0.0.6:8554/sub")
            #expect(await browser.problems == [])
            withExtendedLifetime(session) {}
        }

        private static let packages = StreamTapProcess.repository.appending(path: ".build/ipycam").path()
        private static let canMeetOthers =
            CameraNetwork.isPossible && FileManager.default.fileExists(atPath: packages + "/ipycam")
            && FileManager.default.isExecutableFile(atPath: "/usr/bin/onvif-util")

        @Test(
            "A camera that others wrote is found in a network of its own, asked, moved and watched; others find it, too",
            .enabled(if: canMeetOthers, "it takes root, onvif-util, and ipycam (make packages-test)"))
        func others() async throws {
            let network = try CameraNetwork()
            defer { network.remove() }
            func run(_ command: [String], environment: [String: String] = [:]) async throws -> String {
                let process = try ChildProcess(command[0], Array(command.dropFirst()), environment: environment)
                try await process.ended(within: .seconds(60))
                return process.output
            }
            let support = StreamTapProcess.repository.appending(path: "Tests/TestSupport/ipycam-camera.py").path()
            let start =
                network.atCamera + [
                    "/usr/bin/python3", support, Self.packages, CameraNetwork.camera, "admin", "secret-word",
                ]
            let camera = try ChildProcess(start[0], Array(start.dropFirst()))
            let address = try await camera.line(containing: "/onvif/device_service", within: .seconds(60))
            let environment = ["STREAMTAP_SECRET_YARD": "secret-word"].merging(try StreamTapProcess.ownState()) { $1 }
            let streamtap = network.atViewer + [StreamTapProcess.executable("streamtap")]

            let ours = try await run(
                streamtap + ["discover", "--timeout", "4", "--user", "admin", "--secret", "yard"],
                environment: environment)
            let stream = "rtsp://\(CameraNetwork.camera):8554/video_main"
            #expect(
                ours.contains("\(CameraNetwork.camera)  Yard  PythonCam Virtual\n    service  \(address)"), "\(ours)")
            #expect(ours.contains("MainStream, H264, 640x360, 10 fps, moves\n        stream    \(stream)"), "\(ours)")
            let theirs = try await run(network.atViewer + ["/usr/bin/timeout", "20", "/usr/bin/onvif-util", "-a"])
            #expect(theirs.contains("Found 1 cameras"), "\(theirs)")

            // What a person does next: the stream that was printed, in the plan for whatever it is.
            let command =
                streamtap + [
                    "serve", "--port", "0", "--plans", StreamTapProcess.pipelines, "--camera-credentials",
                    "yard=admin@\(CameraNetwork.network)",
                ]
            let server = try ChildProcess(command[0], Array(command.dropFirst()), environment: environment)
            let place = try await server.line(containing: "http://", within: .seconds(30))
            let port = try #require(place.split(separator: ":").last)
            func ask(_ path: String, _ body: String? = nil) async throws -> String {
                try await run(
                    network.atViewer + ["/usr/bin/curl", "-s", "http://127.0.0.1:\(port)\(path)"]
                        + (body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? []))
            }
            let found = try await ask("/api/vp/discover", #"{"timeout_seconds":3,"credentials":"yard"}"#)
            #expect(found.contains(stream.replacing("/", with: "\\/")) || found.contains(stream), "\(found)")
            let target = #"{"address":"\#(address)","credentials":"yard"}"#
            let moved = try await ask("/api/vp/ptz/move", #"{"camera":\#(target),"pan":1,"zoom":0.5,"seconds":0.5}"#)
            #expect(moved.contains("stops_after_seconds"), "\(moved)")
            #expect(try await ask("/api/vp/ptz/presets", #"{"camera":\#(target)}"#).contains("\"presets\":["))
            #expect(try await ask("/api/vp/ptz/stop", #"{"camera":\#(target)}"#).contains(CameraNetwork.camera))
            _ = try await ask("/api/vp/instances", #"{"plan":"rtsp","id":"yard","parameters":{"camera":"\#(stream)"}}"#)
            try await eventually("its picture", within: .seconds(40), evidence: { server.output }) {
                try await ask("/api/vp/instances/yard").contains("\"state\":\"running\"")
            }
            for text in [ours, found, server.output] { #expect(!text.contains("secret-word")) }
        }
    }
}
