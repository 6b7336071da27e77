import Foundation
import Testing

@testable import Discovery

@Suite("Proof of a password")
struct UsernameTokenTests {
    /// FIPS 180-4's examples, and a message of each length around a block's.
    @Test("SHA-1 and MD5 are what others make")
    func hash() throws {
        func hexadecimal(_ text: String) -> String {
            SecureHash.sha1(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(hexadecimal("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hexadecimal("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hexadecimal("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(hexadecimal(String(repeating: "a", count: 1_000_000)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
        func hexadecimal(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let lengths = (0...130).map { length in
            let message = [UInt8](repeating: 0x61, count: length)
            return "\(hexadecimal(SecureHash.sha1(message))) \(hexadecimal(SecureHash.md5(message)))"
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            "import hashlib as h\nfor n in range(131): print(h.sha1(b'a' * n).hexdigest(), h.md5(b'a' * n).hexdigest())",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let others = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(lengths == others.split(separator: "\n").map(String.init))
    }

    /// The example of ONVIF's Application Programmer's Guide, 6.1.1.3.
    @Test("the digest is ONVIF's")
    func digest() {
        var token = UsernameToken(CameraCredentials(user: "user", password: "userpassword"), created: .now)
        token.nonce = Array(Data(base64Encoded: "LKqI6G/AikKCQrN0zqZFlg==") ?? Data())
        token.created = "2010-09-16T07:50:45Z"
        #expect(token.digest == "tuOSpGlFlIXsozq4HFNeeGeFLEI=")
    }

    @Test("no two are alike, none holds the password, and names stay names")
    func header() throws {
        let credentials = CameraCredentials(user: "a<b&c", password: "s3cret-word")
        let tokens = (0..<50).map { _ in UsernameToken(credentials, created: .now) }
        #expect(Set(tokens.map(\.digest)).count == 50)
        let root = try MarkupElement(parsing: Array(tokens[0].header.replacing("s:mustUnderstand", with: "must").utf8))
        #expect(root.first("Username")?.text == "a<b&c")
        #expect(!tokens[0].header.contains("s3cret-word") && !"\(credentials)".contains("s3cret-word"))
        #expect(root.first("Created")?.text.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) == true)
    }

    /// The example of RFC 7616, 3.9.1.
    @Test("HTTP's digest is that of its specification, and what cannot be answered is not")
    func authorization() throws {
        let challenge = """
            Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, \
            nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
            """
        let digest = try #require(DigestAuthorization(challenges: ["Basic realm=x", challenge]))
        let response = digest.response(
            for: CameraCredentials(user: "Mufasa", password: "Circle of Life"), path: "/dir/index.html",
            own: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", method: "GET")
        // The example counts its first use.
        #expect(response == "8ca523f5e9506fed4657c9700eebdbec")
        for refused in [
            "Basic realm=x", "Digest realm=x", "Digest nonce=x, algorithm=SHA-512-256", "Digest nonce=x, qop=auth-int",
            "",
        ] {
            #expect(DigestAuthorization(challenges: [refused]).map { _ in true } == nil, "\(refused)")
        }
    }
}
