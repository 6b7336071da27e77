/// Takes credentials out of text on its way to a log, an API answer or a message.
///
/// Masks rather too much than too little: what stands between `://` and the last `@` that can belong to the address,
/// the values of `user=`, `password=` and their like, `Authorization` headers, and the secrets it was given.
public struct Redaction: Sendable, Hashable {
    /// Stands for what was taken out.
    public static let mask = Credentials.mask

    /// In UTF-8: a mark that joins a secret's last letter makes it another character, and hides nothing.
    private let secrets: Set<[UInt8]>
    /// How long the secrets are that start with these three bytes, longest first.
    private let lengths: [[UInt8]: [Int]]

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
        self.secrets = Set(forms.lazy.map { Array($0.utf8) })
        lengths = Dictionary(grouping: self.secrets) { Array($0.prefix(3)) }
            .mapValues { Set($0.lazy.map(\.count)).sorted(by: >) }
    }

    /// `text` without credentials.
    public func apply(to text: String) -> String {
        Self.masked(withoutSecrets(text))
    }

    /// `text` without userinfo in addresses and without values of credential fields.
    public static func masked(_ text: String) -> String { Credentials.masked(text) }

    /// The secrets of all addresses in a text, so that they can be masked where they stand alone: each password, and
    /// each userinfo whole.
    public static func secrets(inAddress text: String) -> [String] { Credentials.secrets(in: text) }

    /// One mask for each stretch of text that secrets cover, so that nothing is left of two that overlap. Time does not
    /// grow with their number.
    private func withoutSecrets(_ text: String) -> String {
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        // Where what is not written yet begins, and where the secrets found so far end.
        var (written, covered) = (0, 0)
        for position in bytes.indices.dropLast(2) {
            guard let found = secretEnd(in: bytes, from: position) else { continue }
            if position >= covered || covered == 0 {
                result += bytes[written..<position]
                result += Self.mask.utf8
            }
            covered = max(covered, found)
            written = covered
        }
        guard covered > 0 else { return text }
        return String(decoding: result + bytes[written...], as: UTF8.self)
    }

    /// The end of the longest secret that starts at `start`.
    private func secretEnd(in bytes: [UInt8], from start: Int) -> Int? {
        guard let lengths = lengths[Array(bytes[start..<(start + 3)])] else { return nil }
        return lengths.lazy.map { start + $0 }.first { end in
            end <= bytes.count && secrets.contains(Array(bytes[start..<end]))
        }
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
