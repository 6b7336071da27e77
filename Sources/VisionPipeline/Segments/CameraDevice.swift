internal import CGStreamer
internal import Plans
internal import VideoDevices

/// The camera at this machine that a `v4l2src` takes: looked for whenever its pipeline is made, and set up once it is open.
final class CameraDevice: ElementAttachment, Sendable {
    private let node: String
    private let controls: [String: Int64]

    private init(_ node: String, _ controls: [String: Int64]) {
        (self.node, self.controls) = (node, controls)
    }

    /// - Parameter controls: what was set on it since the plan was written, which counts more than the plan's `extra-controls`.
    static func prepare(_ element: UnsafeMutablePointer<GstElement>, _ node: PlanNode, controls: [String: Int64]) {
        if let text = node.device, case .serial = DeviceAddress(text),
            case .node(let path) = DeviceAddress(text).place(among: VideoNode.all())
        {
            // Where there is none the name stays: that there is nothing of that name is what the element says.
            element.set("device", path)
        }
        guard !controls.isEmpty else { return }
        let device = CameraDevice(node.id, controls)
        device.attach(to: element)
        typealias Handler =
            @convention(c) (UnsafeMutableRawPointer?, gint, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
        let handler: Handler = { _, descriptor, _, context in
            guard let context else { return }
            Unmanaged<CameraDevice>.fromOpaque(context).takeUnretainedValue().isOpen(descriptor)
        }
        // The element is open, `extra-controls` are set, and no picture has come.
        g_signal_connect_data(
            element, "prepare-format", unsafeBitCast(handler, to: GCallback.self),
            Unmanaged.passUnretained(device).toOpaque(), nil, GConnectFlags(rawValue: 0))
    }

    /// On a thread of GStreamer's.
    private func isOpen(_ descriptor: Int32) {
        let refusals = VideoDevice(descriptor: descriptor).set(controls)
        for (name, words) in refusals.sorted(by: { $0.key < $1.key }) {
            Log.write("'\(node)': the control \(name) cannot be \(controls[name] ?? 0): \(words)")
        }
    }
}
