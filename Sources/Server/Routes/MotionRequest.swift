import Discovery

/// Which camera a request is about: `{"address","credentials"}`, `{"address","user","password"}` or `{"instance"}`.
struct CameraReference: Sendable, Hashable, Decodable {
    var address: String?
    var instance: String?
    /// Of an instance's camera, where ONVIF is spoken.
    var port: Int?
    var profile: String?
    var login = CameraAccess.Login()

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case address, instance, port, profile, credentials, user, password
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let given = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue).sorted()
        if let unknown = given.first(where: { CodingKeys(rawValue: $0) == nil }) {
            throw ServiceError.invalidRequest(
                "'camera' has a key '\(unknown.prefix(64))' that nobody knows; it may have "
                    + CodingKeys.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        instance = try container.decodeIfPresent(String.self, forKey: .instance)
        port = try container.decodeIfPresent(Int.self, forKey: .port)
        profile = try container.decodeIfPresent(String.self, forKey: .profile)
        login.credentials = try container.decodeIfPresent(String.self, forKey: .credentials)
        login.user = try container.decodeIfPresent(String.self, forKey: .user)
        login.password = try container.decodeIfPresent(String.self, forKey: .password)
    }

    /// - Throws: `ServiceError`.
    func target(_ access: CameraAccess, _ manager: InstanceManager) async throws(ServiceError) -> CameraMover.Target {
        guard (profile?.utf8.count ?? 0) <= 128 else { throw .invalidRequest("'profile' is longer than any camera's") }
        switch (address, instance) {
        case (let address?, nil):
            guard port == nil else { throw .invalidRequest("'port' is an instance's camera's; an address has its own") }
            let service = try access.service(naming: address)
            return CameraMover.Target(
                service: service, credentials: try access.credentials(login, for: service), profile: profile)
        case (nil, let instance?):
            guard login == CameraAccess.Login() else {
                throw .invalidRequest("an instance's camera is asked as its plan asks it: give no other user")
            }
            guard let port = UInt16(exactly: port ?? 80), port > 0 else { throw .invalidRequest("'port' is no port") }
            let camera = try await manager.camera(of: instance)
            let service = try access.allowed(ServiceAddress(host: camera.host, port: Int(port)))
            let credentials =
                camera.user.isEmpty ? nil : CameraCredentials(user: camera.user, password: camera.password)
            return CameraMover.Target(service: service, credentials: credentials, profile: profile)
        default: throw .invalidRequest("'camera' has either an 'address' or an 'instance'")
        }
    }
}

/// Body of POST /api/vp/ptz/move.
struct MoveRequest: RequestBody {
    static let keys = ["camera", "pan", "tilt", "zoom", "seconds"]
    var camera: CameraReference
    var pan: Double?
    var tilt: Double?
    var zoom: Double?
    var seconds: Double?

    /// - Throws: `ServiceError` `request_invalid`.
    func velocity() throws(ServiceError) -> CameraMotion.Velocity {
        let velocity = CameraMotion.Velocity(pan: pan ?? 0, tilt: tilt ?? 0, zoom: zoom ?? 0)
        guard [velocity.pan, velocity.tilt, velocity.zoom].allSatisfy({ (-1...1).contains($0) }) else {
            throw .invalidRequest("'pan', 'tilt' and 'zoom' are numbers from -1 to 1")
        }
        guard velocity != CameraMotion.Velocity() else {
            throw .invalidRequest("nothing moves: give 'pan', 'tilt' or 'zoom', or ask to stop")
        }
        return velocity
    }

    /// - Throws: `ServiceError` `request_invalid`.
    func duration() throws(ServiceError) -> Double {
        let seconds = seconds ?? CameraMover.duration
        guard CameraMover.durations.contains(seconds) else {
            throw .invalidRequest("'seconds' is a number from 0.1 to 10; whoever wants more asks again")
        }
        return seconds
    }
}

/// Body of POST /api/vp/ptz/stop and /api/vp/ptz/presets.
struct CameraRequest: RequestBody {
    static let keys = ["camera"]
    var camera: CameraReference
}

/// Body of POST /api/vp/ptz/goto.
struct PresetRequest: RequestBody {
    static let keys = ["camera", "preset"]
    var camera: CameraReference
    var preset: String
}
