internal import Plans
internal import CVideo4Linux
internal import Glibc

/// An open device, to be asked and set. Any call may hang in the device's driver.
public final class VideoDevice {
    private let device: Int32
    private let isOwned: Bool

    /// Why a device cannot be asked.
    public struct Failure: Error, Sendable, Hashable {
        /// The system's number.
        public var code: Int32
        /// For people.
        public var words: String { String(cString: strerror(code)) }
        /// There is nothing at its path, or what was there is gone.
        public var isMissing: Bool { [ENOENT, ENODEV, ENXIO].contains(code) }
    }

    /// Opens it without taking it from whoever has it: that takes starting pictures.
    public init(path: String) throws(Failure) {
        device = try Self.checked(video_open(path))
        isOwned = true
    }

    /// - Parameter descriptor: of somebody who keeps it open.
    public init(descriptor: Int32) {
        device = descriptor
        isOwned = false
    }

    deinit { if isOwned { close(device) } }

    @discardableResult
    private static func checked(_ result: Int32) throws(Failure) -> Int32 {
        guard result < 0 else { return result }
        throw Failure(code: -result)
    }

    /// What it says of itself; each format, size, rate and control is a question of its own to the driver.
    public func report(_ subject: DeviceQuestion.Subject) throws(Failure) -> DeviceReport {
        let identity = try identity()
        return DeviceReport(
            driver: Self.text(identity.driver), name: Self.text(identity.card), bus: Self.text(identity.bus),
            captures: identity.captures != 0,
            formats: identity.captures != 0 && subject == .formats
                ? formats(isMultiplanar: identity.is_multiplanar != 0) : [],
            controls: identity.captures != 0 && subject == .controls ? controls() : [])
    }

    /// - Throws: what is the matter with it.
    public func answers() throws(Failure) { _ = try identity() }

    private func identity() throws(Failure) -> video_identity {
        var identity = video_identity()
        try Self.checked(video_identify(device, &identity))
        return identity
    }

    // MARK: Formats

    /// A driver may tell the same without end.
    private static let most: UInt32 = 256

    private func formats(isMultiplanar: Bool) -> [DeviceReport.PictureFormat] {
        var formats: [DeviceReport.PictureFormat] = []
        for index in 0..<Self.most {
            var format = video_format()
            guard video_format(device, isMultiplanar ? 1 : 0, index, &format) >= 0 else { break }
            formats.append(
                .init(code: Self.fourCC(format.code), name: Self.text(format.name), sizes: sizes(of: format.code)))
        }
        return formats
    }

    private func sizes(of code: UInt32) -> [DeviceReport.PictureSize] {
        var sizes: [DeviceReport.PictureSize] = []
        for index in 0..<Self.most {
            var size = video_size()
            guard video_size(device, code, index, &size) >= 0 else { break }
            let isRange = size.width_step > 0 || size.height_step > 0
            sizes.append(
                .init(
                    width: Int(size.most_width), height: Int(size.most_height),
                    leastWidth: isRange ? Int(size.least_width) : nil,
                    leastHeight: isRange ? Int(size.least_height) : nil,
                    rates: rates(of: code, size.most_width, size.most_height)))
        }
        return sizes
    }

    private func rates(of code: UInt32, _ width: UInt32, _ height: UInt32) -> [Double] {
        var rates: Set<Double> = []
        for index in 0..<Self.most {
            var rate = video_rate()
            guard video_rate(device, code, width, height, index, &rate) >= 0 else { break }
            rates.formUnion([Self.rounded(rate.most), Self.rounded(rate.least)])
        }
        return rates.filter { $0 > 0 }.sorted(by: >)
    }

    private static func rounded(_ rate: Double) -> Double { (rate * 100).rounded() / 100 }

    /// The highest bit says the order of bytes.
    private static func fourCC(_ code: UInt32) -> String {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
        let text = String(decoding: letters.map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        let name = text.reversed().drop { $0 == " " }.reversed()
        return String(name) + (code >> 31 == 1 ? "-BE" : "")
    }

    // MARK: Controls

    /// What can be set, in the driver's order.
    public func controls() -> [DeviceControl] { known().map(\.control) }

    private struct Known {
        var id: UInt32
        var type: UInt32
        var control: DeviceControl
    }

    private func known() -> [Known] {
        var all: [Known] = []
        var names: Set<String> = []
        var id: UInt32 = 0
        for _ in 0..<512 {
            var raw = video_control()
            guard video_next_control(device, id, &raw) >= 0 else { break }
            id = raw.id
            guard raw.is_disabled == 0, raw.is_compound == 0, let kind = Self.kind(of: raw.type) else { continue }
            let title = Self.text(raw.name)
            let name = DeviceControl.name(of: title)
            guard !name.isEmpty, names.insert(name).inserted else { continue }
            var value: Int64 = 0
            let isReadable =
                kind != .button && raw.is_write_only == 0
                && video_get_control(device, raw.id, raw.type, &value) >= 0
            let control = DeviceControl(
                name: name, title: title, kind: kind,
                value: isReadable ? Self.plain(value, kind) : nil, standard: Self.plain(raw.standard, kind),
                minimum: raw.least, maximum: kind == .bits ? Self.plain(raw.most, kind) : raw.most,
                step: Int64(clamping: max(1, raw.step)),
                choices: kind == .choice ? choices(of: raw) : nil, isInactive: raw.is_inactive != 0,
                isReadOnly: raw.is_read_only != 0)
            all.append(Known(id: raw.id, type: raw.type, control: control))
        }
        return all
    }

    private static func kind(of type: UInt32) -> DeviceControl.Kind? {
        switch type {
        case VIDEO_INTEGER.rawValue, VIDEO_INTEGER64.rawValue: .integer
        case VIDEO_BOOLEAN.rawValue: .boolean
        case VIDEO_MENU.rawValue, VIDEO_INTEGER_MENU.rawValue: .choice
        case VIDEO_BITMASK.rawValue: .bits
        case VIDEO_BUTTON.rawValue: .button
        default: nil
        }
    }

    /// 32 bits that are no number have no sign.
    private static func plain(_ value: Int64, _ kind: DeviceControl.Kind) -> Int64 {
        kind == .bits ? value & 0xFFFF_FFFF : value
    }

    private func choices(of control: video_control) -> [DeviceControl.Choice] {
        guard let numbers = Self.choiceNumbers(from: control.least, to: control.most) else { return [] }
        return numbers.compactMap { index -> DeviceControl.Choice? in
            guard let number = UInt32(exactly: index) else { return nil }
            var choice = video_choice()
            // What is not offered is left out in between.
            guard video_choice(device, control.id, control.type, number, &choice) >= 0 else { return nil }
            let name = Self.text(choice.name)
            return DeviceControl.Choice(value: index, name: name.isEmpty ? "\(choice.value)" : name)
        }
    }

    /// Which choices there may be, whatever limits a driver names: the first 256 of those that the kernel can be asked for.
    static func choiceNumbers(from least: Int64, to most: Int64) -> ClosedRange<Int64>? {
        let first = max(0, least)
        let end = min(most, Int64(UInt32.max))
        guard first <= end else { return nil }
        return first...min(end, first + 255)
    }

    /// Sets controls, by name; nil: what the driver begins with.
    ///
    /// What is refused is tried once more behind the others: the exposure's time can be set when exposure is no longer automatic.
    ///
    /// - Returns: why a control is not as it was to be, by name.
    public func set(_ values: [String: Int64?]) -> [String: String] {
        let known = known()
        var refusals: [String: String] = [:]
        var left = values.keys.sorted()
        for _ in 0..<2 {
            left = left.filter { name in
                refusals[name] = refusal(of: name, values[name] ?? nil, known)
                return refusals[name] != nil
            }
        }
        return refusals
    }

    private func refusal(of name: String, _ value: Int64?, _ known: [Known]) -> String? {
        guard let one = known.first(where: { $0.control.name == name }) else { return "the camera has no such control" }
        let (control, value) = (one.control, value ?? one.control.standard)
        if control.isReadOnly { return "it can only be read" }
        if let choices = control.choices {
            guard choices.contains(where: { $0.value == value }) else {
                return "it is one of \(choices.map { "\($0.value) (\($0.name))" }.joined(separator: ", "))"
            }
        } else if control.kind != .button, !(min(control.minimum, control.maximum)...control.maximum).contains(value) {
            return "it is \(control.minimum) to \(control.maximum)"
        }
        let result = video_set_control(device, one.id, one.type, value)
        guard result < 0 else { return nil }
        return result == -EACCES || result == -EBUSY
            ? "something else decides it just now (\(Failure(code: -result).words))" : Failure(code: -result).words
    }

    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self).shown() }
    }
}
