/// A camera that was found on the network, as it is shown. Nothing in it is a secret, and everything is the camera's own word.
package struct NetworkCamera: Sendable, Hashable, Codable {
    /// What it shows: one of its pictures, and how it gives it.
    package struct Profile: Sendable, Hashable, Codable {
        package var token: String
        package var name: String
        /// `H264`, `H265`, `JPEG`, as the camera spells it.
        package var encoding: String?
        package var width: Int?
        package var height: Int?
        /// Its highest rate.
        package var fps: Double?
        /// For plans; without credentials.
        package var stream: String?
        package var snapshot: String?
        /// Whether it can be moved by this profile.
        package var ptz: Bool
        /// Why there is no stream.
        package var problem: CameraProblem?
    }

    /// Its service's, which all else is asked by.
    package var address: String
    /// `10.0.0.5`
    package var host: String
    /// Stays the same when the address changes: `urn:uuid:…`. Nil where nobody said.
    package var endpoint: String?
    /// By which the answer came; nil for one that was named.
    package var interface: String?
    package var name: String?
    package var manufacturer: String?
    package var model: String?
    package var firmware: String?
    package var serial: String?
    package var hardware: String?
    package var location: String?
    /// Its clock less this machine's.
    package var clockOffsetSeconds: Double?
    package var profiles: [Profile] = []
    /// What could not be learnt, and why.
    package var problem: CameraProblem?

    enum CodingKeys: String, CodingKey {
        case address, host, endpoint, interface, name, manufacturer, model, firmware, serial, hardware, location
        case clockOffsetSeconds = "clock_offset_seconds"
        case profiles, problem
    }
}
