internal import CGStreamer
internal import Glibc
internal import Synchronization
internal import WorkerLink

/// Keeps a plan's passwords from hosts that an HTTP camera sends its clients to: they are for the host that the plan names
/// (RFC 9110 15.4). `souphttpsrc` 1.22 answers whoever asks for one.
///
/// It is asked by a signal of libsoup's messages, which is heard here first. libsoup is no library of this program's, but one of the two
/// that GStreamer loads with that element, so its functions are looked up once it is there.
final class HTTPCredentials: Sendable {
    /// Of one process, which runs one plan.
    private struct State {
        /// Addresses that the plan names, of sources with a password.
        var own: Set<String> = []
        var rules = SourceRules()
        var isKept = false
    }
    private static let state = Mutex(State())
    /// Asked of libsoup once, by the first element that needs it; whoever comes meanwhile waits for that answer.
    private static let isHeard = Library.hear()

    /// A password was asked for by a host that it is not for.
    static var wereKept: Bool { state.withLock { $0.isKept } }

    static func install(on pipeline: UnsafeMutablePointer<GstElement>, rules: SourceRules) {
        ElementWatch.install(on: pipeline) { element in
            guard element.factoryName == "souphttpsrc", let pad = element.pad(named: "src") else { return }
            pad.probe(.events) { info in
                // Comes before the first request, when all is set.
                if info.event?.pointee.type == GST_EVENT_STREAM_START {
                    gst_object_ref(info.pad)
                    guardPassword(at: ElementPad(owning: info.pad), rules)
                }
                return .pass
            }
        }
    }

    private static func guardPassword(at pad: ElementPad, _ rules: SourceRules) {
        guard let element = pad.parent, let address = element.text("location"),
            element.text("user-id")?.isEmpty == false
        else { return }
        state.withLock { state in
            state.own.insert(address)
            state.rules = rules
        }
        // Where nobody hears who asks, nobody is sent anywhere: each element, not the first alone.
        if !isHeard { element.set("automatic-redirect", false) }
    }

    /// Whether it may be told the password.
    fileprivate static func admits(_ address: String) -> Bool {
        let (own, rules) = state.withLock { ($0.own, $0.rules) }
        if own.isEmpty || own.contains(where: { rules.isSameHost(address, $0) }) { return true }
        state.withLock { $0.isKept = true }
        Log.write("the camera sends its clients to \(address), which is another host and is not told the password")
        return false
    }
}

/// libsoup 3, where GStreamer has loaded it.
private enum Library {
    private typealias TypeOf = @convention(c) () -> GType
    private typealias URIOf = @convention(c) (UnsafeMutableRawPointer) -> OpaquePointer?
    private typealias IsForProxy = @convention(c) (UnsafeMutableRawPointer) -> gboolean
    private typealias Cancel = @convention(c) (UnsafeMutableRawPointer) -> Void

    private struct Functions: Sendable {
        let type: TypeOf
        let uri: URIOf
        let isForProxy: IsForProxy
        let cancel: Cancel
    }

    private static let functions: Functions? = {
        guard let library = dlopen("libsoup-3.0.so.0", RTLD_NOW | RTLD_NOLOAD),
            let type = dlsym(library, "soup_message_get_type"), let uri = dlsym(library, "soup_message_get_uri"),
            let isForProxy = dlsym(library, "soup_auth_is_for_proxy"), let cancel = dlsym(library, "soup_auth_cancel")
        else { return nil }
        return Functions(
            type: unsafeBitCast(type, to: TypeOf.self), uri: unsafeBitCast(uri, to: URIOf.self),
            isForProxy: unsafeBitCast(isForProxy, to: IsForProxy.self),
            cancel: unsafeBitCast(cancel, to: Cancel.self))
    }()

    /// Hears each question for a password before whoever knows one does.
    ///
    /// - Returns: false where that cannot be.
    static func hear() -> Bool {
        guard let functions else { return false }
        let type = functions.type()
        // Signals are there once the class is.
        guard g_type_class_ref(type) != nil else { return false }
        let signal = g_signal_lookup("authenticate", type)
        guard signal != 0 else { return false }
        let asked: GSignalEmissionHook = { _, count, values, _ in
            if count >= 2, let values { Library.asked(values) }
            return 1
        }
        return g_signal_add_emission_hook(signal, 0, asked, nil, nil) != 0
    }

    private static func asked(_ values: UnsafePointer<GValue>) {
        guard let functions, let message = g_value_get_object(values), let auth = g_value_get_object(values + 1),
            functions.isForProxy(auth) == 0, let uri = functions.uri(message),
            let scheme = g_uri_get_scheme(uri), let host = g_uri_get_host(uri)
        else { return }
        let name = String(cString: host)
        let address = "\(String(cString: scheme))://\(name.contains(":") ? "[\(name)]" : name)/"
        // What has been called off is not answered any more.
        if !HTTPCredentials.admits(address) { functions.cancel(auth) }
    }
}
