/// What a video device says of itself when it is asked. Keys are a contract.
public struct DeviceReport: Sendable, Hashable, Codable {
    /// The kernel's module, `uvcvideo`.
    public var driver: String
    /// What it is called, for people.
    public var name: String
    /// Where it is plugged in, in the kernel's words: `usb-0000:00:14.0-2`.
    public var bus: String
    /// It is a camera: pictures come out of this node.
    public var captures: Bool
    /// What it can send.
    public var formats: [PictureFormat]
    /// What can be set on it.
    public var controls: [DeviceControl]

    /// How a camera codes its pictures, and in which sizes it has them.
    public struct PictureFormat: Sendable, Hashable, Codable {
        /// The kernel's four letters, `MJPG`, `YUYV`.
        public var code: String
        /// In words.
        public var name: String
        /// In the order in which the camera tells them; one entry where it takes every size of a range.
        public var sizes: [PictureSize]
    }

    /// One size, or a range of them.
    public struct PictureSize: Sendable, Hashable, Codable {
        /// Pixels; of a range the largest.
        public var width: Int
        /// Pixels; of a range the largest.
        public var height: Int
        /// The least of a range; nil: there is one size.
        public var leastWidth: Int?
        /// The least of a range; nil: there is one size.
        public var leastHeight: Int?
        /// Frames a second, the fastest first; of a range both ends.
        public var rates: [Double]

        enum CodingKeys: String, CodingKey {
            case width, height, rates
            case leastWidth = "least_width"
            case leastHeight = "least_height"
        }
    }
}

/// Something that can be set on a camera: exposure, gain, focus. Keys are a contract.
public struct DeviceControl: Sendable, Hashable, Codable {
    /// What kind of value it has; the raw values are a contract.
    public enum Kind: String, Sendable, Hashable, Codable {
        case integer
        case boolean
        /// One of `choices`.
        case choice
        /// Bits of a number.
        case bits
        /// Does something when it is set to 1.
        case button
    }

    /// As it is set, `exposure_time_absolute`.
    public var name: String
    /// As the driver has it, `Exposure Time, Absolute`.
    public var title: String
    /// What kind of value it has.
    public var kind: Kind
    /// Nil of what cannot be read: a button.
    public var value: Int64?
    /// What the driver begins with.
    public var standard: Int64
    /// The least value, included.
    public var minimum: Int64
    /// The greatest value, included.
    public var maximum: Int64
    /// Between two values that count.
    public var step: Int64
    /// Of a `choice`.
    public var choices: [Choice]?
    /// Something else decides just now: the exposure's time, while exposure is automatic.
    public var isInactive: Bool
    /// It tells something, and cannot be set.
    public var isReadOnly: Bool

    /// One of the values of a `choice`.
    public struct Choice: Sendable, Hashable, Codable {
        /// As it is set.
        public var value: Int64
        /// In the driver's words.
        public var name: String
    }

    enum CodingKeys: String, CodingKey {
        case name, title, kind, value, minimum, maximum, step, choices
        case standard = "default"
        case isInactive = "inactive"
        case isReadOnly = "read_only"
    }

    /// `Exposure Time, Absolute` → `exposure_time_absolute`, as v4l2-ctl and `extra-controls` have it.
    static func name(of title: String) -> String {
        title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
    }
}
