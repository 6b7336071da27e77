extension ServiceError {
    static func invalidRequest(_ message: String) -> Self {
        Self(status: 422, code: "request_invalid", message: message)
    }
    static func invalidName(_ name: String) -> Self {
        Self(
            status: 422, code: "name_invalid",
            message: "'\(name.prefix(80))' is no name: 1 to 64 of a-z, 0-9, - and _, a letter or digit first")
    }
    static var planTextNotAllowed: Self {
        Self(
            status: 403, code: "plan_text_not_allowed",
            message: "this server runs only the plans of its plans directory; name one with 'plan'")
    }
    static func tooManyInstances(_ limit: Int) -> Self {
        Self(status: 503, code: "too_many_instances", message: "\(limit) instances exist, which is the limit")
    }
    static var shuttingDown: Self {
        Self(status: 503, code: "shutting_down", message: "the server is stopping")
    }
}
