/// What a property may be set to by text that arrives over the network.
enum PropertyRule: Sendable, Hashable {
    case boolean
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    /// One of these, in any case of letters.
    case choice([String])
    /// The nick of an enumeration or of flags. GStreamer knows which there are; none of them does harm.
    case nick
    /// Shown in the picture; highest number of bytes.
    case caption(Int)
    /// A Pango font description; a size of thousands would need gigabytes.
    case font
    /// As strftime has it, without its widths.
    case timeFormat
    case camera
    case device
    case credential

    /// What is expected, as the end of a sentence.
    var phrase: String {
        switch self {
        case .boolean: "true or false"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .nick: "one of the element's own words"
        case .caption(let bytes): "a text of at most \(bytes) bytes without control characters"
        case .font: "a font such as \"Sans 24\", its size a whole number of at most \(Self.largestFont)"
        case .timeFormat: "a time format such as %H:%M:%S, of at most 64 bytes"
        case .camera: "the address of a camera elsewhere, rtsp://host:port/path, without user name and password"
        case .device: "a video device such as usb:SERIAL or /dev/video0"
        case .credential: "a text of 1 to 256 bytes without control characters"
        }
    }

    private static let largestFont = 200

    func admits(_ text: String, addresses: AddressPolicy) -> Bool {
        switch self {
        case .boolean: return ["true", "false", "yes", "no", "1", "0"].contains(text.lowercased())
        case .integer(let range): return NumberText.integer(text).map { range.contains($0) } ?? false
        case .number(let range): return NumberText.number(text).map { range.contains($0) } ?? false
        case .choice(let words): return words.contains(text.lowercased())
        case .nick:
            return !text.isEmpty && text.utf8.count <= 64
                && text.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || "-_+".unicodeScalars.contains($0) }
        case .caption(let bytes): return text.utf8.count <= bytes && Self.isPrintable(text)
        case .font: return Self.isFont(text)
        case .timeFormat: return Self.isTimeFormat(text)
        case .camera: return addresses.admits(camera: text)
        case .device:
            do throws(AdmissionProblem) {
                try AddressRule.checkDevice(text)
                return true
            } catch {
                return false
            }
        case .credential: return !text.isEmpty && text.utf8.count <= 256 && Self.isPrintable(text)
        }
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }

    /// Pango reads a size wherever a word is a number to strtod, which knows `1e3`, `0x1F4` and `inf` as well: what holds a
    /// digit is a plain whole number, of pixels perhaps, and nothing else is a number.
    private static func isFont(_ text: String) -> Bool {
        guard text.utf8.count <= 64,
            text.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || " ,-".unicodeScalars.contains($0) })
        else { return false }
        return text.lowercased().split(whereSeparator: { " ,".contains($0) }).allSatisfy { word in
            guard word.unicodeScalars.contains(where: \.isASCIIDigit) else { return !isNumberWord(word) }
            let digits = word.hasSuffix("px") ? word.dropLast(2) : word
            guard digits.unicodeScalars.allSatisfy(\.isASCIIDigit) else { return false }
            return Int(digits).map { $0 <= largestFont } ?? false
        }
    }

    /// Words that strtod takes for numbers.
    private static func isNumberWord(_ word: Substring) -> Bool {
        let bare = word.drop { $0 == "-" }
        return ["inf", "infinity", "nan"].contains { bare == $0 || bare == $0 + "px" }
    }

    private static func isTimeFormat(_ text: String) -> Bool {
        guard text.utf8.count <= 64, isPrintable(text) else { return false }
        var expectsLetter = false
        for scalar in text.unicodeScalars {
            if expectsLetter {
                guard scalar == "%" || (scalar.isASCIIAlphanumeric && !scalar.isASCIIDigit) else { return false }
                expectsLetter = false
            } else {
                expectsLetter = scalar == "%"
            }
        }
        return !expectsLetter
    }
}
