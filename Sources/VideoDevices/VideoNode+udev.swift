internal import CUDev

extension VideoNode {
    /// Those that there are, in the order of their numbers; what udev has found out is used where it runs, the kernel's own word
    /// where it does not. Opens no device.
    public static func all() -> [VideoNode] {
        guard let udev = udev_new() else { return [] }
        defer { udev_unref(udev) }
        guard let search = udev_enumerate_new(udev) else { return [] }
        defer { udev_enumerate_unref(search) }
        udev_enumerate_add_match_subsystem(search, subsystem)
        udev_enumerate_scan_devices(search)
        var nodes: [VideoNode] = []
        var entry = udev_enumerate_get_list_entry(search)
        while let found = entry {
            if let path = udev_list_entry_get_name(found), let device = udev_device_new_from_syspath(udev, path) {
                if let node = VideoNode(device) { nodes.append(node) }
                udev_device_unref(device)
            }
            entry = udev_list_entry_get_next(found)
        }
        return nodes.sorted { ($0.number, $0.path) < ($1.number, $1.path) }
    }

    static let subsystem = "video4linux"

    /// Nil of what gives no pictures by its very kind: a radio, a lens.
    init?(_ device: OpaquePointer) {
        guard let path = udev_device_get_devnode(device).map({ String(cString: $0) }), path.hasPrefix("/dev/video"),
            let syspath = udev_device_get_syspath(device).map({ String(cString: $0) })
        else { return nil }
        func property(_ name: String) -> String? { Self.text(udev_device_get_property_value(device, name)) }
        func attribute(_ name: String) -> String? { Self.text(udev_device_get_sysattr_value(device, name)) }
        // Its own references belong to `device`.
        let parent = udev_device_get_parent(device)
        let usb = udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device")
        func usbAttribute(_ name: String) -> String? {
            usb.flatMap { Self.text(udev_device_get_sysattr_value($0, name)) }
        }
        let serial = property("ID_SERIAL_SHORT") ?? usbAttribute("serial").map(Self.inNames)
        self.init(
            path: path,
            name: property("ID_V4L_PRODUCT") ?? attribute("name") ?? usbAttribute("product") ?? path,
            driver: parent.flatMap { Self.text(udev_device_get_driver($0)) } ?? property("ID_USB_DRIVER"),
            serial: serial.flatMap { $0.isEmpty ? nil : $0 },
            // Without a serial number of its own, maker and model: all of the kind have the same.
            longSerial: serial == nil ? nil : property("ID_SERIAL"),
            links: property("DEVLINKS")?.split(separator: " ").map(String.init).sorted() ?? [],
            device: parent.flatMap { Self.text(udev_device_get_syspath($0)) } ?? syspath,
            index: attribute("index").flatMap { Int($0) } ?? 0,
            captures: property("ID_V4L_CAPABILITIES").map { $0.contains(":capture:") })
    }

    private static func text(_ text: UnsafePointer<CChar>?) -> String? {
        guard let text else { return nil }
        let known = String(cString: text)
        return known.isEmpty ? nil : known
    }
}
