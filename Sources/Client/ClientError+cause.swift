import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension ClientError {
    /// What a person reads of what went wrong on the way to an answer.
    init(_ cause: any Error, at address: ServerAddress, within limit: Duration) {
        switch cause {
        case let error as ClientError: self = error
        case let error as IOError: self = Self.system(error.errnoCode, address)
        case let error as NIOConnectionError: self = Self.connection(error, address)
        case let error as HTTPClientError where Self.isLate(error):
            self = .late("\(address) gave no answer within \(limit / .seconds(1)) s; --timeout waits longer")
        case HTTPParserError.invalidEOFState: self = Self.system(EPIPE, address)
        case is HTTPParserError: self = .incomprehensible("\(address) answers, but not in HTTP")
        case is NIOTooManyBytesError:
            self = .incomprehensible("\(address) answers with more than belongs in one answer")
        case let error as HTTPClientError where error == .remoteConnectionClosed || error == .uncleanShutdown:
            self = .incomprehensible("\(address) closed the connection before its answer was whole")
        case is CancellationError: self = .late("\(address): the question was called off")
        default: self = Self.security(cause, address) ?? .unreachable("\(address) cannot be asked: \(cause)")
        }
    }

    private static func isLate(_ error: HTTPClientError) -> Bool {
        [
            .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
            .tlsHandshakeTimeout, .cancelled,
        ].contains(error)
    }

    private static func system(_ code: CInt, _ address: ServerAddress) -> ClientError {
        switch (code, address.place) {
        case (ECONNREFUSED, _), (ENOENT, .unix):
            .unreachable("nobody listens at \(address); does the server run? --server says where it is")
        case (EACCES, .unix), (EPERM, .unix):
            .unreachable("\(address) may not be opened by you; the socket's group may (--socket-mode of the server)")
        case (ECONNRESET, _), (EPIPE, _):
            .incomprehensible("\(address) closed the connection before its answer was whole")
        default: .unreachable("\(address) cannot be reached: \(String(cString: strerror(code)))")
        }
    }

    private static func connection(_ error: NIOConnectionError, _ address: ServerAddress) -> ClientError {
        if let first = error.connectionErrors.first?.error as? IOError { return system(first.errnoCode, address) }
        if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
            return .unreachable("there is no machine '\(error.host)'; --server says where the server is")
        }
        return .late("\(address) does not take a connection")
    }

    /// Nil: it has nothing to do with TLS.
    private static func security(_ cause: any Error, _ address: ServerAddress) -> ClientError? {
        let words = String(describing: cause)
        if words.contains("CERTIFICATE_VERIFY_FAILED") {
            return .untrusted(
                "the certificate of \(address) is vouched for by nobody whom this machine trusts, or is out of date; --ca FILE "
                    + "trusts those of a file")
        }
        if case let error as NIOSSLExtraError = cause, error == .failedToValidateHostname {
            return .untrusted(
                "the certificate of \(address) is another name's; --server wants a name that stands in the certificate")
        }
        if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
            return .untrusted("\(address) speaks no TLS; is its address http://… ?")
        }
        guard cause is NIOSSLError || cause is NIOSSLExtraError || cause is BoringSSLError || words.contains("SSL")
        else {
            return nil
        }
        return .untrusted("no TLS with \(address): \(words)")
    }
}
