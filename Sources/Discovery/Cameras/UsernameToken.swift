import Foundation

/// What proves to a camera that one knows the password, without saying it (WS-Security UsernameToken Profile 1.0, 3.1):
/// Base64(SHA-1(nonce + created + password)).
struct UsernameToken: Sendable {
    var credentials: CameraCredentials
    /// Bytes that are never used again.
    var nonce: [UInt8]
    /// By the camera's clock, which refuses what is old: RFC 3339, in UTC.
    var created: String

    init(_ credentials: CameraCredentials, created: Date) {
        self.credentials = credentials
        nonce = (0..<16).map { _ in .random(in: 0...255) }
        self.created = created.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    var digest: String {
        Data(SecureHash.sha1(nonce + Array(created.utf8) + Array(credentials.password.utf8))).base64EncodedString()
    }

    var header: String {
        let utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
        let extensions = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
        let profile =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
        let coding = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
        return """
            <w:Security s:mustUnderstand="1" xmlns:w="\(extensions)" xmlns:u="\(utility)"><w:UsernameToken>\
            <w:Username>\(credentials.user.escapedForMarkup)</w:Username>\
            <w:Password Type="\(profile)">\(digest)</w:Password>\
            <w:Nonce EncodingType="\(coding)">\(Data(nonce).base64EncodedString())</w:Nonce>\
            <u:Created>\(created)</u:Created></w:UsernameToken></w:Security>
            """
    }
}
