import Foundation
import Plans
import TestSupport
import Testing

@testable import Server

@Suite("Stored secrets")
struct SecretStoreTests {
    private static let plan = """
        ---
        parameters:
          camera: {type: string, format: uri, default: "rtsp://10.0.0.5/a"}
          password: {type: string, format: secret, secret: front-door}
          plain: {type: string, default: x}
        ---
        rtspsrc location=${camera} user-pw=${password} user-id=${plain} ! streamtap
        """

    private func withDirectory(_ files: [String: Data], _ body: (String) throws -> Void) throws {
        let directory = try TemporaryDirectory().url
        for (name, data) in files { try data.write(to: directory.appending(path: name)) }
        try body(directory.path())
    }

    private func read(_ name: String, _ store: SecretStore) throws -> String { try store.value(of: name) }

    @Test("A pipe that nobody writes into is no secret, and keeps nobody waiting", .timeLimit(.minutes(1)))
    func pipe() throws {
        try withDirectory([:]) { (directory: String) throws in
            #expect(mkfifo("\(directory)/pipe", 0o600) == 0)
            #expect(throws: (any Error).self) { try SecretStore(directory: directory).value(of: "pipe") }
        }
    }

    @Test("From the directory, else from the environment, by name")
    func found() throws {
        try withDirectory(["front-door": Data("p@ss word\n".utf8), "crlf": Data("a\r\n".utf8)]) {
            (directory: String) throws in
            let environment = ["STREAMTAP_SECRET_FRONT_DOOR": "other", "STREAMTAP_SECRET_BACK": "b", "HOME": "/"]
            let store = SecretStore(directory: directory, environment: environment)
            #expect(try read("front-door", store) == "p@ss word")
            #expect(try read("crlf", store) == "a")
            #expect(try read("back", store) == "b")
            let systemd = SecretStore(environment: ["CREDENTIALS_DIRECTORY": directory])
            #expect(try read("front-door", systemd) == "p@ss word")
            #expect(try read("front-door", SecretStore(environment: environment)) == "other")
        }
    }

    @Test(
        "Among systemd's credentials, under its own name and that of a whole directory, where the operator's own has it not"
    )
    func credentials() throws {
        try withDirectory(["front-door": Data("own\n".utf8)]) { (own: String) throws in
            let files = [
                "front-door": Data("alone\n".utf8), "back": Data("alone\n".utf8), "secrets_back": Data("of all\n".utf8),
                "secrets_yard": Data("of all\n".utf8),
            ]
            try withDirectory(files) { (credentials: String) throws in
                let environment = ["CREDENTIALS_DIRECTORY": credentials, "STREAMTAP_SECRET_YARD": "other"]
                let both = SecretStore(directory: own, environment: environment)
                #expect(try read("front-door", both) == "own")
                #expect(try read("back", both) == "alone")
                #expect(try read("yard", both) == "of all")
                #expect(try read("front-door", SecretStore(environment: environment)) == "alone")
                let nowhere = SecretStore(environment: ["CREDENTIALS_DIRECTORY": "", "STREAMTAP_SECRET_YARD": "other"])
                #expect(try read("yard", nowhere) == "other")
            }
        }
    }

    @Test(
        "What is no secret, and what no name",
        arguments: ["home", "../back", "Back", "", "a/b", "long", "empty", "nul", "bytes"])
    func missing(_ name: String) throws {
        let files = [
            "long": Data(repeating: 0x61, count: 4097), "empty": Data(), "nul": Data("a\0b".utf8),
            "bytes": Data([0xFF, 0xFE]),
        ]
        try withDirectory(files) { (directory: String) throws in
            let store = SecretStore(directory: directory, environment: ["HOME": "/", "STREAMTAP_SECRET_BACK": "b"])
            #expect(throws: SecretStore.Problem.self) { try read(name, store) }
        }
    }

    private func values(
        _ named: [String: String] = [:], given: Set<String> = [], received: Set<String> = []
    ) throws -> [String] {
        let store = SecretStore(environment: ["STREAMTAP_SECRET_FRONT_DOOR": "one", "STREAMTAP_SECRET_SIDE": "two"])
        do throws(PlanError) {
            return try store.values(
                for: Plan(parsing: Self.plan), named: named, given: given, received: received
            ).map { "\($0.key)=\($0.value.text)" }
        } catch {
            return error.diagnostics.map { "\($0.line):\($0.column) \($0.code)" }
        }
    }

    @Test("The plan's own secret stands for a missing value, a named one before it")
    func plans() throws {
        #expect(try values() == ["password=one"])
        #expect(try values(["password": "side"]) == ["password=two"])
        #expect(try values(given: ["password"]) == [])
        #expect(try values(["password": "nobody"]) == ["4:3 unknown_secret"])
        #expect(try values(["plain": "side"]).contains("5:3 parameter_format"))
        #expect(try values(["passwort": "side"]).contains("1:1 unknown_parameter"))
    }

    @Test("No stored secret goes to an address that came over the API")
    func received() throws {
        #expect(try values(given: ["camera"], received: ["camera"]) == ["4:3 secret_not_allowed"])
        #expect(try values(given: ["plain"], received: ["plain"]) == ["password=one"])
        // The value itself may go with it: whoever sends it knows it.
        #expect(try values(given: ["camera", "password"], received: ["camera", "password"]) == [])
    }

    @Test("A request names a secret as a JSON object")
    func json() throws {
        let body = Data(#"{"plan":"cam","parameters":{"password":{"secret":"front-door"},"latency":5}}"#.utf8)
        let request = try JSONDecoder().decode(InstanceRequest.self, from: body)
        #expect(request.secrets == ["password": "front-door"])
        #expect(request.parameters == ["latency": .integer(5)])
        #expect(try JSONDecoder().decode(InstanceRequest.self, from: JSONEncoder().encode(request)) == request)
        for body in [#"{"parameters":{"a":{}}}"#, #"{"parameters":{"a":{"secret":5}}}"#, #"{"parameters":{"a":[1]}}"#] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(InstanceRequest.self, from: Data(body.utf8))
            }
        }
    }

    @Test("A plan's default secret is shown to nobody, in sound plans and broken ones")
    func shown() throws {
        for text in [
            "---\nparameters: {p: {type: string, format: secret, default: hunter22}}\n---\nrtspsrc user-pw=${p} ! streamtap",
            "---\nparameters: {p: {type: string, format: secret, default: 'hunter22'}}\n---\nvideotestsrc ! ! user-pw=${p}",
            "---\nparameters: {p: {type: string, format: secret, default: hunter22}\n---\nvideotestsrc ! streamtap",
            "---\nparameters:\n  p: {type: sting, format: secret, default: \"hunter22\"}\n---\nvideotestsrc ! streamtap",
        ] {
            #expect(!Redaction(planText: text).shownPlanText(text).contains("hunter"), "\(text)")
        }
    }
}
