import Foundation
import NIOCore

extension AccessBook {
    /// Closes a connection whose answer goes on for long once what it was given for is no longer true.
    ///
    /// - Parameter until: when it ends in any case.
    func hold(_ channel: any Channel, for caller: Caller, until: Date? = nil) async throws {
        guard let identity = caller.identity else { throw ServiceError.unauthenticated }
        let lease = lease(identity, until: until) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in self.giveBack(lease) }
    }
}
