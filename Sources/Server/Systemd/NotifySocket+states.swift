import WorkerLink

/// What systemd makes of a unit of `Type=notify` or `Type=notify-reload`.
extension NotifySocket {
    /// The start, or a reload, is over. Tried again for a while: a unit that is not ready is taken for one that failed.
    ///
    /// - Parameter status: what `systemctl status` shows.
    func ready(_ status: String) async {
        for _ in 1...50 {
            if send(["READY=1", "STATUS=\(status)"]) { return }
            guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return }
        }
    }

    /// `ready` follows.
    func reloading() {
        // By the time systemd tells whether it is the answer to what it has asked for.
        send(["RELOADING=1", "MONOTONIC_USEC=\(MonotonicClock.now() / 1000)", "STATUS=reading the configuration"])
    }

    /// The end has begun.
    func stopping() { send(["STOPPING=1", "STATUS=stopping"]) }
}
