import CSandbox

/// What this machine's kernel has to hold workers with, and what this process does for itself.
enum HostSandbox {
    /// Workers run as the same user, and must neither trace this process nor read its memory or environment.
    static func closeMemory() {
        _ = sandbox_no_new_privileges()
        _ = sandbox_not_dumpable()
    }

    /// What is missing, for people, a line each.
    static var missing: [String] {
        let version = sandbox_landlock_version()
        var missing: [String] = []
        if version < 1 {
            missing.append(
                "this kernel has no Landlock, or it is switched off: workers may reach the files and ports that the server may"
            )
        } else if version < 4 {
            missing.append(
                "this kernel's Landlock knows no ports: workers may connect to this server as any program may")
        }
        if sandbox_has_filters() != 0 {
            missing.append("this kernel has no filters for system calls: workers may make all of them")
        }
        return missing
    }
}
