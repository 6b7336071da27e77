internal import Plans

/// The files of a sink that numbers them, as a plan sets it up.
struct NumberedFiles {
    /// The sink's own, which says where its numbers start.
    let property: PropertyName
    /// Nil where it cannot be told which files there will be.
    let numbering: FileNumbering?
    private let location: String?
    private let isGivenLocation: Bool
    /// Of the first file; nil where it cannot be told.
    private let first: Int32?
    private let isGivenNumbers: Bool
    private let isRing: Bool

    /// Nil for an element that numbers no files.
    init?(_ node: PlanNode, of factory: String) {
        let properties: [String: PropertyName] = ["splitmuxsink": "start-index", "multifilesink": "index"]
        guard let property = properties[factory] else { return nil }
        self.property = property
        let given = node.text(of: "location")
        isGivenLocation = given != nil
        location = given ?? (factory == "multifilesink" ? "%05d" : nil)
        numbering = location.flatMap { FileNumbering($0) }
        let names = Set(node.properties.map(\.property))
        // The numbers of a ring come round to zero, wherever they start.
        isRing = names.contains("max-files")
        isGivenNumbers = isRing || names.contains(property)
        first = isRing || !names.contains(property) ? 0 : node.text(of: property).flatMap { Int32($0) }
    }

    /// It goes on behind the files that are there: the plan leaves where it starts to the program.
    var areContinued: Bool { numbering != nil && isGivenLocation && !isGivenNumbers }

    /// What number to go on with; nil where the plan's own stands.
    ///
    /// - Parameter goesOn: files were written a moment ago by the pipeline whose place is taken.
    func next(goesOn: Bool) -> Int32? {
        guard let next = numbering?.next else { return nil }
        if areContinued { return next }
        return goesOn && !isRing ? first.map { max($0, next) } : nil
    }

    /// Whether a file that holds something would be written over, now or further on.
    var wouldOverwrite: Bool {
        guard let location, !areContinued else { return false }
        if let numbering, isRing { return numbering.next > 0 }
        if numbering != nil { return first == nil }
        // Several numbers, or none: one file again and again.
        return location.contains("%") || RecordedFile.holdsSomething(location)
    }
}
