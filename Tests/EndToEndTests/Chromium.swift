import Foundation
import TestSupport

/// A headless Chromium that a test drives through its DevTools protocol.
actor Chromium: Browser {
    /// Where Debian and others put it.
    private static let executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { executable != nil }

    private let process: ChildProcess
    private let socket: WebSocketClient
    /// Of the page, once there is one.
    private var session: String?
    private var calls = 0
    /// Uncaught exceptions, and errors of the console and the network.
    private(set) var problems: [String] = []

    /// Starts the browser with an empty page and a profile of its own.
    init(profile: TemporaryDirectory, appearance: Appearance = Appearance()) async throws {
        guard let executable = Self.executable else { throw ProcessFailure("chromium is not installed") }
        process = try ChildProcess(
            executable,
            [
                // The sandbox needs rights that a container does not give.
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--ignore-certificate-errors", "--disable-extensions",
                "--window-size=1280,800",
                // Names of machines elsewhere, to whose pages browsers give less than to those from here.
                "--host-resolver-rules=MAP *.test 127.0.0.1",
                "--remote-debugging-port=0", "--user-data-dir=\(profile.path)", "about:blank",
            ])
        let line = try await process.line(containing: "DevTools listening on ws://", within: .seconds(30))
        guard let address = line.split(separator: " ").last.flatMap({ URL(string: String($0)) }),
            let port = address.port
        else { throw ProcessFailure("no address in '\(line)'") }
        socket = try await WebSocketClient.connect(port: port, path: address.path())
        let target = try await call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String
        session =
            try await call("Target.attachToTarget", ["targetId": target ?? "", "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log"] { _ = try await call("\(domain).enable") }
        let features = [
            "prefers-color-scheme": appearance.isDark ? "dark" : "light",
            "prefers-reduced-motion": appearance.isReducedMotion ? "reduce" : "no-preference",
        ]
        _ = try await call(
            "Emulation.setEmulatedMedia", ["features": features.map { ["name": $0.key, "value": $0.value] }])
        _ = try await call(
            "Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": profile.path + "/downloads"])
    }

    func open(_ address: String) async throws {
        _ = try await call("Page.navigate", ["url": address])
    }

    func prepare(_ script: String) async throws {
        _ = try await call("Page.addScriptToEvaluateOnNewDocument", ["source": script])
    }

    func resize(width: Int, height: Int, isTouched: Bool) async throws {
        _ = try await call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": isTouched])
        _ = try await call("Emulation.setTouchEmulationEnabled", ["enabled": isTouched])
    }

    func wheel(_ point: (x: Int, y: Int), by distance: Int) async throws {
        _ = try await call(
            "Input.dispatchMouseEvent",
            ["type": "mouseWheel", "x": point.x, "y": point.y, "deltaX": 0, "deltaY": distance])
    }

    func drag(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) async throws {
        for (type, point) in [("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)] {
            _ = try await call(
                "Input.dispatchMouseEvent",
                [
                    "type": type, "x": point.x, "y": point.y, "button": "left", "clickCount": 1,
                    "buttons": type == "mouseReleased" ? 0 : 1,
                ])
        }
    }

    /// What a screen reader is told of: role and name of everything in the accessibility tree that is not ignored.
    func accessibilityTree() async throws -> [(role: String, name: String)] {
        let nodes = try await call("Accessibility.getFullAXTree")["nodes"] as? [[String: Any]] ?? []
        func value(_ node: [String: Any], _ key: String) -> String {
            (node[key] as? [String: Any])?["value"] as? String ?? ""
        }
        return nodes.filter { $0["ignored"] as? Bool != true }.map { (value($0, "role"), value($0, "name")) }
    }

    func press(_ key: Key) async throws {
        var parameters: [String: Any] = ["type": "keyDown", "key": key.name, "windowsVirtualKeyCode": key.code]
        if let text = key.text { parameters["text"] = text }
        _ = try await call("Input.dispatchKeyEvent", parameters)
        _ = try await call("Input.dispatchKeyEvent", parameters.merging(["type": "keyUp", "text": ""]) { $1 })
    }

    func screenshot() async throws -> Data {
        let answer = try await call("Page.captureScreenshot", ["format": "png"])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    /// Of the page's own thread, bytes.
    func heapUsed() async throws -> Int {
        _ = try await call("HeapProfiler.collectGarbage")
        return try await call("Runtime.getHeapUsage")["usedSize"] as? Int ?? 0
    }

    /// Kilobytes resident of the process that shows the page: the largest of those that show anything.
    func rendererKilobytes() -> Int {
        var processes = [process.pid]
        var index = 0
        while index < processes.count {
            processes += ProcessTable.children(of: processes[index])
            index += 1
        }
        // Chromium writes its own line anew, as one word.
        let renderers = processes.filter { ProcessTable.commandLine(of: $0).contains("--type=renderer") }
        return renderers.compactMap { try? ProcessTable.residentKilobytes(of: $0) }.max() ?? 0
    }

    @discardableResult
    func evaluate(_ expression: String) async throws -> String {
        let answer = try await call(
            "Runtime.evaluate",
            ["expression": "(async () => String(await (\(expression))))()", "userGesture": true, "awaitPromise": true])
        if let details = answer["exceptionDetails"] as? [String: Any] {
            let exception = details["exception"] as? [String: Any]
            throw ProcessFailure("\(expression): \(exception?["description"] ?? details)")
        }
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    /// Sends a command and takes what comes until its answer.
    private func call(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        calls += 1
        let number = calls
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        message["sessionId"] = session
        let data = try JSONSerialization.data(withJSONObject: message)
        try await socket.send(String(decoding: data, as: UTF8.self))
        while true {
            guard case .text(let text) = try await socket.next(within: .seconds(20)) else {
                throw ProcessFailure("the browser hung up: \(process.output.suffix(2000))")
            }
            let message = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            guard message["id"] as? Int == number else {
                note(message, text)
                continue
            }
            if let error = message["error"] { throw ProcessFailure("\(method): \(error)") }
            return message["result"] as? [String: Any] ?? [:]
        }
    }

    private func note(_ event: [String: Any], _ text: String) {
        let parameters = event["params"] as? [String: Any] ?? [:]
        let isProblem =
            switch event["method"] as? String {
            case "Runtime.exceptionThrown": true
            case "Runtime.consoleAPICalled": parameters["type"] as? String == "error"
            case "Log.entryAdded": (parameters["entry"] as? [String: Any])?["level"] as? String == "error"
            default: false
            }
        if isProblem { problems.append(String(text.prefix(600))) }
    }
}
