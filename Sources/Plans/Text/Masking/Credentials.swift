/// Finds credentials in text by the look of it: userinfo in addresses, and values of fields with telling names.
enum Credentials {
    /// Stands for what was taken out.
    static let mask = "***"

    /// `text` without userinfo in addresses and without values of credential fields.
    static func masked(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x40 || $0 == 0x3D || $0 == 0x3A }) else { return text }
        return CredentialFields.masked(AddressCredentials.masked(text))
    }

    /// The secrets of all addresses in a text, so that they can be masked where they stand alone: each password, and
    /// each userinfo whole.
    static func secrets(in text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        return secrets(in: scalars, at: AddressCredentials.userinfos(in: scalars))
    }

    /// As `secrets(in:)`, of a text that is known to be an address and may lack its scheme.
    static func secrets(inAddress address: String) -> [String] {
        let scalars = Array(address.unicodeScalars)
        return secrets(in: scalars, at: AddressCredentials.userinfos(inAddress: scalars))
    }

    private static func secrets(in scalars: [Unicode.Scalar], at userinfos: [Range<Int>]) -> [String] {
        userinfos.flatMap { range -> [String] in
            let userinfo = scalars[range]
            let password = userinfo.firstIndex(of: ":").map { userinfo[($0 + 1)...] }
            return [userinfo, password].compactMap { $0.map { String(String.UnicodeScalarView($0)) } }
        }
    }
}
