/// What ends the start of a server that is to remember.
extension ServiceError {
    static func stateTaken(_ directory: String, process: Int?) -> Self {
        let who = process.map { "process \($0)" } ?? "another process"
        return Self(
            .configuration,
            "another StreamTap, \(who), keeps its state in \(directory); --state DIR gives this one a directory of its own, "
                + "--no-state lets it remember nothing")
    }
    static func stateIsNewer(_ path: String) -> Self {
        Self(
            .configuration,
            "a newer StreamTap has written \(path), and this one cannot read it: install that version again, or put a copy from "
                + "before it in its place; --state DIR names another directory")
    }
    static func invalidInstant(_ text: String) -> Self {
        Self(
            .parameterInvalid,
            "since is the id of an event, or an instant such as 2026-01-01T12:00:00Z, and not '\(text.prefix(80))'")
    }
}
