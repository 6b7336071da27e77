import Foundation
import JWTKit
import Logging
import NIOSSL
import Synchronization
import WorkerLink

/// Tokens that somebody else has signed. What was found true stays known until it is over, so that who asks again is known without a wait.
final class SignedTokens: Sendable {
    private enum Place {
        case file(String)
        case address(KeySetRequest)
    }

    private struct State {
        var keys = SigningKeys()
        /// Of a file.
        var modified: Date?
        /// Of an address: when it was asked last, CLOCK_MONOTONIC, nanoseconds; and the answer that is awaited.
        var asked: Int64?
        var asking: Task<Void, Never>?
        var isTroubled = false
    }

    private static let limit = 10_000
    /// An address is asked no more often, whatever tokens say: nanoseconds.
    static let pause: Int64 = 60_000_000_000
    /// And once in so long in any case: what its owner has taken back is good no more.
    static let age: Int64 = 300_000_000_000

    private let rules: OutsideIdentity
    private let book: AccessBook
    private let place: Place
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())
    private let known = Mutex<[OpaqueSecret.Digest: Identity]>([:])

    /// Nil: no such tokens are taken.
    ///
    /// The keys of an address are not waited for: whoever gives them may start at the same time as this server, and for the same reason.
    /// - Parameters:
    ///   - authorities: whose certificates an address may show; nil: those that this machine believes.
    ///   - now: CLOCK_MONOTONIC, nanoseconds.
    /// - Throws: `ServiceError` `configuration` when the keys of a file cannot be read, or the address is none.
    init?(
        _ rules: OutsideIdentity, _ book: AccessBook,
        logger: Logger = Logger(label: "streamtap.keys", factory: { _ in SwiftLogNoOpLogHandler() }),
        authorities: [NIOSSLCertificate]? = nil, now: @escaping @Sendable () -> Int64 = { MonotonicClock.now() }
    ) async throws(ServiceError) {
        guard let keys = rules.keys else { return nil }
        (self.rules, self.book, self.logger, self.now) = (rules, book, logger, now)
        if KeySetAddress.isOne(keys) {
            guard let address = KeySetAddress(keys) else {
                throw .configuration(
                    "\(keys) is no address of keys: one is https://NAME/PATH, or http:// at this machine")
            }
            place = .address(KeySetRequest(address: address, authorities: authorities))
            return
        }
        place = .file(keys)
        do {
            let modified = Self.modified(keys)
            let read = try await Self.keys(at: keys)
            state.withLock { ($0.keys, $0.modified) = (read, modified) }
        } catch {
            throw .configuration("\(keys) holds no JSON Web Key Set that can be read: \(error)")
        }
    }

    /// Whether a text has the form of one (RFC 7515, 7.1).
    static func isOne(_ text: String) -> Bool {
        text.utf8.count <= 8192 && !text.hasPrefix(TokenRecord.prefix) && text.split(separator: ".").count == 3
    }

    /// Of one that was found true before.
    func identity(known token: String) -> Identity? {
        let digest = OpaqueSecret.Digest(of: token)
        return known.withLock { known in
            guard let identity = known[digest], book.isGood(identity) else {
                known[digest] = nil
                return nil
            }
            return identity
        }
    }

    /// - Returns: nil: nobody whose keys these are has signed it, or it lets nobody in.
    func identity(verifying token: String) async -> Identity? {
        if let known = identity(known: token) { return known }
        // Whoever signs takes a new key from time to time, and need not say so before it is used.
        if case .address(let request) = place, !state.withLock({ $0.keys.mayHaveSigned(token) }) {
            await ask(request, after: Self.pause)?.value
        }
        // In this order: what is verified with keys that are exchanged meanwhile belongs to the generation before.
        let generation = book.signedGeneration
        let keys = state.withLock(\.keys)
        guard let claims = try? await keys.keys.verify(token, as: SignedClaims.self),
            let identity = claims.identity(rules, generation: generation, at: Date())
        else { return nil }
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[OpaqueSecret.Digest(of: token)] = identity
        }
        return identity
    }

    /// Takes the keys as they are now: whoever signs takes new ones from time to time. What one has signed that is gone is good
    /// no more. Where they cannot be read, those stay that there were.
    func refresh() async {
        switch place {
        case .file(let path):
            let modified = Self.modified(path)
            guard modified != state.withLock(\.modified), let fresh = try? await Self.keys(at: path) else { return }
            state.withLock { $0.modified = modified }
            take(fresh)
        case .address(let request):
            // One that could not be had is wanted sooner.
            let pause = state.withLock { $0.keys.text.isEmpty || $0.isTroubled } ? Self.pause : Self.age
            guard let asking = ask(request, after: pause) else { return }
            // A server that stops waits for nobody.
            await withTaskCancellationHandler {
                await asking.value
            } onCancel: {
                asking.cancel()
            }
        }
    }

    private func take(_ fresh: SigningKeys) {
        let isOther = state.withLock { state in
            defer { state.keys = fresh }
            return state.keys.text != fresh.text
        }
        guard isOther else { return }
        book.forgetSigned()
        known.withLock { $0 = [:] }
    }

    /// Asks an address, unless it was asked a moment ago; whoever comes meanwhile waits for the same answer.
    private func ask(_ request: KeySetRequest, after pause: Int64) -> Task<Void, Never>? {
        state.withLock { state in
            if let asking = state.asking { return asking }
            if let asked = state.asked, now() - asked < pause { return nil }
            state.asked = now()
            let asking = Task { await self.take(answerOf: request) }
            state.asking = asking
            return asking
        }
    }

    private func take(answerOf request: KeySetRequest) async {
        do {
            take(try await SigningKeys(try await request.answer()))
            let wasTroubled = state.withLock { state in
                defer { (state.isTroubled, state.asking) = (false, nil) }
                return state.isTroubled
            }
            if wasTroubled { logger.notice("the keys of signed tokens are there again: \(request.address)") }
        } catch {
            state.withLock { ($0.isTroubled, $0.asking) = (true, nil) }
            guard !Task.isCancelled else { return }
            logger.warning(
                "the keys of signed tokens cannot be had, so they stay as they were: \(request.address): \(error)")
        }
    }

    private static func keys(at path: String) async throws -> SigningKeys {
        try await SigningKeys([UInt8](Data(contentsOf: URL(filePath: path))))
    }

    private static func modified(_ path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
