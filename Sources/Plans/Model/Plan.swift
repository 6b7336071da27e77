/// A plan, parsed: what its author wrote, with every name at its place in the text.
///
/// A plan knows neither which elements exist nor which stages do; that is found out when it is built.
public struct Plan: Sendable, Hashable {
    /// The text as written.
    public var text: String
    /// From the front matter.
    public var title: String?
    /// From the front matter: whether sources give pictures as they are captured, so that a late one is worth nothing. Nil: sources
    /// say so themselves.
    public var isLive: Bool?
    /// From the front matter: how long a live source may be silent before that is a stall, seconds. Nil: how its pictures come says so.
    public var stall: Double?
    /// From the front matter: the camera is left alone while nobody looks. `isOnDemand` says whether that can be.
    public var capturesOnDemand = false
    /// From the front matter, in the order written.
    public var parameters: [ParameterDeclaration]
    /// Values may still be `${name}`; `binding(_:)` puts values there.
    public var graph: PlanGraph
    /// What parsing found worth saying though the plan is sound.
    public var warnings: [Diagnostic]
    /// Where each parameter is declared.
    var parameterPlaces: [String: SourceRange]

    /// Where a parameter is declared; the plan's beginning when it is not.
    public func place(of parameter: String) -> SourceRange {
        parameterPlaces[parameter] ?? SourceRange(line: 1, column: 1, length: 1)
    }
}
