/// Finds credentials in text by the look of it: userinfo in addresses, and values of fields with telling names.
enum Credentials {
    /// Stands for what was taken out.
    static let mask = "***"

    /// `text` without userinfo in addresses and without values of credential fields.
    static func masked(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x40 || $0 == 0x3D || $0 == 0x3A }) else { return text }
        return CredentialFields.masked(AddressCredentials.masked(text))
    }

    /// The secrets of an address, so that they can be masked where they stand alone: password, and userinfo whole.
    static func secrets(inAddress address: String) -> [String] {
        AddressCredentials.userinfos(in: Array(address.unicodeScalars)).flatMap { range -> [String] in
            let userinfo = address.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count)
            let password = userinfo.firstIndex(of: ":").map { userinfo[userinfo.index(after: $0)...] }
            return [String(userinfo)] + (password.map { [String($0)] } ?? [])
        }
    }
}
