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
        var failure: UnsafeMutablePointer<GError>?
        if gst_init_check(nil, nil, &failure) != 0 { return nil }
        defer { g_clear_error(&failure) }
        return GStreamerError(message: failure.map { String(cString: $0.pointee.message) } ?? "GStreamer cannot start")
    }()

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
