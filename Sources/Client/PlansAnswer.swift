public import Plans

/// `{"plans":[…]}`
public struct PlansAnswer: Sendable, Decodable {
    /// By name.
    public var plans: [PlanAnswer]
}

/// A plan, as far as people are told of it.
public struct PlanAnswer: Sendable, Decodable {
    /// Of its file, without `.plan`.
    public var name: String
    /// In its author's words.
    public var title: String?
    /// As it is written; of a plan that was asked for by itself.
    public var text: String?
    /// What it can be told.
    public var parameters: [Parameter]?
    /// Their ids; of a plan in a list.
    public var taps: [String]?
    /// What is wrong with it.
    public var diagnostics: [Fault]?

    /// What is wrong with a plan. Of what a newer server may say, nothing else is read.
    public struct Fault: Sendable, Decodable {
        /// `error`: it cannot run.
        public var severity: String
        /// For people.
        public var message: String
    }

    /// A parameter. Of what a newer server may say, nothing else is read.
    public struct Parameter: Sendable, Decodable {
        /// What a value is given by.
        public var name: String
        /// `string`, `integer`, `number` or `boolean`.
        public var type: String?
        /// What a text means.
        public var format: String?
        /// What stands for a value that is not given.
        public var `default`: ParameterValue?
        /// The stored secret that stands for one.
        public var secret: String?
        /// The smallest value.
        public var minimum: Double?
        /// The largest.
        public var maximum: Double?
        /// The only ones.
        public var `enum`: [ParameterValue]?
        /// In the author's words.
        public var description: String?

        /// Whether a value has to be given.
        public var isRequired: Bool { `default` == nil && secret == nil }

        /// The value that a text of a command line stands for; the text itself where it is nothing of the type, which the server then
        /// says.
        public func value(of text: String) -> ParameterValue {
            guard let type = type.flatMap(ParameterDeclaration.ValueType.init) else { return .string(text) }
            return ParameterValue(parsing: text, as: ParameterDeclaration(name: name, type: type)) ?? .string(text)
        }
    }
}
