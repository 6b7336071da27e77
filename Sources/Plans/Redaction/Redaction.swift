/// Takes credentials out of text on its way to a log, an API answer or a message.
///
/// Masks rather too much than too little: what stands between `://` and the last `@` that can belong to the address,
/// the values of `user=`, `password=` and their like, `Authorization` headers, and the secrets it was given.
public struct Redaction: Sendable, Hashable {
    /// Stands for what was taken out.
    public static let mask = Credentials.mask

    /// Longest first, so that a secret that holds another is masked whole.
    private let secrets: [String]

    /// - Parameter secrets: values to mask wherever they stand, as they are, percent-encoded, and as JSON has them. Those of fewer than
    ///   three characters are left alone: masking them would garble the text and give them away.
    public init(secrets: some Sequence<String> = []) {
        var forms: Set<String> = []
        for secret in secrets where secret.unicodeScalars.count >= 3 {
            forms.insert(secret)
            forms.insert(Self.percentEncoded(secret))
            forms.insert(Self.percentEncoded(secret, hexadecimalDigits: "0123456789abcdef"))
            // As JSON and logs have it.
            forms.insert(secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))
        }
        self.secrets = forms.sorted { ($0.utf8.count, $1) > ($1.utf8.count, $0) }
    }

    /// `text` without credentials.
    public func apply(to text: String) -> String {
        Self.masked(secrets.reduce(text) { Self.replacing($1, in: $0) })
    }

    /// `text` without userinfo in addresses and without values of credential fields.
    public static func masked(_ text: String) -> String { Credentials.masked(text) }

    /// The secrets of all addresses in a text, so that they can be masked where they stand alone: each password, and
    /// each userinfo whole.
    public static func secrets(inAddress text: String) -> [String] { Credentials.secrets(in: text) }

    /// Byte by byte: a mark that joins a secret's last letter makes it another character, and hides nothing.
    private static func replacing(_ secret: String, in text: String) -> String {
        guard let first = secret.utf8.first else { return text }
        let (text8, secret8) = (Array(text.utf8), Array(secret.utf8))
        var result: [UInt8] = []
        var position = 0
        var changed = false
        while position < text8.count {
            if text8[position] == first, text8[position...].starts(with: secret8) {
                result += mask.utf8
                position += secret8.count
                changed = true
            } else {
                result.append(text8[position])
                position += 1
            }
        }
        return changed ? String(decoding: result, as: UTF8.self) : text
    }

    private static func percentEncoded(_ text: String, hexadecimalDigits: String = "0123456789ABCDEF") -> String {
        let digits = Array(hexadecimalDigits.unicodeScalars)
        var result = String.UnicodeScalarView()
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCIIAlphanumeric || "-._~".unicodeScalars.contains(scalar) {
                result.append(scalar)
            } else {
                result.append(contentsOf: ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }
        return String(result)
    }
}
