import Testing

@testable import Server

@Suite("Where state is kept")
struct StateLocationTests {
    @Test(
        "as named, else as the environment and XDG say",
        arguments: [
            (nil, ["HOME": "/home/me"], .standard("/home/me/.local/state/streamtap")),
            (nil, ["HOME": "/home/me", "XDG_STATE_HOME": "/state"], .standard("/state/streamtap")),
            // The specification: a path that is not absolute is to be ignored.
            (nil, ["HOME": "/home/me", "XDG_STATE_HOME": "state"], .standard("/home/me/.local/state/streamtap")),
            (nil, ["HOME": "/home/me", "XDG_STATE_HOME": ""], .standard("/home/me/.local/state/streamtap")),
            (nil, ["HOME": "", "XDG_STATE_HOME": ""], .none),
            (nil, ["HOME": "here"], .none),
            (nil, [:], .none),
            (nil, ["STREAMTAP_STATE": "/srv/tap", "HOME": "/home/me"], .named("/srv/tap")),
            (nil, ["STREAMTAP_STATE": "", "HOME": "/home/me"], .standard("/home/me/.local/state/streamtap")),
            (nil, ["STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/"], .named("/var/lib/a")),
            (nil, ["STATE_DIRECTORY": "/var/lib/a", "STREAMTAP_STATE": "/srv/tap"], .named("/srv/tap")),
            ("mine", ["STATE_DIRECTORY": "/var/lib/a", "STREAMTAP_STATE": "/srv/tap"], .named("mine")),
        ] as [(String?, [String: String], StateLocation)])
    func location(directory: String?, environment: [String: String], expected: StateLocation) {
        #expect(StateLocation(directory: directory, environment: environment) == expected)
    }
}
