public import Foundation

/// What a server has answered with 2xx.
public struct ServerAnswer: Sendable {
    /// Of HTTP.
    public let status: Int
    /// As it came.
    public let body: Data
    private let fields: [(name: String, value: String)]

    init(status: Int, fields: [(name: String, value: String)], body: Data) {
        (self.status, self.fields, self.body) = (status, fields, body)
    }

    /// A header's first value.
    public func header(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// All values of a header.
    public func headers(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Reads the body.
    ///
    /// - Throws: `ClientError.incomprehensible`.
    public func decoded<T: Decodable>(as type: T.Type = T.self) throws(ClientError) -> T {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw .incomprehensible("the answer is not what a StreamTap server says; is it another program's address?")
        }
    }
}
