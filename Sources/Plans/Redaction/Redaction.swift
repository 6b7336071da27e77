/// Takes credentials out of text on its way to a log, an API answer or a message.
///
/// Masks rather too much than too little: what stands between `://` and the last `@` that can belong to the address,
/// the values of `user=`, `password=` and their like, `Authorization` headers, and the secrets it was given.
public struct Redaction: Sendable, Hashable {
    /// Stands for what was taken out.
    public static let mask = Credentials.mask

    /// Longest first, so that a secret that holds another is masked whole.
    private let secrets: [String]

    /// - Parameter secrets: values to mask wherever they stand, as they are and percent-encoded. Those of fewer than
    ///   three characters are left alone: masking them would garble the text and give them away.
    public init(secrets: some Sequence<String> = []) {
        var forms: Set<String> = []
        for secret in secrets where secret.unicodeScalars.count >= 3 {
            forms.insert(secret)
            forms.insert(Self.percentEncoded(secret))
        }
        self.secrets = forms.sorted { ($0.utf8.count, $1) > ($1.utf8.count, $0) }
    }

    /// `text` without credentials.
    public func apply(to text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            text.replace(secret, with: Self.mask)
        }
        return Self.masked(text)
    }

    /// `text` without userinfo in addresses and without values of credential fields.
    public static func masked(_ text: String) -> String { Credentials.masked(text) }

    /// The secrets of all addresses in a text, so that they can be masked where they stand alone: each password, and
    /// each userinfo whole.
    public static func secrets(inAddress text: String) -> [String] { Credentials.secrets(in: text) }

    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCIIAlphanumeric || "-._~".unicodeScalars.contains(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
        return result
    }
}
