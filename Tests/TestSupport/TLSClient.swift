public import NIOCore
import NIOSSL

/// TLS as a client has it that takes any certificate.
public enum TLSClient {
    private static let context = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    /// Puts TLS before what follows in a connection.
    ///
    /// - Precondition: called on the channel's loop.
    public static func add(to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: try context.get(), serverHostname: nil))
    }
}
