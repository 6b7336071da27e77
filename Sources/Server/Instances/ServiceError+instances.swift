import Plans

/// What can be wrong with asking for an instance, its plan or its stages.
extension ServiceError {
    static func unknownPlan(_ name: String) -> Self { Self(.planUnknown, "no plan is named '\(name)'") }
    static func invalidPlan(_ diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.count { $0.severity == .error }
        return Self(
            .planInvalid, errors == 1 ? "the plan has an error" : "the plan has \(errors) errors",
            details: diagnostics)
    }
    static func unreadablePlan(_ name: String, _ why: String) -> Self {
        Self(.planUnreadable, "the file of the plan '\(name)' cannot be read\(why)")
    }
    static let planTextNotAllowed = Self(
        .planTextNotAllowed, "this server runs only the plans of its plans directory; name one with 'plan'")

    static let tooLargeForWorker = Self(
        .tooLarge, "a plan's text and its parameters have at most 1 MiB together, as JSON for the worker")

    static func instanceExists(_ id: String) -> Self {
        Self(.instanceExists, "an instance named '\(id)' exists already")
    }
    static func declaredInstance(_ id: String) -> Self {
        Self(
            .instanceDeclared,
            "instance '\(id)' is declared in the server's configuration, and can be changed and deleted only there")
    }
    static func invalidName(_ name: String) -> Self {
        Self(
            .nameInvalid,
            "'\(name.prefix(80))' is no name: 1 to 64 of a-z, 0-9, - and _, a letter or digit first")
    }
    static func tooManyInstances(_ limit: Int) -> Self {
        Self(.tooManyInstances, "\(limit) instances exist, which is the limit")
    }

    static func unknownStage(_ stage: String, instance: String) -> Self {
        Self(.stageUnknown, "no stage of instance '\(instance)' is named '\(stage.prefix(80))'")
    }
    static func instanceNotRunning(_ id: String, _ state: InstanceState) -> Self {
        Self(
            .instanceNotRunning,
            "instance '\(id)' is \(state.rawValue); the stages of one that runs can be changed")
    }
    static func overtaken(_ id: String) -> Self {
        Self(.instanceNotRunning, "somebody else has wanted instance '\(id)' to be another, or gone, at the same time")
    }
    static func instanceEnding(_ id: String) -> Self {
        Self(.instanceNotRunning, "instance '\(id)' is stopping; PUT starts it again once it is gone")
    }
    static func invalidOptions(_ diagnostics: [Diagnostic]) -> Self {
        let errors = diagnostics.filter { $0.severity == .error }
        return Self(.optionsInvalid, errors.first?.message ?? "the options are wrong", details: errors)
    }
    static func optionNotAllowed(_ option: String) -> Self {
        Self(
            .optionsInvalid,
            "'\(option.prefix(80))' names something outside of the plan, and only the plan's file can say that")
    }
    static let tooManyChanges = Self(
        .tooManyChanges,
        "an instance takes \(InstanceStages.changesPerSecond) changes a second, "
            + "and \(InstanceStages.pendingChanges) that its worker has not made yet")
    static func stageLate(_ stage: String) -> Self {
        Self(.stageLate, "stage '\(stage)' is still being made anew; it may change later")
    }
}
