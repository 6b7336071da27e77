import NIOCore
import Plans
import TestSupport
import Testing

@testable import Server

@Suite("Who is behind a proxy")
struct TrustedProxiesTests {
    private static let proxies = TrustedProxies(
        ["127.0.0.1", "10.0.0.0/8", "fd00::/8", "unix"].compactMap(TrustedProxy.init))

    struct Case: Sendable, CustomTestStringConvertible {
        var lines: [(name: String, value: String)]
        var peer: Peer
        var address: String?
        var scheme = "http"
        var authority = "cams.example"
        var path = ""
        var testDescription: String { lines.map { "\($0.name): \($0.value)" }.joined(separator: " ⏎ ") }

        init(
            _ lines: (name: String, value: String)..., from peer: String = "127.0.0.1", is address: String?,
            _ scheme: String = "http", _ authority: String = "cams.example", at path: String = ""
        ) {
            self.lines = lines
            self.peer = NetworkAddress(peer).map(Peer.network) ?? .unix
            (self.address, self.scheme, self.authority, self.path) = (address, scheme, authority, path)
        }
    }

    static let cases: [Case] = [
        Case(is: "127.0.0.1"),
        // What is usual.
        Case(("X-Forwarded-For", "203.0.113.7"), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), is: "203.0.113.7", "https"),
        Case(("X-Forwarded-Proto", "https"), is: "127.0.0.1", "https"),
        Case(("X-Forwarded-Proto", "wss"), is: "127.0.0.1", "https"),
        Case(("X-Forwarded-Proto", "HTTPS"), is: "127.0.0.1", "https"),
        Case(("X-Forwarded-Proto", "gopher"), is: "127.0.0.1", "http"),
        Case(("X-Forwarded-Host", "out.example:8443"), is: "127.0.0.1", "http", "out.example:8443"),
        Case(("Forwarded", "for=203.0.113.7;proto=https;host=out.example"), is: "203.0.113.7", "https", "out.example"),
        Case(("forwarded", "For=\"203.0.113.7:4711\" ; PROTO=https"), is: "203.0.113.7", "https"),
        Case(("Forwarded", "for=203.0.113.7:4711"), is: "203.0.113.7"),
        Case(("Forwarded", "for=\"[2001:db8:cafe::17]:4711\""), is: "2001:db8:cafe::17"),
        Case(("Forwarded", "for=\"[2001:db8:cafe::17]\""), is: "2001:db8:cafe::17"),
        Case(("Forwarded", "for=\"203.0.113.7:_port\""), is: "203.0.113.7"),
        Case(("Forwarded", "for=\"203.0.113.\\7\""), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "2001:db8:cafe::17"), is: "2001:db8:cafe::17"),
        Case(("X-Forwarded-For", "[2001:db8:cafe::17]:4711"), is: "2001:db8:cafe::17"),
        Case(("X-Forwarded-For", "203.0.113.7:51234"), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "::ffff:203.0.113.7"), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "fe80::1%eth0"), is: "fe80::1"),
        Case(("X-Forwarded-For", "203.0.113.7"), from: "unix", is: "203.0.113.7"),
        Case(from: "unix", is: nil),
        Case(("X-Forwarded-For", "203.0.113.7"), from: "::ffff:10.1.2.3", is: "203.0.113.7"),
        // Several: from the right as far as they are trusted, and the first that is not is the client.
        Case(("X-Forwarded-For", "198.51.100.9, 203.0.113.7, 10.0.0.3"), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "198.51.100.9"), ("X-Forwarded-For", "203.0.113.7"), is: "203.0.113.7"),
        Case(("X-Forwarded-For", "10.0.0.1,10.0.0.2"), is: "10.0.0.1"),
        Case(("X-Forwarded-For", ", ,203.0.113.7,,"), is: "203.0.113.7"),
        Case(
            ("Forwarded", "for=198.51.100.9, for=203.0.113.7;proto=https, for=10.0.0.3;proto=http"), is: "203.0.113.7",
            "https"),
        Case(("Forwarded", "for=203.0.113.7, for=10.0.0.3;proto=https"), is: "203.0.113.7", "https"),
        Case(
            ("X-Forwarded-For", "203.0.113.7, 10.0.0.3"), ("X-Forwarded-Proto", "https, http"), is: "203.0.113.7",
            "https"),
        Case(("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https, http"), is: "203.0.113.7", "http"),
        Case(("X-Forwarded-For", "203.0.113.7, 10.0.0.3"), ("X-Forwarded-Proto", "https"), is: "203.0.113.7", "https"),
        Case(("X-Forwarded-Host", "forged.example, out.example"), is: "127.0.0.1", "http", "out.example"),
        // Who hides, or writes nonsense, is the last that is known.
        Case(("X-Forwarded-For", "203.0.113.7, unknown"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "203.0.113.7, 10.0.0.3, unknown, 10.0.0.4"), is: "10.0.0.4"),
        Case(("Forwarded", "for=203.0.113.7, for=_SEVKISEK, for=10.0.0.4"), is: "10.0.0.4"),
        Case(("Forwarded", "for=unknown;proto=https"), is: "127.0.0.1", "https"),
        Case(("X-Forwarded-For", "'; DROP TABLE user; --"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "203.0.113.7:99999"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "203.0.113.0x7"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "0313.0.113.7"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "[203.0.113.7]"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", "[2001:db8::1"), is: "127.0.0.1"),
        Case(("X-Forwarded-For", String(repeating: "x,", count: 8000)), is: "127.0.0.1"),
        Case(("X-Forwarded-For", String(repeating: "10.0.0.1,", count: 1700)), is: "10.0.0.1"),
        Case(("Forwarded", String(repeating: "for=10.0.0.1,", count: 1200)), is: "10.0.0.1"),
        // Both kinds, and they agree.
        Case(
            ("Forwarded", "for=203.0.113.7;proto=https"), ("X-Forwarded-For", "203.0.113.7"),
            ("X-Forwarded-Proto", "https"),
            is: "203.0.113.7", "https"),
        Case(("Forwarded", "proto=https"), ("X-Forwarded-For", "203.0.113.7"), is: "203.0.113.7", "https"),
        Case(("Forwarded", ""), ("X-Forwarded-For", "203.0.113.7"), is: "203.0.113.7"),
        // Where it shows us.
        Case(("X-Forwarded-Prefix", "/cams"), is: "127.0.0.1", at: "/cams"),
        Case(("X-Forwarded-Prefix", "/a/b-c_d.e/"), is: "127.0.0.1", at: "/a/b-c_d.e"),
        Case(("X-Forwarded-Prefix", "/"), is: "127.0.0.1"),
        Case(("X-Forwarded-Prefix", "//evil.example"), is: "127.0.0.1"),
        Case(("X-Forwarded-Prefix", "/a/../b"), is: "127.0.0.1"),
        Case(("X-Forwarded-Prefix", "/a; Domain=evil.example"), is: "127.0.0.1"),
        Case(("X-Forwarded-Prefix", "cams"), is: "127.0.0.1"),
        Case(("X-Forwarded-Prefix", "/a"), ("X-Forwarded-Prefix", "/b"), is: "127.0.0.1"),
    ]

    @Test("a trusted one tells, in whatever way it is written", arguments: cases)
    func trusted(told: Case) throws {
        let client = try Self.proxies.client(
            ForwardingFields(told.lines), host: "cams.example", from: told.peer, isSecure: false)
        #expect(client.address == told.address.flatMap { NetworkAddress($0) })
        #expect(client.scheme == told.scheme)
        #expect(client.authority == told.authority)
        #expect(client.path == told.path)
        #expect(!client.isBehindUnknownProxy)
    }

    @Test("nobody else is believed, whatever they write", arguments: cases)
    func untrusted(told: Case) throws {
        for peer in [Peer.network(try #require(NetworkAddress("192.0.2.1"))), .unknown] {
            for isSecure in [false, true] {
                let client = try Self.proxies.client(
                    ForwardingFields(told.lines), host: "cams.example", from: peer, isSecure: isSecure)
                #expect(client.address == peer.address)
                #expect(client.isSecure == isSecure)
                #expect(client.authority == "cams.example")
                #expect(client.path.isEmpty)
                #expect(client.isBehindUnknownProxy == !told.lines.isEmpty)
            }
        }
        #expect(
            try TrustedProxies().client(ForwardingFields(told.lines), host: nil, from: .unix, isSecure: false).address
                == nil)
    }

    @Test(
        "a trusted proxy's word that nobody can be sure of is refused, not guessed at",
        arguments: [
            // Quotations in which a client's part swallows the proxy's.
            "for=198.51.100.9;x=\", for=203.0.113.7", "for=\"198.51.100.9", "x=\", for=\"203.0.113.7\"",
            "for=a b", "for", "=203.0.113.7", "for=203.0.113.7 extra", "for=203.0.113.7;for=198.51.100.9",
            "for=203.0.113.7;proto=https;Proto=http", "for=\"203.0.113.7\"x", "for={203.0.113.7}",
            "\"for=203.0.113.7\"",
            "for=203.0.113.7;;;=", "for=\"a\\",
        ])
    func unreadable(line: String) {
        #expect(throws: ServiceError.self) {
            try Self.proxies.client(
                ForwardingFields([("Forwarded", line)]), host: nil, from: .unix, isSecure: false)
        }
    }

    @Test("of two kinds of header that contradict each other one is a client's")
    func contradictions() {
        let contradictions: [[(name: String, value: String)]] = [
            [("Forwarded", "for=198.51.100.9"), ("X-Forwarded-For", "203.0.113.7")],
            [("Forwarded", "for=_hidden"), ("X-Forwarded-For", "203.0.113.7")],
            [("Forwarded", "proto=https"), ("X-Forwarded-Proto", "http")],
            [("Forwarded", "host=a.example"), ("X-Forwarded-Host", "b.example")],
        ]
        for lines in contradictions {
            #expect(throws: ServiceError.self, "\(lines)") {
                try Self.proxies.client(ForwardingFields(lines), host: nil, from: .unix, isSecure: false)
            }
        }
    }

    @Test("nothing that is written can trap, nor make somebody of an address that is not there")
    func noise() {
        var generator = SeededGenerator.announced()
        let pieces = [
            "for=", "for", "=", "\"", "\\", ";", ",", " ", "[", "]", ":", "::1", "10.0.0.1", "192.0.2.1", "_x",
            "proto=https",
            "unknown", "é", "\t", "%", "host=", "\u{0}",
        ]
        for _ in 0..<5000 {
            func line() -> String {
                (0..<Int.random(in: 0..<12, using: &generator)).compactMap { _ in
                    pieces.randomElement(using: &generator)
                }.joined()
            }
            let fields = ForwardingFields([
                ("Forwarded", line()), ("X-Forwarded-For", line()), ("X-Forwarded-Proto", line()),
            ])
            let client = try? Self.proxies.client(fields, host: nil, from: .unix, isSecure: false)
            if let address = client?.address {
                #expect(["::1", "10.0.0.1", "192.0.2.1"].contains(address.description) || address.bytes.count == 16)
            }
        }
    }

    @Test("what can be trusted is a network, or a socket")
    func words() {
        for word in ["10.0.0.0/8", "::1", "fd00::/8", "unix"] { #expect(TrustedProxy(word) != nil) }
        for word in ["", "Unix", "10.0.0.0/33", "proxy.example", "10.0.0", "*"] {
            #expect(TrustedProxy(word) == nil, "\(word)")
        }
    }
}
