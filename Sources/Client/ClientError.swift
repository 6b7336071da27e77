import Foundation
public import Plans

/// Why there is no answer to go by, as a sentence for people says it.
public enum ClientError: Error, Sendable, CustomStringConvertible {
    /// No connection: nobody listens, there is no such name, the socket may not be opened.
    case unreachable(String)
    /// TLS did not come about: a certificate that nothing vouches for, or another name's.
    case untrusted(String)
    /// It did not come in time.
    case late(String)
    /// What came is nothing that a StreamTap server says.
    case incomprehensible(String)
    /// It leads elsewhere, and is not followed: what is shown to one server is none of another's.
    case redirected(to: String?)
    /// The server answered that it will not.
    case refused(Refusal)

    /// A sentence for people.
    public var description: String {
        switch self {
        case .unreachable(let words), .untrusted(let words), .late(let words), .incomprehensible(let words): words
        case .redirected(let place?):
            "it leads to \(place), which is not followed; give that with --server if it is meant"
        case .redirected: "it leads elsewhere, and does not say where"
        case .refused(let refusal): refusal.message
        }
    }

    /// Whether the same may succeed a little later.
    public var isPassing: Bool {
        switch self {
        case .unreachable, .late, .incomprehensible: true
        case .refused(let refusal): refusal.status == 503 || refusal.status == 502 || refusal.status == 504
        case .untrusted, .redirected: false
        }
    }
}

/// `{"error":{"code","message","details"}}`, as docs/api.md has it.
public struct Refusal: Error, Sendable {
    /// Of HTTP.
    public let status: Int
    /// What programs decide by.
    public let code: String
    /// What people read.
    public let message: String
    /// What is wrong with a plan or its parameters, at which place.
    public let details: [Diagnostic]

    private struct Answer: Decodable {
        struct Content: Decodable {
            var code: String
            var message: String
        }
        var error: Content
    }

    /// Apart from the above: a newer server may have codes that this program does not know.
    private struct Details: Decodable {
        struct Content: Decodable { var details: [Diagnostic] }
        var error: Content
    }

    /// Nil: the answer has no such form.
    init?(status: Int, body: Data) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: body) else { return nil }
        self.status = status
        code = answer.error.code
        message = answer.error.message
        details = (try? JSONDecoder().decode(Details.self, from: body))?.error.details ?? []
    }
}
