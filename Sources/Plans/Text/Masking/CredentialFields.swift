/// Masks the values of fields that hold credentials: `user=…&password=…` in a query, `user-pw="…"` in a plan,
/// `"password": "…"` in JSON, `Authorization: …` in a log of headers.
enum CredentialFields {
    /// Words that mean other things too, such as x264enc's `pass`: credentials only in an address's query.
    private static let queryFields: Set<String> = [
        "pass", "key", "auth", "session", "signature", "sig", "streamid",
    ]
    private static let longest = 32

    static func masked(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        var changed = false
        while position < scalars.count {
            let isWordStart = position == 0 || !isNameScalar(scalars[position - 1])
            if isWordStart, let value = valueRange(at: position, in: scalars) {
                result.append(contentsOf: scalars[position..<value.lowerBound])
                result.append(contentsOf: Credentials.mask.unicodeScalars)
                position = value.upperBound
                changed = true
            } else {
                result.append(scalars[position])
                position += 1
            }
        }
        return changed ? String(result) : text
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCIIAlphanumeric || scalar == "_" || scalar == "-"
    }

    /// The value behind a credential field's name that starts at `start`.
    private static func valueRange(at start: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
        var end = start
        while end < scalars.count, end - start <= longest, isNameScalar(scalars[end]) { end += 1 }
        guard end > start, end - start <= longest else { return nil }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start..<end])
        let name = PropertyName(String(view))
        var position = end
        let isQuotedName = position < scalars.count && scalars[position] == "\""
        if ["authorization", "cookie"].contains(name.words.last ?? "") {
            if isQuotedName { position += 1 }
            guard position < scalars.count, scalars[position] == ":" else { return nil }
            position = passBlanks(position + 1, in: scalars)
            if isQuotedName, position < scalars.count, scalars[position] == "\"" {
                return quotedRange(position, in: scalars)
            }
            return range(position, in: scalars) { $0 == "\n" || $0 == "\r" }
        }
        let isInQuery = start > 0 && "?&;".unicodeScalars.contains(scalars[start - 1])
        guard name.isCredentialField || (isInQuery && queryFields.contains(name.text.lowercased())) else { return nil }
        if isQuotedName { position += 1 }
        position = passBlanks(position, in: scalars)
        guard position < scalars.count, scalars[position] == "=" || (isQuotedName && scalars[position] == ":") else {
            return nil
        }
        position = passType(passBlanks(position + 1, in: scalars), in: scalars)
        guard position < scalars.count, !isParameter(position, in: scalars) else { return nil }
        if scalars[position] == "\"" || scalars[position] == "'" {
            return quotedRange(position, in: scalars)
        }
        // SRT's has commas in it: `#!::u=joe,r=door`.
        let ends = (name.text == "streamid" ? "&;\"'<>`" : "&;\"'<>`,)}").unicodeScalars
        return range(position, in: scalars) { $0.isPlanWhitespace || ends.contains($0) }
    }

    /// `${name}` alone is a name; what it stands for is masked where it stands.
    private static func isParameter(_ start: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard start + 1 < scalars.count, scalars[start] == "$", scalars[start + 1] == "{" else { return false }
        var position = start + 2
        while position < scalars.count, position - start < 80, isNameScalar(scalars[position]) { position += 1 }
        guard position < scalars.count, scalars[position] == "}" else { return false }
        return position + 1 == scalars.count || scalars[position + 1].isPlanWhitespace
    }

    private static func passBlanks(_ start: Int, in scalars: [Unicode.Scalar]) -> Int {
        var position = start
        while position < scalars.count, position - start < 8, scalars[position] == " " { position += 1 }
        return position
    }

    /// Behind the type that a value may have in caps: `(buffer) 00ff`.
    private static func passType(_ start: Int, in scalars: [Unicode.Scalar]) -> Int {
        guard start < scalars.count, scalars[start] == "(" else { return start }
        var position = start + 1
        while position < scalars.count, position - start < 32, isNameScalar(scalars[position]) { position += 1 }
        guard position < scalars.count, scalars[position] == ")", position > start + 1 else { return start }
        return passBlanks(position + 1, in: scalars)
    }

    private static func range(
        _ start: Int, in scalars: [Unicode.Scalar], until isEnd: (Unicode.Scalar) -> Bool
    ) -> Range<Int>? {
        var end = start
        while end < scalars.count, !isEnd(scalars[end]) { end += 1 }
        return end > start ? start..<end : nil
    }

    private static func quotedRange(_ quote: Int, in scalars: [Unicode.Scalar]) -> Range<Int>? {
        var end = quote + 1
        while end < scalars.count, scalars[end] != scalars[quote], scalars[end] != "\n" {
            end += scalars[end] == "\\" ? 2 : 1
        }
        end = min(end, scalars.count)
        return end > quote + 1 ? (quote + 1)..<end : nil
    }
}

extension PropertyName {
    private static let users: Set<Substring> = ["user", "username", "usr", "login", "userid"]
    private static let passwords: Set<Substring> = [
        "password", "passwd", "passphrase", "pwd", "psw", "pw", "token", "secret", "credentials", "apikey",
    ]
    /// Credentials as properties of elements; in other text the words mean many things.
    private static let elementPasswords: Set<String> = [
        "key", "pem", "cookies", "extra-headers", "extra-http-request-headers", "streamid",
    ]

    /// Whether an element's property of this name holds a user's name, a password, or another proof of who somebody is.
    var holdsCredential: Bool { holdsPassword || isUserName }

    /// Whether it is more than a user's name, which stands in other text as well.
    var holdsPassword: Bool {
        let words = words
        return Self.isPassword(words) || Self.elementPasswords.contains(words.joined(separator: "-"))
    }

    /// Whether `name=value` is a credential in any text.
    fileprivate var isCredentialField: Bool { Self.isPassword(words) || isUserName }

    private var isUserName: Bool {
        let words = words
        guard let last = words.last else { return false }
        return Self.users.contains(last) || (last == "id" && ["user", "proxy"].contains(words.dropLast().last))
    }

    private static func isPassword(_ words: [Substring]) -> Bool {
        guard let last = words.last else { return false }
        // A key alone may be any key; `api-key`, `srtp-key` and `access_key` open something.
        return passwords.contains(last) || (["key", "pass"].contains(last) && words.count > 1)
            || passwordEndings.contains { last.hasSuffix($0) && last != "pass" } && !harmless.contains(last)
    }

    /// As cameras write it in one word: `loginpas`, `adminpass`, `pubPasswd`.
    private static let passwordEndings = [
        "pas", "pass", "passwd", "password", "passwort", "pwd", "psd", "userpw", "jwt", "signature",
    ]
    private static let harmless: Set<Substring> = [
        "bypass", "compass", "lowpass", "highpass", "bandpass", "multipass", "twopass", "onepass",
    ]
}
