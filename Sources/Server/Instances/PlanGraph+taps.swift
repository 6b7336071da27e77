import Plans
import WorkerLink

extension PlanGraph {
    /// The taps as the worker will most likely compile them, so that viewers can come before it has.
    ///
    /// The worker's own word replaces this.
    var expectedTaps: [CompiledTap] {
        sideTaps.map { tap in
            let options = nodes.first { $0.id == tap.nodeID }?.properties ?? []
            func number(_ name: String) -> Double? {
                let value =
                    switch options.first(where: { $0.name == name })?.value {
                    case .literal(let text): Double(text)
                    case .bound(.integer(let value), _): Double(value)
                    case .bound(.number(let value), _): value
                    default: Double?.none
                    }
                // 0 means not said.
                return value.flatMap { $0 > 0 ? $0 : nil }
            }
            func integer(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }
            return CompiledTap(
                id: tap.nodeID, attachPoint: tap.attachPoint,
                defaults: Variant(width: integer("width"), height: integer("height"), quality: integer("quality")),
                fps: number("fps"))
        }
    }
}
