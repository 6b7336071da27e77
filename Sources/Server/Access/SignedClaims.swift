import Foundation
import JWTKit

/// What a signed token says (RFC 7519, 4).
struct SignedClaims: JWTPayload {
    enum Value: Codable, Sendable, Hashable {
        case text(String)
        case number(Double)
        case list([String])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let list = try? container.decode([String].self) {
                self = .list(list)
            } else {
                self = .other
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .list(let list): try container.encode(list)
            case .other: try container.encodeNil()
            }
        }

        /// One text, or several.
        var texts: [String] {
            switch self {
            case .text(let text): [text]
            case .list(let list): list
            case .number, .other: []
            }
        }
    }

    private let values: [String: Value]

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: Value].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// Its times are looked at with everything else.
    func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// - Parameter generation: of the keys.
    /// - Returns: nil: it is over, not yet good, of somebody else, for somebody else, or says nothing that lets anybody in.
    func identity(_ rules: OutsideIdentity, generation: Int, at now: Date) -> Identity? {
        guard let end = time("exp"), now < end, time("nbf").map({ $0 <= now + Self.leeway }) ?? true else { return nil }
        if let issuer = rules.issuer, values["iss"] != .text(issuer) { return nil }
        if let audience = rules.audience, values["aud"]?.texts.contains(audience) != true { return nil }
        guard case .text(let subject)? = values["sub"], !subject.isEmpty, subject.utf8.count <= 256 else { return nil }
        let roles = values[rules.roleClaim]?.texts.compactMap { Role(rawValue: $0) } ?? []
        guard let role = roles.max() else { return nil }
        let views = values["views"]?.texts.compactMap { TapPattern($0) } ?? []
        return Identity(
            kind: .signed(subject: subject, generation: generation),
            rights: Rights(role: role, views: views.map { ViewRight($0) }), until: end)
    }

    /// Clocks differ, seconds.
    private static let leeway: TimeInterval = 60

    private func time(_ name: String) -> Date? {
        if case .number(let seconds)? = values[name] { Date(timeIntervalSince1970: seconds) } else { nil }
    }
}
