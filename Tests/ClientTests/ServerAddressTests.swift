import Client
import Testing

@Suite("Addresses of servers")
struct ServerAddressTests {
    @Test(
        "What is one, and how it is written",
        arguments: [
            ("http://127.0.0.1:8277", "http://127.0.0.1:8277"), ("http://127.0.0.1:8277/", "http://127.0.0.1:8277"),
            ("HTTP://LOCALHOST:80", "http://LOCALHOST"), ("https://cams.example", "https://cams.example"),
            ("https://cams.example:443/", "https://cams.example"),
            ("https://cams.example/house/cams/", "https://cams.example/house/cams"),
            ("http://[::1]:8277", "http://[::1]:8277"), ("https://cams.example:8443//a", "https://cams.example:8443/a"),
            ("unix:/run/streamtap/http.sock", "unix:/run/streamtap/http.sock"),
            ("unix:/run/http.sock:/cams/", "unix:/run/http.sock:/cams"),
        ])
    func accepted(text: String, written: String) throws {
        let address = try ServerAddress(text)
        #expect(address.description == written)
        #expect(try ServerAddress(address.description) == address)
    }

    @Test(
        "What is none, and why",
        arguments: [
            ("", "begins with"), ("cams.example", "begins with"), ("ftp://cams.example", "begins with"),
            ("http://", "host"), ("http:///x", "host"), ("http://anna:secret@cams.example", "login"),
            ("http://cams.example/?token=x", "path"), ("http://cams.example/#x", "path"),
            ("http://cams.example:0", "port"),
            ("unix:run/http.sock", "whole path"), ("unix:", "whole path"), ("unix:/run/", "whole path"),
            ("unix:/" + String(repeating: "x", count: 107), "bytes"),
        ])
    func refused(text: String, words: String) {
        #expect {
            _ = try ServerAddress(text)
        } throws: { error in
            let fault = String(describing: error)
            return fault.contains(words) && fault.contains("'\(text)'")
        }
    }

    @Test("Whether others on the way can read")
    func privacy() throws {
        for text in ["http://127.0.0.1:1", "http://localhost", "https://cams.example", "unix:/x", "http://[::1]"] {
            #expect(try ServerAddress(text).isPrivate, "\(text)")
        }
        for text in ["http://10.0.0.5", "http://cams.example"] {
            #expect(try !ServerAddress(text).isPrivate, "\(text)")
        }
    }

    @Test("A name is a part of a path, whatever it holds")
    func targets() {
        #expect(RequestTarget.api("instances", "a/../b?c#d%").text == "/api/vp/instances/a%2F..%2Fb%3Fc%23d%25")
        #expect(RequestTarget.api("instances", "..").text == "/api/vp/instances/%2E%2E")
        #expect(
            RequestTarget.api("x", query: ["a": "1 2&3", "b": nil, "c": "ü"]).text == "/api/vp/x?a=1%202%263&c=%C3%BC")
    }
}
