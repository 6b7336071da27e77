import Logging

/// Who has had what done to instances.
extension InstanceManager {
    /// Tells the events, and the log, of what somebody has asked for and got.
    func note(_ kind: LoggedEvent.Kind, _ id: String, _ message: String? = nil, from origin: RequestOrigin? = nil) {
        let name = Initiator.name ?? origin?.initiator
        memory.log.append(LoggedEvent(kind, of: id, message: message, by: name))
        var metadata: Logger.Metadata = ["instance": "\(id)"]
        if let name { metadata["by"] = "\(name)" }
        logger.info("\(kind.rawValue)\(message.map { ": \($0)" } ?? "")", metadata: metadata)
    }
}

extension RequestOrigin {
    /// Who that is, where nobody else is known to ask.
    fileprivate var initiator: String? {
        switch self {
        case .api: nil
        case .commandLine: Initiator.commandLine
        case .declared: Initiator.configuration
        }
    }
}
