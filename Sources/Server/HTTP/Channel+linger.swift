import NIOCore

extension Channel {
    /// Closes our side, lets the client read, and closes the rest a second later: closing at once, with its bytes unread,
    /// would reset the connection and could take the answer with it.
    ///
    /// - Precondition: called on the channel's loop; somebody reads on.
    func linger() {
        close(mode: .output, promise: nil)
        eventLoop.scheduleTask(in: .seconds(1)) { self.close(promise: nil) }
    }
}
