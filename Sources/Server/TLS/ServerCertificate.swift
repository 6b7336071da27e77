import Foundation
import Logging
import NIOCertificateReloading
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// What this server shows that it is, read anew as the files change: a renewed certificate takes the old one's place with the
/// next connection.
final class ServerCertificate: Service {
    /// Each connection takes what is newest from it.
    let context: NIOSSLContext
    private let reloader: TimedCertificateReloader

    /// - Parameters:
    ///   - certificate: file of the server's own certificate and of those that it stands on, PEM.
    ///   - key: file of its key, PEM.
    ///   - interval: between two looks.
    /// - Throws: `ServiceError` with words for people.
    init(certificate: String, key: String, every interval: Duration = .seconds(10), logger: Logger) throws(ServiceError)
    {
        let (certificate, key) = (
            PEMFile(path: certificate, purpose: "TLS certificate"), PEMFile(path: key, purpose: "TLS key")
        )
        if key.isOpenToAll { logger.warning("everybody on this machine may read the TLS key \(key.path)") }
        let journal = ReloadJournal(logger: logger, certificate: certificate.path, key: key.path)
        let reloader = TimedCertificateReloader(
            configuration: TimedCertificateReloader.Configuration(
                refreshInterval: interval,
                certificateSource: .init(
                    location: .memory { try Array(certificate.certificates().utf8) }, format: .pem),
                privateKeySource: .init(location: .memory { try Array(key.key().utf8) }, format: .pem)
            ) {
                $0.onCertificateLoaded = {
                    journal.loaded($0.currentCertificateChain, instead: $0.previousCertificateChain)
                }
                $0.onCertificateLoadFailed = { journal.failed($0.error) }
            })
        do {
            try reloader.reload()
            var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // A peer that does not answer the farewell is not waited for: what was to be said has been said.
            configuration.shutdownTimeout = .seconds(1)
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw journal.explanation(of: error)
        }
        self.reloader = reloader
        journal.begin()
    }

    func run() async throws { try await reloader.run() }
}

/// Tells of renewals, and of files that cannot be used, once each.
private final class ReloadJournal: Sendable {
    private struct State {
        var isRunning = false
        /// Files are written one after the other: what is wrong once may be half of a renewal.
        var trouble: String?
        var isTold = false
    }

    private let logger: Logger
    private let certificate: String
    private let key: String
    private let state = Mutex(State())

    init(logger: Logger, certificate: String, key: String) {
        (self.logger, self.certificate, self.key) = (logger, certificate, key)
    }

    /// From now on there is something to fall back on.
    func begin() { state.withLock { $0.isRunning = true } }

    func loaded(_ chain: [NIOSSLCertificateSource], instead old: [NIOSSLCertificateSource]?) {
        let wasRunning = state.withLock { state in
            (state.trouble, state.isTold) = (nil, false)
            return state.isRunning
        }
        guard chain != old, case .certificate(let own)? = chain.first else { return }
        let end = Date(timeIntervalSince1970: TimeInterval(own.notValidAfter))
        let until = end.formatted(.iso8601)
        if end < Date() {
            logger.warning("the TLS certificate \(certificate) is over since \(until): clients will refuse it")
        } else if wasRunning {
            logger.info("the TLS certificate \(certificate) was renewed, until \(until)")
        }
    }

    func failed(_ error: any Error) {
        let message = explanation(of: error).message
        let isNews = state.withLock { state in
            let isSame = state.trouble == message
            if !isSame { (state.trouble, state.isTold) = (message, false) }
            guard state.isRunning, isSame, !state.isTold else { return false }
            state.isTold = true
            return true
        }
        if isNews { logger.warning("\(message); the TLS certificate from before stays in use") }
    }

    func explanation(of error: any Error) -> ServiceError {
        switch error {
        case let error as ServiceError: error
        case let error as TimedCertificateReloader.Error where error == .publicKeyMismatch:
            .configuration("the TLS key \(key) is not that of the certificate \(certificate)")
        default:
            .configuration("the TLS certificate \(certificate) and key \(key) cannot be understood: \(error)")
        }
    }
}
