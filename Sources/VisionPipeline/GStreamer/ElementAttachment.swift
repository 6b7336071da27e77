internal import CGStreamer

/// An object that an element keeps for as long as it lives, one of each class.
protocol ElementAttachment: AnyObject {}

extension ElementAttachment {
    private static var key: String { "streamtap-\(Self.self)" }

    func attach(to element: UnsafeMutablePointer<GstElement>) {
        element.withObject {
            g_object_set_data_full(
                $0, Self.key, Unmanaged.passRetained(self).toOpaque(),
                { if let held = $0 { Unmanaged<AnyObject>.fromOpaque(held).release() } })
        }
    }

    /// The element's own, if it has one.
    static func of(_ element: UnsafeMutablePointer<GstElement>) -> Self? {
        element.withObject { g_object_get_data($0, key) }
            .map { Unmanaged<Self>.fromOpaque($0).takeUnretainedValue() }
    }
}
