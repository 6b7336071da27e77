internal import Plans

/// A node of the kernel's through which pictures may come: `/dev/video0`, and what the system knows of it without opening it.
public struct VideoNode: Sendable, Hashable {
    /// `/dev/video0`.
    public var path: String
    /// What it is called, for people.
    public var name: String
    /// The kernel's module that drives it, `uvcvideo`.
    public var driver: String?
    /// As the device tells it, with `_` in the place of what a name cannot hold; nil where it has none.
    public var serial: String?
    /// The same with maker and model before it, as udev has it.
    public var longSerial: String?
    /// Links that stay when the number changes: `/dev/v4l/by-id/…`, by what it is, and `/dev/v4l/by-path/…`, by where it is plugged in.
    public var links: [String]
    /// Of the device that it belongs to: a camera has nodes for its pictures, for what is known of them, and for a second lens.
    public var device: String
    /// Among that device's nodes.
    public var index: Int
    /// What udev has found out; nil where nothing has.
    public var captures: Bool?

    /// A node as somebody knows it. Whoever built the device chose its words: of them stays what people may be shown.
    public init(
        path: String, name: String, driver: String? = nil, serial: String? = nil, longSerial: String? = nil,
        links: [String] = [], device: String, index: Int = 0, captures: Bool? = nil
    ) {
        self.path = path
        let shown = name.shown()
        self.name = shown.isEmpty ? path : shown
        self.driver = driver?.shown()
        // Names, by which plans find it: as they are, but for what nobody can read or write.
        self.serial = Self.readable(serial)
        self.longSerial = Self.readable(longSerial)
        // A link is where it is or nowhere.
        self.links = links.filter { $0.shown(upTo: 4096) == $0 }
        self.device = device
        self.index = index
        self.captures = captures
    }

    private static func readable(_ serial: String?) -> String? {
        guard let text = serial?.shown(upTo: 512, blank: "_"), !text.isEmpty else { return nil }
        return text
    }

    /// By what it is.
    public var linkByID: String? { links.first { $0.hasPrefix("/dev/v4l/by-id/") } }
    /// By where it is plugged in.
    public var linkByPath: String? { links.first { $0.hasPrefix("/dev/v4l/by-path/") } }

    /// The number in its path.
    public var number: Int { Int(path.dropFirst("/dev/video".count)) ?? .max }

    /// What a serial number looks like in names, by the rules of udev: blanks at the ends go, others are one `_`, and so is what
    /// stands for something else in a path.
    static func inNames(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0 == "\0" }
        return String(
            words.joined(separator: "_").unicodeScalars.map { scalar -> Character in
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                return isPlain || "#+-.:=@_".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
            })
    }
}
