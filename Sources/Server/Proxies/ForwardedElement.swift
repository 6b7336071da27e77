/// What one proxy says in a `Forwarded` header (RFC 7239, 4): who asked it, for whom, and how.
struct ForwardedElement: Hashable {
    /// As it stands there: an address, perhaps with a port, `unknown`, or a name that means nothing to others.
    var node: String?
    /// Authority.
    var host: String?
    var scheme: String?

    /// Elements of one header line in the order written.
    ///
    /// - Returns: nil where it breaks the grammar: what a client has written into its own line may otherwise swallow what a
    ///   proxy has added, in a quotation that does not end.
    static func list(_ line: String) -> [ForwardedElement]? {
        var elements: [ForwardedElement] = []
        var reader = Reader(rest: line.utf8[...])
        repeat {
            guard let pairs = reader.pairs() else { return nil }
            // Between two commas nothing may stand (RFC 9110, 5.6.1.2).
            guard !pairs.isEmpty else { continue }
            var element = ForwardedElement()
            for (name, value) in pairs {
                switch name {
                case "for": guard element.node == nil else { return nil }; element.node = value
                case "host": guard element.host == nil else { return nil }; element.host = value
                case "proto": guard element.scheme == nil else { return nil }; element.scheme = value
                default: break
                }
            }
            elements.append(element)
        } while reader.skip(",")
        return reader.rest.isEmpty ? elements : nil
    }

    private struct Reader {
        var rest: Substring.UTF8View

        /// `name=value;name="value"`, names in lower case; nil where it is nothing of the kind.
        mutating func pairs() -> [(name: String, value: String)]? {
            var pairs: [(String, String)] = []
            repeat {
                skipSpace()
                let name = take(Self.isToken)
                if name.isEmpty { continue }
                guard skip("=") else { return nil }
                guard let value = skip("\"") ? quoted() : take(Self.isValue) else { return nil }
                pairs.append((name.lowercased(), value))
                skipSpace()
            } while skip(";")
            return pairs
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }

        private mutating func take(_ belongs: (UInt8) -> Bool) -> String {
            let part = rest.prefix(while: belongs)
            rest = rest.dropFirst(part.count)
            return String(decoding: part, as: UTF8.self)
        }

        /// What follows a quotation mark up to the next.
        private mutating func quoted() -> String? {
            var text: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
                case UInt8(ascii: "\\"): text.append(rest.popFirst() ?? 0)
                default: text.append(byte)
                }
            }
            return nil
        }

        private static func isToken(_ byte: UInt8) -> Bool {
            byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
        }

        /// Addresses with a port belong in quotation marks, and are often written without.
        private static func isValue(_ byte: UInt8) -> Bool {
            isToken(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
        }
    }
}
