import ArgumentParser
import Client
import Foundation
import Server

/// Which server is asked, and as whom.
struct ServerChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the server is: http://HOST:PORT, https://HOST/PATH or unix:/SOCKET. Otherwise STREAMTAP_SERVER, otherwise "
                + "what this machine's configuration says.", valueName: "url"),
        completion: .list(["http://127.0.0.1:8277", "https://", "unix:/"]))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "A file whose first line is a token. Otherwise STREAMTAP_TOKEN, otherwise who has signed in with 'streamtap ctl "
                + "login'.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A file of certificates, PEM, that are trusted instead of the system's. Otherwise STREAMTAP_CA.",
            valueName: "file"), completion: .file())
    var ca: String?

    @Option(help: ArgumentHelp("An answer is waited for so long, 0.1 to 600.", valueName: "seconds"))
    var timeout = 10.0

    func validate() throws {
        guard (0.1...600).contains(timeout) else { throw ValidationError("a timeout is a number from 0.1 to 600") }
        if server != nil { _ = try address() }
    }

    /// - Throws: `ValidationError` for what is no address.
    func address(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws -> ServerAddress {
        guard let text = server ?? environment["STREAMTAP_SERVER"], !text.isEmpty else {
            return .configured(environment)
        }
        do {
            return try ServerAddress(text)
        } catch {
            throw ValidationError("\(server == nil ? "STREAMTAP_SERVER" : "--server"): \(error)")
        }
    }

    /// Runs `body` with a client of the server, known as whoever asks.
    ///
    /// - Throws: `ExitCode` after what went wrong has been told, and what else `body` throws.
    func ask<T>(_ body: (ServerClient) async throws -> T) async throws -> T {
        let environment = ProcessInfo.processInfo.environment
        let address = try address(environment)
        let identity = try identity(at: address, environment)
        if !address.isPrivate, identity != .nobody {
            StandardError.write(
                "Without TLS what says who you are can be read by whoever is between here and \(address).\n")
        }
        return try await ask(at: address, as: identity, body)
    }

    /// The same, as somebody who is known already.
    func ask<T>(
        at address: ServerAddress, as identity: ClientIdentity, _ body: (ServerClient) async throws -> T
    ) async throws -> T {
        let authorities = ca ?? ProcessInfo.processInfo.environment["STREAMTAP_CA"]
        let settings = ServerClient.Settings(
            address: address, identity: identity, authorities: authorities, timeout: .seconds(timeout))
        do {
            return try await ServerClient.with(settings, body)
        } catch let error as ClientError {
            throw error.told()
        }
    }

    /// - Throws: `Complaint` for a token or a session that cannot be read.
    func identity(at address: ServerAddress, _ environment: [String: String]) throws -> ClientIdentity {
        if let tokenFile {
            guard let file = FileHandle(forReadingAtPath: tokenFile), let data = try? file.read(upToCount: 65_536),
                let line = String(data: data, encoding: .utf8)?.split(whereSeparator: \.isNewline).first
            else { throw Complaint("\(tokenFile) holds no token that can be read; its first line is the token") }
            return try .token(named: tokenFile, line.trimmingCharacters(in: .whitespaces))
        }
        if let token = environment["STREAMTAP_TOKEN"], !token.isEmpty {
            return try .token(named: "STREAMTAP_TOKEN", token)
        }
        do {
            guard let session = try SessionFile(environment: environment)?.session(at: address) else { return .nobody }
            return .session(cookie: session.cookie)
        } catch {
            throw Complaint(error.description)
        }
    }
}

extension ClientIdentity {
    /// RFC 6750, 2.1: what stands in a header.
    fileprivate static func token(named place: String, _ text: String) throws -> ClientIdentity {
        guard text.wholeMatch(of: /[A-Za-z0-9._~+\/=-]+/) != nil else { throw Complaint("\(place) holds no token") }
        return .token(text)
    }
}

extension ServerAddress {
    /// Where a server of this machine listens that is started without flags.
    fileprivate static func configured(_ environment: [String: String]) -> ServerAddress {
        let file = ConfigurationSources.file(named: nil, environment: environment, readsStandard: true)
        let configuration = ConfigurationSources(environment: environment, file: file).load().configuration
        return configuration.doors.compactMap { try? ServerAddress($0) }.first ?? .standard
    }
}
