import Foundation
import NIOCore
import Plans

/// Learns of one camera what plans need to know.
struct CameraInquiry: Sendable {
    /// Profiles that are looked at; a camera has two or three.
    private static let longest = 16

    private(set) var service: CameraService
    let rule: PlaceRule

    init(_ service: CameraService, rule: PlaceRule) {
        self.service = service
        self.rule = rule
    }

    /// Asks everything, and notes what went wrong instead of throwing it: half of a camera is better than none.
    mutating func complete(_ camera: inout NetworkCamera) async {
        do throws(CameraProblem) {
            try rule.check(camera: service.device.host)
            // Everybody may ask for the time (Core Specification, 8.3.4): a camera that does not tell it may tell all else.
            do throws(CameraProblem) {
                camera.clockOffsetSeconds = try await learnTime()
            } catch {
                guard ![.unreachable, .timeout].contains(error.kind) else { throw error }
            }
            do throws(CameraProblem) {
                let information = try await service.ask(.device, "<q:GetDeviceInformation/>")
                func text(_ name: String) -> String? {
                    information.child(name).map { $0.text.shown() }.flatMap { $0.isEmpty ? nil : $0 }
                }
                camera.manufacturer = text("Manufacturer")
                camera.model = text("Model")
                camera.firmware = text("FirmwareVersion")
                camera.serial = text("SerialNumber")
                camera.hardware = text("HardwareId") ?? camera.hardware
            } catch {
                // What it is may be nobody's business while its streams are.
                guard error.kind == .unauthorized || error.kind == .refused else { throw error }
                camera.problem = error
            }
            camera.profiles = try await profiles()
            camera.problem = nil
        } catch {
            camera.problem = error
        }
    }

    /// The camera's clock less ours, seconds; tokens are made by it from now on.
    mutating func learnTime() async throws(CameraProblem) -> Double? {
        let answer = try await service.ask(.device, "<q:GetSystemDateAndTime/>", isSigned: false)
        guard let time = answer.first("UTCDateTime"), let date = Self.date(time) else { return nil }
        let offset = (date.timeIntervalSinceNow * 10).rounded() / 10
        service.clockOffset = offset
        return offset
    }

    private static func date(_ time: MarkupElement) -> Date? {
        func number(_ path: [String], _ range: ClosedRange<Int>) -> Int? {
            guard path.count == 2, let text = time.child(path[0], path[1])?.text, let number = Int(text),
                range.contains(number)
            else { return nil }
            return number
        }
        var parts = DateComponents(timeZone: .gmt)
        parts.year = number(["Date", "Year"], 1970...9999)
        parts.month = number(["Date", "Month"], 1...12)
        parts.day = number(["Date", "Day"], 1...31)
        parts.hour = number(["Time", "Hour"], 0...23)
        parts.minute = number(["Time", "Minute"], 0...59)
        parts.second = number(["Time", "Second"], 0...60)
        guard parts.year != nil, parts.month != nil, parts.day != nil, parts.hour != nil else { return nil }
        return Calendar(identifier: .gregorian).date(from: parts)
    }

    /// Where a service is, at the camera's own address: what it names behind a router or in a container is often another one, and
    /// nobody else is asked in its place.
    func address(of kind: CameraService.Kind) async throws(CameraProblem) -> ServiceAddress? {
        let category = kind == .media ? "Media" : "PTZ"
        let answer = try await service.ask(
            .device, "<q:GetCapabilities><q:Category>All</q:Category></q:GetCapabilities>")
        guard let text = answer.first(category)?.child("XAddr")?.text else { return nil }
        guard let named = ServiceAddress(text) else {
            throw CameraProblem(
                .notAllowed, "it names \(text.shown(upTo: 80)) as a service, which is none that can be asked")
        }
        return ServiceAddress(
            host: service.device.host, port: named.host == service.device.host ? named.port : service.device.port,
            path: named.path)
    }

    /// The profiles' own elements, and where they came from.
    func mediaProfiles() async throws(CameraProblem) -> (profiles: [MarkupElement], media: ServiceAddress) {
        guard let media = try await address(of: .media) else {
            throw CameraProblem(.refused, "it has no pictures: it names no media service")
        }
        let answer = try await service.ask(.media, "<q:GetProfiles/>", at: media)
        return (Array(answer.children.filter { $0.name == "Profiles" }.prefix(Self.longest)), media)
    }

    private func profiles() async throws(CameraProblem) -> [NetworkCamera.Profile] {
        let (elements, media) = try await mediaProfiles()
        var profiles: [NetworkCamera.Profile] = []
        for element in elements {
            guard var profile = Self.profile(element) else { continue }
            do throws(CameraProblem) {
                profile.stream = try await streamAddress(profile.token, media)
            } catch {
                profile.problem = error
            }
            // Not every camera has one, and none is missed.
            profile.snapshot = try? await snapshotAddress(profile.token, media)
            profiles.append(profile)
        }
        return profiles
    }

    private static func profile(_ element: MarkupElement) -> NetworkCamera.Profile? {
        guard let token = element.attributes["token"], !token.isEmpty, token.utf8.count <= 128 else { return nil }
        let encoder = element.child("VideoEncoderConfiguration")
        func number(_ path: String...) -> Int? {
            var part = encoder
            for name in path { part = part?.child(name) }
            return part.flatMap { Int($0.text) }.flatMap { (1...65_535).contains($0) ? $0 : nil }
        }
        return NetworkCamera.Profile(
            token: token, name: (element.child("Name")?.text ?? token).shown(),
            encoding: encoder?.child("Encoding")?.text.shown(upTo: 16), width: number("Resolution", "Width"),
            height: number("Resolution", "Height"), fps: number("RateControl", "FrameRateLimit").map(Double.init),
            ptz: element.child("PTZConfiguration") != nil)
    }

    private func streamAddress(_ token: String, _ media: ServiceAddress) async throws(CameraProblem) -> String {
        let answer = try await service.ask(
            .media,
            """
            <q:GetStreamUri><q:StreamSetup><t:Stream>RTP-Unicast</t:Stream><t:Transport><t:Protocol>RTSP</t:Protocol>\
            </t:Transport></q:StreamSetup><q:ProfileToken>\(token.escapedForMarkup)</q:ProfileToken></q:GetStreamUri>
            """, at: media)
        guard let text = answer.first("Uri")?.text else { throw CameraProblem(.nonsense, "it names no stream") }
        return try rule.place(named: text, schemes: ["rtsp", "rtsps"], by: service.device.host)
    }

    private func snapshotAddress(_ token: String, _ media: ServiceAddress) async throws(CameraProblem) -> String {
        let answer = try await service.ask(
            .media,
            "<q:GetSnapshotUri><q:ProfileToken>\(token.escapedForMarkup)</q:ProfileToken></q:GetSnapshotUri>", at: media
        )
        guard let text = answer.first("Uri")?.text else { throw CameraProblem(.nonsense, "it names no picture") }
        return try rule.place(named: text, schemes: ["http", "https"], by: service.device.host)
    }
}
