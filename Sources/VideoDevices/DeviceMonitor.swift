internal import CUDev
internal import Dispatch
internal import Glibc

/// Tells when cameras come, go or are other ones. Waits in the kernel, and costs nothing meanwhile.
public final class DeviceMonitor: @unchecked Sendable {  // libudev is used on `queue` alone
    /// What has become of a node.
    public enum Change: String, Sendable {
        case added = "add"
        case removed = "remove"
        case changed = "change"
    }

    private let queue = DispatchQueue(label: "streamtap.devices")
    private let udev: OpaquePointer
    /// Of udev, when a node's links and rights are there, and of the kernel, for machines where no udev runs.
    private let monitors: [OpaquePointer]
    private let sources: [any DispatchSourceRead]

    /// Nil where the kernel tells nobody.
    ///
    /// - Parameter heard: called on a queue of its own with the node's path; the same change may be told twice, and after an
    ///   overflow a change of nobody.
    public init?(heard: @escaping @Sendable (Change, _ path: String?) -> Void) {
        guard let udev = udev_new() else { return nil }
        let queue = queue
        let monitors = ["udev", "kernel"].compactMap { name -> (String, OpaquePointer)? in
            guard let monitor = udev_monitor_new_from_netlink(udev, name) else { return nil }
            guard udev_monitor_filter_add_match_subsystem_devtype(monitor, VideoNode.subsystem, nil) >= 0,
                udev_monitor_enable_receiving(monitor) >= 0, udev_monitor_get_fd(monitor) >= 0
            else {
                udev_monitor_unref(monitor)
                return nil
            }
            return (name, monitor)
        }
        guard !monitors.isEmpty else {
            udev_unref(udev)
            return nil
        }
        self.udev = udev
        self.monitors = monitors.map { $0.1 }
        sources = monitors.map { name, monitor in
            let source = DispatchSource.makeReadSource(fileDescriptor: udev_monitor_get_fd(monitor), queue: queue)
            let monitor = Confined(monitor)
            source.setEventHandler {
                guard let (change, path) = Self.read(monitor.pointer) else { return }
                // udev tells the same when it has given the node its links and rights; unless it runs in another part of the machine
                // than this process, which then never hears it.
                if name == "kernel", access("/run/udev/control", F_OK) == 0 {
                    queue.asyncAfter(deadline: .now() + 1) { heard(change, path) }
                } else {
                    heard(change, path)
                }
            }
            return source
        }
        for source in sources { source.resume() }
    }

    private struct Confined: @unchecked Sendable {  // to the queue
        var pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
    }

    /// One event; where others wait, this is called again. Nil of what is nobody's business.
    private static func read(_ monitor: OpaquePointer) -> (Change, path: String?)? {
        guard let device = udev_monitor_receive_device(monitor) else {
            // What was not asked for, or more than the socket could hold: then whoever hears looks anew.
            return errno == ENOBUFS ? (.changed, nil) : nil
        }
        defer { udev_device_unref(device) }
        let action = udev_device_get_action(device).map { String(cString: $0) } ?? ""
        let path = udev_device_get_devnode(device).map { String(cString: $0) }
        // What else udev says (`bind`, `move`) changes nothing here.
        guard let path, path.hasPrefix("/dev/video"), let change = Change(rawValue: action) else { return nil }
        return (change, path)
    }

    deinit {
        // Descriptors may be closed when nobody waits at them any more.
        let (udev, monitors) = (Confined(udev), monitors.map(Confined.init))
        let group = DispatchGroup()
        for source in sources {
            group.enter()
            source.setCancelHandler { group.leave() }
            source.cancel()
        }
        group.notify(queue: queue) {
            for monitor in monitors { udev_monitor_unref(monitor.pointer) }
            udev_unref(udev.pointer)
        }
    }
}
