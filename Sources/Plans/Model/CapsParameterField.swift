/// The fields of a caps filter that a parameter can stand for: whatever it holds, the caps keep their shape.
enum CapsParameterField: String, CaseIterable {
    case width, height, framerate, format

    /// Declared types that can mean this field.
    var types: Set<ParameterDeclaration.ValueType> {
        switch self {
        case .width, .height: [.integer]
        case .framerate: [.integer, .number, .string]
        case .format: [.string]
        }
    }

    /// Whether `value` is written in caps without quotes or tricks.
    func accepts(_ value: ParameterValue) -> Bool {
        switch (self, value) {
        case (.width, .integer(let number)), (.height, .integer(let number)):
            return number > 0 && number <= Int64(Int32.max)
        case (.framerate, .integer(let number)): return number > 0 && number < 1_000_000
        case (.framerate, .number(let number)): return number > 0 && number < 1_000_000
        case (.framerate, .string(let text)):
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { part in
                part.unicodeScalars.allSatisfy(\.isASCIIDigit) ? Int32(part) : nil
            }
            return parts.count == 2 && numbers.count == 2 && numbers[1] > 0
        case (.format, .string(let text)):
            return !text.isEmpty && text.unicodeScalars.count <= 32
                && text.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || $0 == "_" || $0 == "-" }
        default: return false
        }
    }

    var expectation: String {
        switch self {
        case .width, .height: "a whole number above 0"
        case .framerate: "a rate: a number, or a string such as 30000/1001"
        case .format: "a pixel format such as I420"
        }
    }

    /// The value in GStreamer's notation; a rate is always a fraction.
    func text(_ value: ParameterValue) -> String {
        switch (self, value) {
        case (.framerate, .integer(let number)): return "\(number)/1"
        case (.framerate, .number(let number)):
            if let whole = Int64(exactly: number) { return "\(whole)/1" }
            return "\(Int64((number * 1000).rounded()))/1000"
        default: return value.text
        }
    }
}
