internal import CGStreamer

/// The library, initialised once in a process.
enum GStreamer {
    /// Loads the registry. Takes no arguments, installs no signal handler, and says nothing that `GST_DEBUG` does not ask for.
    static func initialize() throws(GStreamerError) {
        if let failure = initialization { throw failure }
    }

    private static let initialization: GStreamerError? = {
        // Plugins may be crashing while scanned; the helper process takes the crash.
        gst_registry_fork_set_enabled(1)
        logThroughUs()
        var failure: UnsafeMutablePointer<GError>?
        if gst_init_check(nil, nil, &failure) != 0 {
            RTSPAnswers.register()
            return nil
        }
        defer { g_clear_error(&failure) }
        return GStreamerError(message: failure.map { String(cString: $0.pointee.message) } ?? "GStreamer cannot start")
    }()

    /// What GLib and libraries on it complain of is a line of our log as any other: masked, and not the same over and over.
    private static func logThroughUs() {
        _ = g_log_set_default_handler(
            { domain, level, message, _ in
                guard level.rawValue & GLogLevelFlags.seldom.rawValue != 0, let message else { return }
                Log.write("\(domain.map { String(cString: $0) } ?? "GLib"): \(String(cString: message))")
            }, nil)
    }

    /// For example `1.22.0`.
    static var version: String {
        var (major, minor, micro, nano): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        gst_version(&major, &minor, &micro, &nano)
        return "\(major).\(minor).\(micro)"
    }
}

/// GStreamer could not do what was asked, outside any running pipeline.
struct GStreamerError: Error, Hashable {
    var message: String
}

extension GLogLevelFlags {
    /// Errors, criticals and warnings.
    fileprivate static let seldom = GLogLevelFlags(
        rawValue: G_LOG_LEVEL_ERROR.rawValue | G_LOG_LEVEL_CRITICAL.rawValue | G_LOG_LEVEL_WARNING.rawValue)
}
