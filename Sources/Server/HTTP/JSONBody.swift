import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Plans

/// What a request's body may hold: keys that it does not know are refused, since what somebody mistyped would be missed by nobody.
protocol RequestBody: Decodable {
    static var keys: [String] { get }
}

/// Reads a request's body as JSON.
enum JSONBody {
    /// Bytes.
    private static let limit = 1 << 20
    /// Of what strangers may send, who sign in: to read it costs processor time. Bytes.
    static let limitOfStrangers = 16 << 10

    /// - Parameter limit: bytes.
    /// - Throws: `not_json`, `too_large`, `malformed` or `request_invalid`, saying what is wrong and where.
    static func decode<T: RequestBody>(
        _ type: T.Type, from request: Request, limit: Int = Self.limit
    ) async throws -> T {
        let type = request.headers[.contentType] ?? ""
        let mediaType = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard mediaType == "application/json", request.headers[.contentEncoding] == nil else {
            throw ServiceError.notJSON
        }
        let body = try await collect(request, limit)
        // Foundation's decoder recurses, and takes its time over many small things: both are counted before it sees the text.
        guard body.withUnsafeReadableBytes(JSONShape.isModest) else {
            throw ServiceError.malformed(
                "JSON is nested at most \(JSONShape.depthLimit) deep here, and has at most \(JSONShape.countLimit) values"
            )
        }
        do {
            let names = try JSONDecoder().decode(KeyNames.self, from: body)
            if let unknown = names.all.first(where: { !T.keys.contains($0) }) {
                let hint = NearestName.hint(for: unknown, in: T.keys) ?? "it may have \(T.keys.joined(separator: ", "))"
                throw ServiceError.invalidRequest(
                    "the body has a key '\(unknown.prefix(64))' that nobody knows; \(hint)")
            }
            return try JSONDecoder().decode(T.self, from: body)
        } catch let error as DecodingError {
            throw ServiceError(error)
        }
    }

    /// - Throws: `too_large`, or `malformed` where it broke off.
    static func collect(_ request: Request, _ limit: Int = Self.limit) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw ServiceError.tooLarge
        }
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw ServiceError.tooLarge
        } catch {
            // The connection has gone, or what came on it was no HTTP: that is nobody's fault here.
            throw ServiceError.malformed("the body broke off")
        }
    }

    /// The keys of an object, whatever they hold.
    private struct KeyNames: Decodable {
        /// In alphabetical order, so that messages are stable.
        var all: [String]

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            all = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue).sorted()
        }
    }
}

/// How deep JSON text nests, and how many values it has, without decoding it.
private enum JSONShape {
    static let depthLimit = 16
    static let countLimit = 10_000

    static func isModest(_ text: UnsafeRawBufferPointer) -> Bool {
        var depth = 0
        var count = 0
        var isString = false
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
            } else if isString {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    count += 1
                    if depth > depthLimit || count > countLimit { return false }
                case UInt8(ascii: ","):
                    count += 1
                    if count > countLimit { return false }
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
        }
        return true
    }
}

extension ServiceError {
    /// What is wrong with a body, in the words of its author.
    init(_ error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String {
            let path = keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "the body" : "'\(path)'"
        }
        switch error {
        case .dataCorrupted(let context):
            let underlying = context.underlyingError.map { ": \($0)" } ?? ""
            self =
                context.codingPath.isEmpty
                ? .malformed("the body is not JSON\(underlying.prefix(200))")
                : .invalidRequest("\(path(context.codingPath)): \(context.debugDescription)")
        case .keyNotFound(let key, let context):
            self = .invalidRequest("\(path(context.codingPath + [key])) is missing")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            self = .invalidRequest("\(path(context.codingPath)) is not a \(Self.jsonName(of: type))")
        @unknown default: self = .malformed("the body cannot be read")
        }
    }

    private static func jsonName(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "string"
        case is Bool.Type: "boolean"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "number"
        case is [Any].Type: "list"
        default: "JSON object"
        }
    }
}
