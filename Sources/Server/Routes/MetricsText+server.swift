import WorkerLink

/// What `/metrics` says of the server itself.
struct ServerNumbers {
    var connections = 0
    var viewers = 0
    var watchers = 0
    var unsentBytes = 0
    var loopLag = DurationHistogram(.work)
    var process: ProcessNumbers?
    var openDescriptors = 0
    var lostLogLines = 0
    /// Nil: nothing is to be kept.
    var isKept: Bool?
}

extension MetricsText {
    mutating func write(_ server: ServerNumbers) {
        family("connections", .gauge, "Open connections.", [([], Double(server.connections))])
        family("viewers", .gauge, "Connections that watch.", [([], Double(server.viewers))])
        family(
            "watchers", .gauge, "Sockets and answers that the server's state is pushed to.",
            [([], Double(server.watchers))])
        family(
            "unsent_bytes", .gauge, "Messages that viewers' sockets have begun to take and not finished.",
            [([], Double(server.unsentBytes))])
        histograms(
            "loop_lag_seconds", "How late event loops come to what is due.", [([], server.loopLag)])
        family(
            "server_resident_memory_bytes", .gauge, "Memory of the server.",
            server.process.map { [([], Double($0.residentBytes))] } ?? [])
        family(
            "server_cpu_seconds_total", .counter, "Processor time of the server.",
            server.process.map { [([], $0.cpuSeconds.rounded(decimals: 2))] } ?? [])
        family(
            "server_open_descriptors", .gauge, "Descriptors that the server has open.",
            [([], Double(server.openDescriptors))])
        family(
            "log_lines_lost_total", .counter, "Lines that the log's reader did not take.",
            [([], Double(server.lostLogLines))])
        family(
            "state_kept", .gauge, "1 while what the server is told is kept over a restart, 0 while it is refused.",
            server.isKept.map { [([], $0 ? 1 : 0)] } ?? [])
    }
}
