import Foundation
import TestSupport
import Testing

@testable import Server

/// What people and machines write into the file, and what they are told of it.
@Suite("The configuration's file")
struct ConfigurationFileTests {
    /// `text` as a file; `says` are beginnings of what is wrong behind the file's name, all of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var says: [String]

        init(_ text: String, _ says: String...) { (self.text, self.says) = (text, says) }

        var testDescription: String { String(text.prefix(60)) }
    }

    static let cases = [
        // Names.
        Case("limit: {}", "1:1: error: there is no key 'limit' (did you mean 'limits'?)"),
        Case("limits:\n  viewrs: 3\n", "2:3: error: there is no key 'limits.viewrs' (did you mean 'viewers'?)"),
        Case("viewers: 3", "1:1: error: there is no key 'viewers' (there is 'limits.viewers')"),
        Case("max-viewers: 3", "1:1: error: there is no key 'max-viewers' (the file has 'limits.viewers'"),
        Case("max_viewers: 3", "1:1: error: there is no key 'max_viewers' (the file has 'limits.viewers'"),
        Case("limits.viewers: 3", "1:1: error: there is no key 'limits.viewers' (write limits: {viewers: …})"),
        Case("Limits: {}", "1:1: error: there is no key 'Limits' (did you mean 'limits'?)"),
        Case("? [a]\n: b", "1:3: error: a key is a word"),
        Case("\"lim\\u202Eits\": 3", "1:1: error: there is no key 'lim its'"),
        // Shapes.
        Case("limits: 3", "1:9: error: 'limits' holds keys: instances, connections"),
        Case("limits: [viewers]", "1:9: error: 'limits' holds keys"),
        Case("- limits", "1:1: error: the file holds keys: listen, "),
        Case("limits", "1:1: error: the file holds keys: listen, "),
        Case("listen: {port: [80]}", "1:16: error: listen.port: is one number, and no list"),
        Case("listen: {host: {a: b}}", "1:16: error: listen.host: is one text, and no mapping"),
        Case("listen: {allow_hosts: cams}", "1:23: error: listen.allow_hosts: is a list (write [cams])"),
        Case("listen: {allow_hosts: {a: b}}", "1:23: error: listen.allow_hosts: is a list of texts"),
        Case("listen: {allow_hosts: [a, [b]]}", "1:27: error: listen.allow_hosts: is one text, and no list"),
        Case("listen: {host: }", "1:16: error: listen.host: has no value"),
        Case("listen: {host: ~, port: null}", "1:16: error: listen.host: has no", "1:25: error: listen.port: has no"),
        Case("listen: {allow_hosts: }", "1:23: error: listen.allow_hosts: has no value ([] is an empty list)"),
        Case("listen: {host: ''}", "1:16: error: listen.host: is empty"),
        // Types.
        Case("limits: {viewers: many}", "1:19: error: limits.viewers: 'many' is no whole number"),
        Case("limits: {viewers: '3'}", "1:19: error: limits.viewers: '3' is a text here"),
        Case(
            "limits: {viewers: 08}",
            "1:19: error: limits.viewers: '08' begins with 0, which some take for octal (write 8)"),
        Case("limits: {viewers: 00}", "1:19: error: limits.viewers: '00' begins with 0"),
        Case("limits: {viewers: 0o17}", "1:19: error: limits.viewers: '0o17' is no whole number"),
        Case("limits: {viewers: 0x1F}", "1:19: error: limits.viewers: '0x1F' is no whole number"),
        Case("limits: {viewers: 1e3}", "1:19: error: limits.viewers: '1e3' is no whole number"),
        Case("limits: {viewers: 12:30}", "1:19: error: limits.viewers: '12:30' is no whole number"),
        Case("limits: {viewers: 1_000}", "1:19: error: limits.viewers: '1_000' is no whole number"),
        Case("limits: {viewers: -1}", "1:19: error: limits.viewers: '-1' is not from 0 to 1000000"),
        Case(
            "limits: {viewers: 99999999999999999999}", "1:19: error: limits.viewers: '99999999999999999999' is not from"
        ),
        Case("limits: {viewers: ٣}", "1:19: error: limits.viewers: '٣' is no whole number"),
        Case("listen: {port: 65536}", "1:16: error: listen.port: '65536' is not from 0 to 65535"),
        Case("limits: {viewers: yes}", "1:19: error: limits.viewers: 'yes' is no whole number"),
        Case("worker: {sandbox: yes}", "1:19: error: worker.sandbox: 'yes' is neither true nor false (write true)"),
        Case("worker: {sandbox: Off}", "1:19: error: worker.sandbox: 'Off' is neither true nor false (write false)"),
        Case(
            "worker: {sandbox: 'true'}",
            "1:19: error: worker.sandbox: 'true' is neither true nor false (take the quotes"),
        Case("worker: {sandbox: 1}", "1:19: error: worker.sandbox: '1' is neither true nor false (write true)"),
        Case("listen: {host: 8080}", "1:16: error: listen.host: '8080' is no text to YAML (put it in quotes)"),
        Case("listen: {host: true}", "1:16: error: listen.host: 'true' is no text to YAML"),
        Case(
            "log: {level: warn}",
            "1:14: error: log.level: 'warn' is none of trace, debug, info, notice, warning, error, "),
        Case("log: {level: debgu}", "1:14: error: log.level: 'debgu' is none of", "(did you mean 'debug'?)"),
        Case("worker: {memory: 512}", "1:18: error: worker.memory: '512' is no size such as 512M or 2G"),
        Case("worker: {memory: 1M}", "1:18: error: worker.memory: '1M' is no size"),
        Case("cameras: {networks: [10.0.5.0/33]}", "1:22: error: cameras.networks: '10.0.5.0/33' is no network"),
        Case("cameras: {credentials: [admin]}", "1:25: error: cameras.credentials: 'admin' is no name of credentials"),
        Case(
            "listen: {allow_hosts: ['https://a.example']}",
            "1:24: error: listen.allow_hosts: 'https://a.example' is no name"),
        Case("listen: {allow_origins: [a.example]}", "1:26: error: listen.allow_origins: 'a.example' is no origin"),
        Case("listen: {host: \"a\\nb\"}", "1:16: error: listen.host: holds a control character"),
        // Several at once, in the order of the file.
        Case(
            "worker: {memory: 1}\nlisten: {port: x}\nlimts: {}\n", "1:18: error: worker.memory",
            "2:16: error: listen.port",
            "3:1: error: there is no key 'limts'"),
        // What YAML can do besides.
        Case("limits: {viewers: 1, viewers: 2}", "1:10: error: the key 'viewers' stands twice"),
        Case("limits:\n  viewers: 1\n  instances: 2\n  'viewers': 2\n", "4:3: error: the key 'viewers' stands twice"),
        Case("limits: {}\nlog: {}\nlimits: {}\n", "3:1: error: the key 'limits' stands twice"),
        Case("limits: &l {viewers: 1}\n", "1:9: error: anchors (&l) are not supported here"),
        Case("listen: {host: &h a}\nlog: {level: *h}", "1:16: error: anchors (&h) are not supported here"),
        Case("limits: *l", "1:9: error: this is no YAML: found undefined alias"),
        Case("<<: {limits: {}}", "1:1: error: there is no key '<<'"),
        Case("listen: {host: !env HOST}", "1:16: error: tags (!env) are not supported here"),
        Case("limits: !!map {}", ""),
        Case("limits: {viewers: !!int '3'}", "1:19: error: tags (tag:yaml.org,2002:int)"),
        Case("limits: {}\n---\nlog: {}\n", "2:1: error: this is no YAML"),
        Case("limits:\n\tviewers: 3\n", "2:1: error: a tab stands where YAML wants spaces"),
        Case("limits: {", "error: this is no YAML"),
        Case("limits: {viewers: \u{1}}", "1:19: error: this is no YAML: control characters are not allowed"),
        Case("limits: \u{0}", "1:9: error: this is no YAML"),
        Case("limits: 'x", "error: this is no YAML"),
        Case(String(repeating: "[", count: 900), "error: this is no YAML"),
        Case(String(repeating: "[", count: 100_000), "error: this is no YAML"),
        Case(
            String(repeating: "a: {", count: 900) + String(repeating: "}", count: 900),
            "1:1: error: there is no key 'a'"),
        Case(String(repeating: "- ", count: 20_000), "error: this is no YAML"),
        Case("a: " + String(repeating: "x", count: 2 << 20), "error: has more than 1 MiB"),
        // What is fine.
        Case(""), Case("\n\n"), Case("# nothing\n"), Case("---\n"), Case("---\n...\n"), Case("{}"), Case("~"),
        Case("limits:\nlog:\n  # level: debug\ninstances:\n"),
        Case("\u{FEFF}limits: {viewers: 3}"), Case("limits:\r\n  viewers: 3\r\nlog: {level: debug}\r\n"),
        Case("%YAML 1.2\n---\nlimits: {viewers: 3}\n"),
        Case("{\"limits\": {\"viewers\": 3}, \"log\": {\"level\": \"debug\"}}"),
        Case("listen: {host: '8080', port: 0}"), Case("listen: {allow_hosts: [no, on, 'true']}"),
        // Instances.
        Case("instances: [door]", "1:12: error: 'instances' holds instances by name"),
        Case("instances: {Door: {plan: a}}", "1:13: error: 'Door' cannot name an instance"),
        Case("instances: {door: rtsp-h264}", "1:19: error: instances.door: names a plan"),
        Case("instances: {door: {}}", "1:19: error: instances.door: no plan is named"),
        Case("instances: {door: {plan: ../a}}", "1:26: error: instances.door: a plan is named as its file is"),
        Case("instances: {door: {plan: a.plan}}", "1:26: error: instances.door: a plan is named"),
        Case(
            "instances: {door: {plan: a, parametres: {}}}",
            "1:29: error: instances.door: there is no key 'parametres' (did"),
        Case(
            "instances: {door: {plan: a, parameters: [b]}}",
            "1:41: error: instances.door.parameters: holds values by name"),
        Case(
            "instances: {door: {plan: a, parameters: {b: [c]}}}",
            "1:45: error: instances.door.parameters.b: is one value"),
        Case(
            "instances: {door: {plan: a, parameters: {b: }}}", "1:45: error: instances.door.parameters.b: has no value"),
        Case(
            "instances: {door: {plan: a, parameters: {B: c}}}",
            "1:42: error: instances.door.parameters: 'B' cannot name"),
        Case(
            "instances: {door: {plan: a, secrets: {b: ../c}}}",
            "1:38: error: instances.door.secrets.b: this cannot name"),
        Case(
            "instances: {door: {plan: a, parameters: {b: c}, secrets: {b: d}}}",
            "1:19: error: instances.door: 'b' has a value"),
        Case("instances: {door: {plan: a}, door: {plan: b}}", "1:13: error: the key 'door' stands twice"),
        Case("instances: {door: {plan: a, parameters: {b: 08, c: yes, d: 'x', e: 1.50}}}"),
    ]

    @Test("Everything that is wrong is told, with its place", arguments: cases)
    func faults(row: Case) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(row.text, to: "streamtap.yaml")
        let loaded = ConfigurationSources(file: path).load()
        let told = loaded.faults.map(\.description)
        var wanted = row.says.filter { !$0.isEmpty }
        // A word in brackets goes on with the one before it.
        let hints = wanted.filter { $0.hasPrefix("(") }
        wanted.removeAll { $0.hasPrefix("(") }
        #expect(told.count == wanted.count, "\(told)")
        for (fault, words) in zip(told, wanted) {
            let place = words.hasPrefix("error") ? ":" : "\(path):"
            #expect(
                fault.hasPrefix(path) && fault.contains(place == ":" ? words : place + words),
                "\(fault)\nand not \(words)")
        }
        for hint in hints { #expect(told.contains { $0.contains(hint) }, "\(told)") }
    }

    @Test("Who may write it, or read its passwords, is told of")
    func permissions() throws {
        let directory = try TemporaryDirectory()
        let secret = "instances: {door: {plan: a, parameters: {camera: 'rtsp://u:pw1234@10.0.0.5/'}}}"
        for (text, mode, words) in [
            ("log: {}", 0o644, []), ("log: {}", 0o664, ["others may write"]), ("log: {}", 0o646, ["others may write"]),
            (secret, 0o640, []), (secret, 0o644, ["everybody may read"]),
            (
                "instances: {door: {plan: a, parameters: {password: x}}}", 0o666,
                ["others may write", "everybody may read"]
            ),
            ("instances: {door: {plan: a, secrets: {password: front-door}}}", 0o644, []),
        ] {
            let path = try directory.write(text, to: "streamtap.yaml")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let faults = ConfigurationSources(file: path).load().faults
            #expect(faults.count == words.count, "\(faults)")
            #expect(zip(faults, words).allSatisfy { $0.severity == .warning && $0.message.contains($1) }, "\(faults)")
            #expect(!faults.contains { "\($0)".contains("pw1234") })
        }
    }

    @Test("What cannot be read is said")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        let binary = "\(directory.path)/binary.yaml"
        try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: URL(filePath: binary))
        for (path, words) in [
            (directory.path, "Is a directory"), ("/proc/nowhere.yaml", "No such file"),
            (binary, "no UTF-8 text (it seems to be UTF-16)"),
        ] {
            let faults = ConfigurationSources(file: path).load().faults
            #expect(faults.count == 1 && "\(faults)".contains(words) && "\(faults)".contains(path), "\(faults)")
        }
    }

    @Test("A relative path is the file's, and values of instances stay as they are written")
    func values() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(
            """
            plans: {directory: plans}
            media: {directory: /srv/media}
            state: {directory: ../state}
            instances:
              door: {plan: rtsp-h264, parameters: {latency: 08, user: no, camera: "rtsp://a/b"}, secrets: {password: front}}
            """, to: "streamtap.yaml")
        let loaded = ConfigurationSources(file: path).load()
        #expect(loaded.faults.isEmpty, "\(loaded.faults)")
        #expect(loaded.configuration.plansDirectory == "\(directory.path)/plans")
        #expect(loaded.configuration.mediaDirectory == "/srv/media")
        #expect(
            loaded.configuration.stateDirectory == URL(filePath: directory.path).deletingLastPathComponent().path
                + "/state")
        let door = try #require(loaded.instances.first)
        #expect(door.parameters == ["latency": "08", "user": "no", "camera": "rtsp://a/b"])
        #expect(door.secrets == ["password": "front"])
        #expect(door.place == "\(path):5:9")
    }
}
