import TestSupport

/// A server with a camera that sees something move, and a browser that shows its page.
struct PageSession: Sendable {
    let server: StreamTapProcess
    let browser: any Browser
    let profile: TemporaryDirectory

    static let plan = """
        videotestsrc is-live=true pattern=ball name=camera
          ! video/x-raw,format=I420,width=640,height=360,framerate=15/1
          ! motion name=moving threshold=40 ! streamtap name=view
        camera. ! streamtap name=plain

        """

    /// - Parameters:
    ///   - address: what follows the server's own.
    ///   - preparation: a script that runs before each page's own.
    init(
        _ kind: BrowserKind, _ address: String = "", plan: String = plan, others: [String: String] = [:],
        arguments: [String] = [], appearance: Appearance = Appearance(), preparation: String? = nil
    ) async throws {
        server = try await StreamTapProcess.serving(others.merging(["cam": plan]) { $1 }, arguments: arguments)
        try await server.create("cam")
        try await server.reaches("running", "cam")
        profile = try TemporaryDirectory()
        browser = try await kind.start(profile, appearance)
        if let preparation { try await browser.prepare(preparation) }
        try await open(address)
        try await browser.wait(
            for: "pictures", "[...document.querySelectorAll('canvas')].some((one) => ![0, 300].includes(one.width))")
    }

    func open(_ address: String) async throws {
        try await browser.open("http://127.0.0.1:\(server.http.port)/\(address)")
    }

    /// Presses what has this name for those who listen.
    func press(_ name: String) async throws {
        try await browser.evaluate("document.querySelector('[aria-label=\"\(name)\"]').click()")
    }

    /// Viewers of one of the camera's taps.
    func viewers(_ tap: String) async throws -> Int {
        let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
        return (taps?[tap] as? [String: any Sendable])?["viewers"] as? Int ?? 0
    }
}
