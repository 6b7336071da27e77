import Plans
import Foundation
import NIOCore
import NIOHTTP1

/// A camera's ONVIF services, asked one question at a time.
struct CameraService: Sendable {
    /// ONVIF's services that are asked here, by their names.
    enum Kind: String {
        case device = "http://www.onvif.org/ver10/device/wsdl"
        case media = "http://www.onvif.org/ver10/media/wsdl"
        case ptz = "http://www.onvif.org/ver20/ptz/wsdl"
    }

    let device: ServiceAddress
    var credentials: CameraCredentials?
    private(set) var deadline: NIODeadline
    /// The camera's clock less ours, seconds.
    var clockOffset: Double = 0
    /// Longest that one answer may take.
    private static let answerTime = TimeAmount.seconds(4)

    init(_ device: ServiceAddress, credentials: CameraCredentials?, deadline: NIODeadline) {
        self.device = device
        self.credentials = credentials
        self.deadline = deadline
    }

    /// The same with time for another question: a camera that was moved is stopped later.
    func renewed() -> CameraService {
        var service = self
        service.deadline = max(deadline, .now() + Self.answerTime)
        return service
    }

    /// Asks, and gives what the answer's body holds.
    ///
    /// - Parameters:
    ///   - request: the element that asks, in the service's own namespace, prefix `q`; `t` is ONVIF's schema.
    ///   - address: of the service; nil: the device's.
    /// - Throws: `CameraProblem`.
    func ask(
        _ kind: Kind, _ request: String, at address: ServiceAddress? = nil, isSigned: Bool = true
    ) async throws(CameraProblem) -> MarkupElement {
        let action = kind.rawValue + "/" + request.dropFirst(3).prefix { $0.isLetter }
        var post = HTTPPost(
            address: address ?? device,
            headers: [("Content-Type", "application/soap+xml; charset=utf-8; action=\"\(action)\"")],
            body: envelope(kind, request, isSigned: isSigned))
        var answer = try await post.answer(by: min(deadline, .now() + Self.answerTime))
        if answer.status == 401, let credentials,
            let digest = DigestAuthorization(challenges: answer.headers["WWW-Authenticate"])
        {
            post.headers.append(("Authorization", digest.header(for: credentials, path: post.address.path)))
            answer = try await post.answer(by: min(deadline, .now() + Self.answerTime))
        }
        return try Self.content(of: answer, from: device)
    }

    private func envelope(_ kind: Kind, _ request: String, isSigned: Bool) -> String {
        let token =
            isSigned
            ? credentials.map { UsernameToken($0, created: Date(timeIntervalSinceNow: clockOffset)).header } ?? "" : ""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:q="\(kind.rawValue)" \
            xmlns:t="http://www.onvif.org/ver10/schema"><s:Header>\(token)</s:Header><s:Body>\(request)</s:Body></s:Envelope>
            """
    }

    private static func content(
        of answer: HTTPPost.Answer, from device: ServiceAddress
    ) throws(CameraProblem) -> MarkupElement {
        guard !(300..<400).contains(answer.status) else {
            throw CameraProblem(.notAllowed, "it sends to another place, where nobody goes (status \(answer.status))")
        }
        // Without a body there is no more to be learnt than this.
        guard answer.status != 401, answer.status != 403 else { throw unauthorized }
        let envelope: MarkupElement
        do throws(CameraProblem) {
            envelope = try MarkupElement(parsing: answer.body)
        } catch {
            guard answer.status == 200 else {
                throw CameraProblem(.refused, "it answers with status \(answer.status)")
            }
            throw error
        }
        guard envelope.name == "Envelope", let body = envelope.child("Body") else {
            throw CameraProblem(.nonsense, "its answer is no SOAP")
        }
        if let fault = body.child("Fault") { throw problem(fault) }
        guard let content = body.children.first else { throw CameraProblem(.nonsense, "its answer is empty") }
        return content
    }

    private static let unauthorized = CameraProblem(
        .unauthorized, "it wants a user and a password, or others than it got")

    private static func problem(_ fault: MarkupElement) -> CameraProblem {
        // Of the older SOAP 1.1, too: faultcode, faultstring.
        let codes = (fault.all("Value") + fault.all("faultcode")).map(\.text)
        let words = (fault.first("Text") ?? fault.first("faultstring"))?.text.shown() ?? ""
        let denials = ["notauthorized", "failedauthentication", "failedcheck", "invalidsecurity", "unauthorized"]
        let told = (codes + [words]).joined(separator: " ").lowercased().filter { $0.isLetter || $0 == " " }
        let isDenied = denials.contains { told.contains($0) || told.replacing(" ", with: "").contains($0) }
        return isDenied ? unauthorized : CameraProblem(.refused, "it says: \(words.isEmpty ? "no" : words)")
    }
}
