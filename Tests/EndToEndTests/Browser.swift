import Foundation
import TestSupport

/// A headless browser that a test drives.
protocol Browser: Actor {
    static var isInstalled: Bool { get }

    /// Starts the browser with an empty page and a profile of its own.
    init(profile: TemporaryDirectory, appearance: Appearance) async throws

    func open(_ address: String) async throws

    /// Runs a script in every page before its own.
    func prepare(_ script: String) async throws

    /// The window's inner size, CSS pixels.
    ///
    /// - Parameter isTouched: whether fingers press instead of a pointer; only Chromium can be made believe that.
    func resize(width: Int, height: Int, isTouched: Bool) async throws

    func press(_ key: Key) async throws

    /// Turns the wheel over a point of the window, CSS pixels; upwards is negative.
    func wheel(_ point: (x: Int, y: Int), by distance: Int) async throws

    /// Presses at a point, moves to the other, and lets go.
    func drag(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) async throws

    /// The window as PNG.
    func screenshot() async throws -> Data

    /// The value of a JavaScript expression, awaited, as text.
    @discardableResult
    func evaluate(_ expression: String) async throws -> String

    /// Uncaught exceptions, and errors of the console and the network.
    var problems: [String] { get }
}

extension Browser {
    /// Waits until an expression is true; while the page loads, an expression may fail.
    func wait(for what: String, _ expression: String, within limit: Duration = .seconds(30)) async throws {
        try await eventually(
            what, within: limit, evidence: { await self.evidence },
            holds: { (try? await self.evaluate(expression)) == "true" })
    }

    private var evidence: String {
        get async { "\(problems) \((try? await evaluate("document.body.innerText")) ?? "")" }
    }
}

/// What a person has told their system.
struct Appearance: Sendable, Hashable {
    var isDark = false
    var isReducedMotion = false
}

/// A key of the keyboard.
enum Key: Sendable, Hashable {
    case tab, enter, escape
    case letter(Character)

    /// As `KeyboardEvent.key` has it.
    var name: String {
        switch self {
        case .tab: "Tab"
        case .enter: "Enter"
        case .escape: "Escape"
        case .letter(let letter): String(letter)
        }
    }

    /// What it writes.
    var text: String? {
        switch self {
        case .tab, .escape: nil
        case .enter: "\r"
        case .letter(let letter): String(letter)
        }
    }

    /// As Windows numbers it.
    var code: Int {
        switch self {
        case .tab: 9
        case .enter: 13
        case .escape: 27
        case .letter(let letter): Int(letter.uppercased().utf8.first ?? 0)
        }
    }
}

/// Browsers that the page is tested in.
enum BrowserKind: String, CaseIterable, Sendable {
    case chromium, firefox

    private var type: any Browser.Type {
        switch self {
        case .chromium: Chromium.self
        case .firefox: Firefox.self
        }
    }

    /// Those of them that are there; `scripts/packages-test` names both.
    static let installed = allCases.filter { $0.type.isInstalled }

    /// What the browser saves goes into `downloads` of its profile.
    func start(_ profile: TemporaryDirectory, _ appearance: Appearance = Appearance()) async throws -> any Browser {
        try await type.init(profile: profile, appearance: appearance)
    }
}
