internal import CSandbox
internal import Foundation
internal import Glibc
internal import Plans

/// Takes from a worker what its plan does not need, for good: who takes it over by a camera's bytes gains little.
///
/// Threads that were there before keep what they had, so it comes before any is made, and after GStreamer's own start, which runs a
/// program and writes its registry.
enum Sandbox {
    /// The first statement of every worker: costs nothing, and keeps others from reading what it will hold.
    static func begin() {
        tell(sandbox_no_new_privileges(), "privileges cannot be given up")
        tell(sandbox_not_dumpable(), "its memory cannot be closed to others")
    }

    /// - Parameter limitsTCP: connect to the ports of `rules` alone.
    static func enter(_ rules: SandboxRules, limitsTCP: Bool = true) {
        let version = sandbox_landlock_version()
        tell(sandbox_drop_capabilities(), "root's rights cannot be given up")
        // The server has said so of this kernel; nothing is to be done about it.
        if version >= 1 { restrict(rules, version, limitsTCP) }
        if sandbox_has_filters() == 0 { tell(sandbox_filter_calls(), "system calls cannot be forbidden") }
    }

    private static func restrict(_ rules: SandboxRules, _ version: Int32, _ limitsTCP: Bool) {
        let set = sandbox_rules(version, limitsTCP ? 1 : 0)
        guard set >= 0 else { return tell(set, "files cannot be forbidden") }
        defer { close(set) }
        func allow(_ paths: Set<String>, _ access: sandbox_access) {
            // What is not there needs no rule, and what may not be opened is forbidden already.
            for path in paths { _ = sandbox_allow_path(set, version, path, access) }
        }
        allow(rules.readable, SANDBOX_READ)
        allow(rules.usable, SANDBOX_USE)
        allow(rules.changeable, SANDBOX_CHANGE)
        if version >= 4, limitsTCP { for port in rules.ports { _ = sandbox_allow_port(set, port) } }
        tell(sandbox_enforce(set), "files cannot be forbidden")
    }

    private static func tell(_ result: Int32, _ words: String) {
        if result < 0 { Log.write("sandbox: \(words): \(String(cString: strerror(-result)))") }
    }
}
