@testable import Server

extension ForwardingFields {
    /// Header lines as they were sent.
    init(_ lines: [(name: String, value: String)]) {
        func values(_ name: String) -> [String] { lines.filter { $0.name.lowercased() == name }.map(\.value) }
        self.init()
        forwarded = values("forwarded")
        addresses = values("x-forwarded-for")
        schemes = values("x-forwarded-proto")
        authorities = values("x-forwarded-host")
        paths = values("x-forwarded-prefix")
    }
}
