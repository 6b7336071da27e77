import Foundation
import JWTKit
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Keys of signed tokens at an address", .timeLimit(.minutes(2)))
struct KeySetTests {
    @Test(
        "What is an address of keys: https, or this machine",
        arguments: [
            ("https://id.example/jwks.json", "https://id.example/jwks.json"),
            ("https://id.example", "https://id.example/"),
            ("HTTPS://ID.Example:8443/a?b=c", "https://id.example:8443/a?b=c"),
            ("https://[2001:db8::7]/k", "https://[2001:db8::7]/k"),
            ("http://localhost:9000/k", "http://localhost:9000/k"), ("http://127.0.0.1/k", "http://127.0.0.1/k"),
            ("https://id.example?x", "https://id.example/?x"),
            ("http://id.example/k", nil), ("http://10.0.0.7/k", nil), ("ftp://id.example/k", nil), ("https:///k", nil),
            ("https://user@id.example/k", nil), ("https://id.example/a b", nil), ("https://id.example/#x", nil),
            ("https://id.example:0x50/k", nil), ("https://id.example/\r\nX: 1", nil), ("file:///etc/passwd", nil),
        ] as [(String, String?)])
    func addresses(text: String, expected: String?) async {
        #expect(KeySetAddress(text)?.description == expected)
        var outside = OutsideIdentity()
        outside.keys = text
        if expected == nil {
            let rules = outside
            await #expect(throws: ServiceError.self) { _ = try await SignedTokens(rules, AccessBook()) }
        }
    }

    private struct Signer {
        let key = ES256PrivateKey()
        let id: String

        func set() throws -> String {
            let parameters = try #require(key.publicKey.parameters)
            func url(_ text: String) -> String {
                text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            }
            return """
                {"keys":[{"kty":"EC","crv":"P-256","kid":"\(id)","alg":"ES256","x":"\(url(parameters.x))","y":"\(url(parameters.y))"}]}
                """
        }

        func token() async throws -> String {
            let soon = Int(Date().timeIntervalSince1970) + 600
            let claims = #"{"sub":"anna","exp":\#(soon),"role":"operator"}"#
            let payload = try JSONDecoder().decode(SignedClaims.self, from: Data(claims.utf8))
            return try await JWTKeyCollection().add(ecdsa: key, kid: JWKIdentifier(string: id)).sign(
                payload, kid: JWKIdentifier(string: id))
        }
    }

    @Test(
        "They are asked for with the first token, again at once for a key that is new, at most once a minute; what is gone is good no more"
    )
    func rotation() async throws {
        let (one, two) = (Signer(id: "one"), Signer(id: "two"))
        let provider = try await Provider(answer: try one.set())
        let time = Mutex<Int64>(1)
        let book = AccessBook(isLocal: false)
        let tokens = try #require(
            try await SignedTokens(provider.rules("/jwks"), book, authorities: provider.authorities) {
                time.withLock(\.self)
            })
        #expect(provider.requests == 0)
        let identity = try #require(await tokens.identity(verifying: try await one.token()))
        #expect(provider.requests == 1 && identity.rights.role == .operator && book.isGood(identity))
        // Of a set that is known nobody is asked; strangers' tokens cannot have it asked without end.
        _ = await tokens.identity(verifying: try await one.token())
        for _ in 0..<20 { #expect(await tokens.identity(verifying: try await two.token()) == nil) }
        #expect(provider.requests == 1)
        provider.answer = try two.set()
        time.withLock { $0 += SignedTokens.pause }
        let late = try await two.token()
        let identities = await withTaskGroup(of: Identity?.self) { group in
            for _ in 0..<8 { group.addTask { await tokens.identity(verifying: late) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(identities.allSatisfy { $0 != nil } && provider.requests == 2)
        #expect(!book.isGood(identity))
        #expect(await tokens.identity(verifying: try await one.token()) == nil)
        // Where nobody uses it, it is still looked at.
        await tokens.refresh()
        #expect(provider.requests == 2)
        time.withLock { $0 += SignedTokens.age }
        await tokens.refresh()
        #expect(provider.requests == 3)
        // The same set is no news.
        let still = try #require(await tokens.identity(verifying: late))
        #expect(book.isGood(still))
        await provider.stop()
    }

    @Test(
        "Keys of other kinds beside one that signs are passed over (RFC 7517, 5)",
        arguments: [
            #"{"kty":"RSA","alg":"RSA-OAEP-256","use":"enc","kid":"e","n":"AQAB","e":"AQAB"}"#,
            #"{"kty":"oct","k":"c2VjcmV0","alg":"HS256","kid":"h"}"#, #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"X25519","kid":"x","x":"AA"}"#, #"{"kty":"AKP","alg":"ML-DSA-44","kid":"q"}"#,
        ])
    func foreignKinds(other: String) async throws {
        let signer = Signer(id: "one")
        for set in [
            try signer.set().replacing(#"{"keys":["#, with: #"{"keys":[\#(other),"#),
            try signer.set().replacing("]}", with: ",\(other)]}"),
        ] {
            let keys = try await SigningKeys(Array(set.utf8))
            #expect(keys.ids.contains("one"))
            _ = try await keys.keys.verify(try await signer.token(), as: SignedClaims.self)
        }
        await #expect(throws: (any Error).self) { _ = try await SigningKeys(Array(#"{"keys":[]}"#.utf8)) }
    }

    @Test(
        "What is no set changes nothing, and nobody waits for ever",
        arguments: ["", "{}", "404", "302", "long", "silent", "other certificate"])
    func trouble(what: String) async throws {
        let signer = Signer(id: "one")
        let provider = try await Provider(answer: try signer.set())
        let time = Mutex<Int64>(1)
        let book = AccessBook(isLocal: false)
        let authorities = what == "other certificate" ? try await Provider.strangers() : provider.authorities
        let tokens = try #require(
            try await SignedTokens(provider.rules("/jwks"), book, authorities: authorities) { time.withLock(\.self) })
        let token = try await signer.token()
        if what == "other certificate" {
            #expect(await tokens.identity(verifying: token) == nil)
            return await provider.stop()
        }
        let identity = try #require(await tokens.identity(verifying: token))
        provider.answer = what
        time.withLock { $0 += SignedTokens.age }
        let asked = ContinuousClock.now
        await tokens.refresh()
        #expect(provider.requests == 2 && ContinuousClock.now - asked < .seconds(15))
        #expect(book.isGood(identity))
        provider.answer = try signer.set()
        time.withLock { $0 += SignedTokens.pause }
        await tokens.refresh()
        #expect(provider.requests == 3 && book.isGood(identity))
        await provider.stop()
    }
}

/// An identity provider's key set over TLS, for the name `localhost`.
private final class Provider: Sendable {
    private let channel: any Channel
    private let state: State
    let authorities: [NIOSSLCertificate]

    /// Between the provider's connections and a test.
    private final class State: Sendable {
        let requests = Mutex(0)
        let answer: Mutex<String>

        init(_ answer: String) { self.answer = Mutex(answer) }
    }

    /// What is answered: a set, a status, `long`, or `silent`.
    var answer: String {
        get { state.answer.withLock(\.self) }
        set { state.answer.withLock { $0 = newValue } }
    }
    var requests: Int { state.requests.withLock(\.self) }

    func rules(_ path: String) -> OutsideIdentity {
        var rules = OutsideIdentity()
        rules.keys = "https://localhost:\(channel.localAddress?.port ?? 0)\(path)"
        return rules
    }

    init(answer: String) async throws {
        let certificate = try await TestCertificate()
        let state = State(answer)
        self.state = state
        authorities = try NIOSSLCertificate.fromPEMFile(certificate.certificate)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: authorities.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem)))
        let context = try NIOSSLContext(configuration: configuration)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Answering(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async { try? await channel.close() }

    /// Whose certificates have signed nothing here.
    static func strangers() async throws -> [NIOSSLCertificate] {
        try NIOSSLCertificate.fromPEMFile(try await TestCertificate().certificate)
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let state: State

        init(_ state: State) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = Self.unwrapInboundIn(data) else { return }
            state.requests.withLock { $0 += 1 }
            let answer = state.answer.withLock(\.self)
            guard answer != "silent" else { return }
            var head = HTTPResponseHead(version: .http1_1, status: .ok)
            if let status = Int(answer) { head.status = HTTPResponseStatus(statusCode: status) }
            head.headers.add(name: "Location", value: "https://evil.example/")
            let body = answer == "long" ? String(repeating: " ", count: KeySetRequest.longest + 1) + "{}" : answer
            head.headers.add(name: "Content-Length", value: "\(body.utf8.count)")
            context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
            context.write(Self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
            context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
