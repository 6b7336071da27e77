import Foundation

extension PlanDiagram {
    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers always have a JSON form.
        let data = (try? encoder.encode(Document(description, roles: roles))) ?? Data("{}".utf8)
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// As the API has a graph, with each node's role.
    private struct Document: Encodable {
        let description: PlanDescription
        let roles: [String: Role]

        init(_ description: PlanDescription, roles: [String: Role]) {
            self.description = description
            self.roles = roles
        }

        private enum Key: String, CodingKey {
            case nodes, roles
        }

        func encode(to encoder: any Encoder) throws {
            try description.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            var names = container.nestedContainer(keyedBy: NodeKey.self, forKey: .roles)
            for (id, role) in roles { try names.encode(role, forKey: NodeKey(stringValue: id)) }
        }
    }

    private struct NodeKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}
