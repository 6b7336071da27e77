/// A page's origin that may show one tap in a frame: `https://house.example`, `http://10.0.0.7:8123`.
package struct FramingOrigin: Sendable, Hashable {
    /// As a content security policy has it.
    let text: String

    /// Nil for what is no origin: it has a scheme, a host, perhaps a port, and nothing else.
    package init?(_ text: String) {
        guard let match = text.lowercased().wholeMatch(of: /https?:\/\/([a-z0-9.\-]+|\[[0-9a-f:.]+\])(:(\d{1,5}))?/)
        else { return nil }
        if let port = match.3, UInt16(port) == nil { return nil }
        self.text = text.lowercased()
    }
}
