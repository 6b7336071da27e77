import Foundation
import TestSupport

/// A headless Firefox that a test drives through WebDriver BiDi.
actor Firefox: Browser {
    private static let executable = ["/usr/bin/firefox-esr", "/usr/bin/firefox"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static var isInstalled: Bool { executable != nil }

    private let process: ChildProcess
    private let socket: WebSocketClient
    private var page = ""
    private var calls = 0
    private(set) var problems: [String] = []

    init(profile: TemporaryDirectory, appearance: Appearance = Appearance()) async throws {
        guard let executable = Self.executable else { throw ProcessFailure("firefox is not installed") }
        let preferences = [
            "ui.systemUsesDarkTheme": appearance.isDark ? "1" : "0",
            "ui.prefersReducedMotion": appearance.isReducedMotion ? "1" : "0",
            "browser.download.folderList": "2", "browser.download.dir": "\"\(profile.path)/downloads\"",
            "browser.download.alwaysOpenPanel": "false",
        ]
        try profile.write(
            preferences.map { "user_pref(\"\($0.key)\", \($0.value));\n" }.joined(), to: "user.js")
        process = try ChildProcess(
            executable,
            ["--headless", "--no-remote", "--profile", profile.path, "--remote-debugging-port", "0", "about:blank"],
            environment: ["HOME": profile.path])
        let line = try await process.line(containing: "WebDriver BiDi listening on ws://", within: .seconds(60))
        guard let address = line.split(separator: " ").last.flatMap({ URL(string: String($0)) }),
            let port = address.port
        else { throw ProcessFailure("no address in '\(line)'") }
        socket = try await WebSocketClient.connect(port: port, path: "/session")
        _ = try await call("session.new", ["capabilities": [String: String]()])
        // The first tab leaves the keyboard to the window's own address field.
        page = try await call("browsingContext.create", ["type": "tab"])["context"] as? String ?? ""
        _ = try await call("browsingContext.activate", ["context": page])
        _ = try await call("session.subscribe", ["events": ["log.entryAdded"]])
    }

    func open(_ address: String) async throws {
        _ = try await call("browsingContext.navigate", ["context": page, "url": address, "wait": "none"])
    }

    func prepare(_ script: String) async throws {
        _ = try await call("script.addPreloadScript", ["functionDeclaration": "() => { \(script) }"])
    }

    func resize(width: Int, height: Int, isTouched: Bool) async throws {
        _ = try await call(
            "browsingContext.setViewport", ["context": page, "viewport": ["width": width, "height": height]])
    }

    func press(_ key: Key) async throws {
        // WebDriver's own numbers for keys that write nothing.
        let value =
            switch key {
            case .tab: "\u{E004}"
            case .enter: "\u{E007}"
            case .escape: "\u{E00C}"
            case .letter(let letter): String(letter)
            }
        try await perform("key", "keyboard", ["keyDown", "keyUp"].map { ["type": $0, "value": value] })
    }

    func wheel(_ point: (x: Int, y: Int), by distance: Int) async throws {
        try await perform(
            "wheel", "wheel", [["type": "scroll", "x": point.x, "y": point.y, "deltaX": 0, "deltaY": distance]])
    }

    func drag(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) async throws {
        try await perform(
            "pointer", "mouse",
            [
                ["type": "pointerMove", "x": start.x, "y": start.y], ["type": "pointerDown", "button": 0],
                ["type": "pointerMove", "x": end.x, "y": end.y], ["type": "pointerUp", "button": 0],
            ])
    }

    private func perform(_ device: String, _ id: String, _ actions: [[String: Any]]) async throws {
        _ = try await call(
            "input.performActions",
            ["context": page, "actions": [["type": device, "id": id, "actions": actions] as [String: Any]]])
    }

    func screenshot() async throws -> Data {
        let answer = try await call("browsingContext.captureScreenshot", ["context": page])
        return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
    }

    @discardableResult
    func evaluate(_ expression: String) async throws -> String {
        let answer = try await call(
            "script.evaluate",
            [
                "expression": "(async () => String(await (\(expression))))()", "target": ["context": page],
                "awaitPromise": true, "userActivation": true,
            ])
        guard let result = answer["result"] as? [String: Any] else {
            throw ProcessFailure("\(expression): \((answer["exceptionDetails"] as? [String: Any])?["text"] ?? answer)")
        }
        return result["value"] as? String ?? ""
    }

    /// Sends a command and takes what comes until its answer.
    private func call(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        calls += 1
        let number = calls
        let data = try JSONSerialization.data(withJSONObject: ["id": number, "method": method, "params": parameters])
        try await socket.send(String(decoding: data, as: UTF8.self))
        while true {
            guard case .text(let text) = try await socket.next(within: .seconds(30)) else {
                throw ProcessFailure("the browser hung up: \(process.output.suffix(2000))")
            }
            let message = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            guard message["id"] as? Int == number else {
                let entry = message["params"] as? [String: Any]
                if entry?["level"] as? String == "error" { problems.append(String(text.prefix(600))) }
                continue
            }
            if message["type"] as? String == "error" { throw ProcessFailure("\(method): \(text.prefix(600))") }
            return message["result"] as? [String: Any] ?? [:]
        }
    }
}
