package import NIOCore
package import Plans

/// Moves a camera: pan, tilt and zoom (ONVIF PTZ Service Specification).
package struct CameraMotion: Sendable {
    /// How fast, each from −1 (left, down, out) to 1 (right, up, in).
    package struct Velocity: Sendable, Hashable {
        package var pan: Double
        package var tilt: Double
        package var zoom: Double

        package init(pan: Double = 0, tilt: Double = 0, zoom: Double = 0) {
            self.pan = pan
            self.tilt = tilt
            self.zoom = zoom
        }
    }

    /// A place that somebody has stored in the camera.
    package struct Preset: Sendable, Hashable, Codable {
        package var token: String
        package var name: String
    }

    private static let presetLimit = 256

    private let service: CameraService
    private let address: ServiceAddress
    /// The token of the profile that is moved, escaped.
    package let profile: String
    private let isZoomable: Bool

    /// Finds out by what a camera is moved.
    ///
    /// - Parameters:
    ///   - profile: nil: the first that can be moved.
    /// - Throws: `CameraProblem`.
    package static func of(
        _ camera: ServiceAddress, credentials: CameraCredentials?, profile: String? = nil, policy: AddressPolicy,
        within limit: TimeAmount = .seconds(5)
    ) async throws(CameraProblem) -> CameraMotion {
        let rule = PlaceRule(policy: policy)
        try rule.check(camera: camera.host)
        var inquiry = CameraInquiry(
            CameraService(camera, credentials: credentials, deadline: .now() + limit), rule: rule)
        do throws(CameraProblem) {
            _ = try await inquiry.learnTime()
        } catch {
            guard ![.unreachable, .timeout].contains(error.kind) else { throw error }
        }
        guard let address = try await inquiry.address(of: .ptz) else {
            throw CameraProblem(.refused, "it cannot be moved: it names no PTZ service")
        }
        let profiles = try await inquiry.mediaProfiles().profiles
        let chosen = profiles.first { element in
            profile.map { element.attributes["token"] == $0 } ?? (element.child("PTZConfiguration") != nil)
        }
        guard let chosen, let token = chosen.attributes["token"] else {
            let words = profile.map { "it has no profile '\($0.shown())'" } ?? "it has no profile that can be moved"
            throw CameraProblem(.refused, words)
        }
        let spaces = chosen.child("PTZConfiguration")
        return CameraMotion(
            service: inquiry.service, address: address, profile: token.escapedForMarkup,
            isZoomable: spaces?.child("DefaultContinuousZoomVelocitySpace") != nil)
    }

    /// Begins to move; the camera is told when to stop by itself, which not every one does.
    package func move(_ velocity: Velocity, seconds: Double) async throws(CameraProblem) {
        var parts = ""
        if velocity.pan != 0 || velocity.tilt != 0 {
            parts += "<t:PanTilt x=\"\(velocity.pan)\" y=\"\(velocity.tilt)\"/>"
        }
        if velocity.zoom != 0 || isZoomable && parts.isEmpty { parts += "<t:Zoom x=\"\(velocity.zoom)\"/>" }
        try await ask(
            """
            <q:ContinuousMove><q:ProfileToken>\(profile)</q:ProfileToken><q:Velocity>\(parts)</q:Velocity>\
            <q:Timeout>PT\(seconds)S</q:Timeout></q:ContinuousMove>
            """)
    }

    package func stop() async throws(CameraProblem) {
        try await ask(
            """
            <q:Stop><q:ProfileToken>\(profile)</q:ProfileToken><q:PanTilt>true</q:PanTilt><q:Zoom>true</q:Zoom></q:Stop>
            """)
    }

    package func presets() async throws(CameraProblem) -> [Preset] {
        let answer = try await ask("<q:GetPresets><q:ProfileToken>\(profile)</q:ProfileToken></q:GetPresets>")
        return answer.children.filter { $0.name == "Preset" }.prefix(Self.presetLimit).compactMap { preset in
            guard let token = preset.attributes["token"], !token.isEmpty, token.utf8.count <= 128 else { return nil }
            return Preset(token: token, name: (preset.child("Name")?.text ?? token).shown())
        }
    }

    /// Goes to a preset by its token.
    package func go(to preset: String) async throws(CameraProblem) {
        try await ask(
            """
            <q:GotoPreset><q:ProfileToken>\(profile)</q:ProfileToken>\
            <q:PresetToken>\(preset.escapedForMarkup)</q:PresetToken></q:GotoPreset>
            """)
    }

    @discardableResult
    private func ask(_ request: String) async throws(CameraProblem) -> MarkupElement {
        try await service.renewed().ask(.ptz, request, at: address)
    }
}
