import Foundation
import Plans

/// What a device says of itself when all are asked (WS-Discovery 1.0, 5.3).
struct ProbeMatch: Sendable, Hashable {
    /// Its identity over changes of its address: `urn:uuid:…`.
    var endpoint: String
    var services: [String]
    var name: String?
    var hardware: String?
    var location: String?

    private enum Limit {
        static let matches = 8
        static let services = 16
        static let scopes = 64
    }

    /// What asks for devices of this type.
    static func probe(id: String, type: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" \
        xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" \
        xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" \
        xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">\
        <s:Header><a:MessageID>\(id)</a:MessageID>\
        <a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>\
        <a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>\
        <s:Body><d:Probe><d:Types>\(type)</d:Types></d:Probe></s:Body></s:Envelope>
        """
    }

    /// Cameras that know the newer specification, and those that know the older one.
    static let types = ["dn:NetworkVideoTransmitter", "tds:Device"]

    /// Reads the matches of an answer to one of the probes that were sent; what is none gives none.
    static func matches(in bytes: [UInt8], to probes: Set<String>) -> [ProbeMatch] {
        guard let envelope = try? MarkupElement(parsing: bytes), let body = envelope.child("Body") else { return [] }
        // An answer to somebody else's question, or one that nobody asked.
        if let question = envelope.child("Header", "RelatesTo"), !probes.contains(question.text) { return [] }
        return body.all("ProbeMatch").prefix(Limit.matches).compactMap { match in
            guard let services = match.child("XAddrs")?.text.split(whereSeparator: \.isWhitespace), !services.isEmpty
            else { return nil }
            let scopes = match.child("Scopes")?.text.split(whereSeparator: \.isWhitespace).prefix(Limit.scopes) ?? []
            func scope(_ kind: String) -> String? {
                let prefix = "onvif://www.onvif.org/\(kind)/"
                guard let scope = scopes.first(where: { $0.lowercased().hasPrefix(prefix) }) else { return nil }
                let text = scope.dropFirst(prefix.count)
                let shown = (text.removingPercentEncoding ?? String(text)).shown()
                return shown.isEmpty ? nil : shown
            }
            return ProbeMatch(
                endpoint: (match.child("EndpointReference", "Address")?.text ?? "").shown(),
                services: services.prefix(Limit.services).map(String.init), name: scope("name"),
                hardware: scope("hardware"), location: scope("location"))
        }
    }

    /// Where it is asked: at the address that it answered from. Whoever names others would have this machine ask them.
    ///
    /// - Throws: `CameraProblem` `notAllowed`.
    func service(from sender: NetworkAddress) throws(CameraProblem) -> ServiceAddress {
        let addresses = services.compactMap { ServiceAddress($0) }
        if let own = addresses.first(where: { $0.host == sender }) { return own }
        let others = services.prefix(3).map { $0.shown(upTo: 80) }.joined(separator: ", ")
        throw CameraProblem(.notAllowed, "it answers from \(sender) and names \(others): only its own address is asked")
    }
}
