/// Keeps passwords out of what people read.
enum CredentialMask {
    /// Replaces the user information of every address: `rtsp://me:secret@cam/` becomes `rtsp://***@cam/`.
    ///
    /// A password may itself hold `@` and `/`, so everything up to the last `@` before a space goes.
    static func mask(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let end = rest.firstIndex { $0.isWhitespace || $0 == "\"" || $0 == "'" } ?? rest.endIndex
            let next = rest.firstRange(of: "://")?.lowerBound ?? end
            if let at = rest[..<min(end, next)].lastIndex(of: "@") {
                result += "***"
                rest = rest[at...]
            }
        }
        return result + rest
    }
}
