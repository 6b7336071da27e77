import Plans
import Testing

@Suite("Where cameras may be")
struct NetworkTests {
    @Test(
        "Blocks of addresses",
        arguments: [
            ("10.0.5.0/24", "10.0.5.255", true), ("10.0.5.0/24", "10.0.6.0", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("10.0.0.5", "10.0.0.5", true), ("10.0.0.5", "10.0.0.6", false), ("172.16.0.0/12", "172.31.9.9", true),
            ("172.16.0.0/12", "172.32.0.0", false), ("fd00::/8", "fdff::1", true), ("::1", "::1", true),
            ("10.0.0.0/8", "::ffff:10.9.9.9", true), ("::/0", "10.0.0.1", false),
        ] as [(String, String, Bool)])
    func contains(_ network: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(Network(network)).contains(#require(NetworkAddress(address))) == expected)
    }

    @Test(
        "What is no block",
        arguments: [
            "", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "cam", "010.0.0.1",
        ])
    func malformed(_ text: String) {
        #expect(Network(text) == nil)
    }

    @Test(
        "Without being told: not this machine, its link, groups, metadata",
        arguments: [
            ("127.0.0.1", false), ("127.255.0.1", false), ("0.0.0.0", false), ("169.254.169.254", false),
            ("224.0.0.1", false), ("255.255.255.255", false), ("::1", false), ("::", false), ("fe80::1", false),
            ("ff02::1", false), ("::ffff:127.0.0.1", false), ("64:ff9b::7f00:1", false), ("2002:7f00:1::", false),
            ("100.100.100.200", false), ("192.0.0.192", false), ("fd00:ec2::254", false), ("::127.0.0.1", false),
            ("10.0.0.5", true), ("192.168.1.2", true), ("172.16.0.1", true), ("8.8.8.8", true), ("fd00::5", true),
            ("2001:db8::5", true), ("::ffff:10.0.0.5", true),
        ] as [(String, Bool)])
    func standard(_ address: String, _ expected: Bool) throws {
        #expect(AddressPolicy().admits(try #require(NetworkAddress(address))) == expected)
    }

    @Test("Told where: there and nowhere else")
    func told() throws {
        let policy = AddressPolicy(networks: ["10.0.5.0/24", "127.0.0.1"].compactMap { Network($0) })
        for (address, expected) in [("10.0.5.7", true), ("127.0.0.1", true), ("10.0.6.1", false), ("8.8.8.8", false)] {
            #expect(policy.admits(try #require(NetworkAddress(address))) == expected)
        }
    }
}
