package import Plans

/// Where what the network says may lead: to the camera that said it, and else to wherever cameras may be, but not to this machine.
package struct PlaceRule: Sendable {
    package var policy: AddressPolicy
    /// This machine's own addresses: its services, the API among them, are no cameras.
    private let own: Set<NetworkAddress>

    package init(policy: AddressPolicy) {
        self.policy = policy
        own = NetworkInterface.ownAddresses()
    }

    /// - Throws: `CameraProblem` `notAllowed`.
    package func check(camera: NetworkAddress) throws(CameraProblem) {
        guard policy.admits(camera) else {
            throw CameraProblem(.notAllowed, "\(camera) is no address that a camera may have here (--camera-network)")
        }
    }

    /// The address of a stream or a picture that a camera names, without the credentials that some write into it.
    ///
    /// - Parameters:
    ///   - text: as the camera says.
    ///   - schemes: those that are taken.
    ///   - camera: where it said so.
    /// - Throws: `CameraProblem` `notAllowed` or `nonsense`.
    func place(
        named text: String, schemes: [String], by camera: NetworkAddress
    ) throws(CameraProblem) -> String {
        guard text.utf8.count <= 1024,
            text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F && $0 != "\\" }),
            let end = text.firstRange(of: "://"), schemes.contains(text[..<end.lowerBound].lowercased())
        else {
            throw CameraProblem(.nonsense, "it names an address that is none: \(text.shown(upTo: 80))")
        }
        let rest = text[end.upperBound...]
        var authority = rest.prefix { !"/?#".contains($0) }
        let path = rest[authority.endIndex...]
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard let service = ServiceAddress("http://\(authority)/") else {
            throw CameraProblem(.notAllowed, "it names \(authority.description.shown(upTo: 80)), which is no address")
        }
        guard service.host == camera || (policy.admits(service.host) && !own.contains(service.host)) else {
            throw CameraProblem(
                .notAllowed,
                "it names \(service.host), which is no address that a camera may have here (--camera-network)")
        }
        let address = text[..<end.lowerBound].lowercased() + "://" + authority + path
        guard Redaction.masked(address) == address else {
            throw CameraProblem(.notAllowed, "it names an address with a password in it, which is shown to nobody")
        }
        return address
    }
}
