import Plans
import VideoDevices

/// What is set on the cameras of instances while they run, and kept with them.
extension InstanceManager {
    /// - Throws: `ServiceError` `instance_unknown`, `source_unknown`, `device_unavailable`.
    func controls(of source: String, _ id: String) async throws(ServiceError) -> SourceControls {
        let camera = try camera(source, of: id)
        return shown(camera, try await ask(camera).controls)
    }

    /// Sets controls, now and whenever the camera is opened again.
    ///
    /// All of them or none.
    /// - Parameter wishes: by name; nil: what the plan says, else what the driver begins with.
    /// - Throws: `ServiceError` `instance_unknown`, `source_unknown`, `device_unavailable`, `controls_invalid`, `state_full`,
    ///   `state_unavailable`.
    func set(
        _ wishes: [String: ParameterValue?], of source: String, _ id: String
    ) async throws(ServiceError) -> SourceControls {
        let camera = try camera(source, of: id)
        let known = try await ask(camera).controls
        var values: [String: Int64] = [:]
        for (name, wish) in wishes {
            guard let control = known.first(where: { $0.name == name }) else {
                throw .invalidControls(
                    "the camera has no control '\(name.prefix(80))'"
                        + (NearestName.of(name, in: known.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""))
            }
            values[name] =
                try wish.map { value throws(ServiceError) in try control.value(value) }
                ?? camera.planned[name] ?? control.standard
        }
        let before = known.reduce(into: [String: Int64]()) { if values[$1.name] != nil { $0[$1.name] = $1.value } }
        let answer = try await ask(camera, toSet: values)
        if let refusal = answer.refusals.sorted(by: { $0.key < $1.key }).first {
            _ = try? await ask(camera, toSet: before.filter { answer.refusals[$0.key] == nil })
            throw .invalidControls("'\(refusal.key)' cannot be \(values[refusal.key] ?? 0): \(refusal.value)")
        }
        // Pressing a button is nothing that lasts.
        let lasting = wishes.keys.filter { name in known.contains { $0.name == name && $0.kind != .button } }
        do throws(ServiceError) {
            try await keep(camera, lasting.map { ($0, (wishes[$0] ?? nil) == nil ? nil : values[$0]) })
        } catch {
            _ = try? await ask(camera, toSet: before)
            throw error
        }
        note(.changed, id, "\(source): \(wishes.keys.sorted().joined(separator: ", "))")
        return shown(camera, answer.controls)
    }

    // MARK: The camera

    /// A source's, as it is just now.
    private struct Camera {
        var instance: Instance
        var source: String
        var device: String
        var path: String
        /// What the plan sets.
        var planned: [String: Int64]
    }

    private func camera(_ source: String, of id: String) throws(ServiceError) -> Camera {
        guard let slot = slots[id] else { throw .unknownInstance(id) }
        let specification = slot.instance.specification
        guard let device = specification.devices[source] else { throw .unknownSource(source, instance: id) }
        switch devices.place(of: device) {
        case .node(let path):
            return Camera(
                instance: slot.instance, source: source, device: device, path: path,
                planned: specification.plannedControls[source] ?? [:])
        case .missing: throw .unavailableDevice(device, "it is not plugged in")
        case .several: throw .unavailableDevice(device, "several have this serial number")
        }
    }

    private func ask(
        _ camera: Camera, toSet values: [String: Int64]? = nil
    ) async throws(ServiceError) -> (controls: [DeviceControl], refusals: [String: String]) {
        let answer = await devices.ask(
            DeviceQuestion(path: camera.path, .controls, controls: values.map { $0.mapValues { $0 } }))
        guard let report = answer.report else {
            throw .unavailableDevice(
                camera.device, answer.isMissing ? "it is not plugged in" : answer.failure ?? "no answer")
        }
        return (report.controls, answer.refusals)
    }

    private func shown(_ camera: Camera, _ controls: [DeviceControl]) -> SourceControls {
        SourceControls(
            source: camera.source, device: camera.device, path: camera.path, controls: controls,
            changes: wanted[camera.instance.id]?.record.controls[camera.source] ?? [:])
    }

    // MARK: Keeping

    /// - Parameter changes: nil: nothing of the kind is kept any more.
    private func keep(_ camera: Camera, _ changes: [(name: String, value: Int64?)]) async throws(ServiceError) {
        let id = camera.instance.id
        guard let wish = wanted[id], let slot = slots[id], slot.instance === camera.instance, slot.number == wish.number
        else {
            throw .overtaken(id)
        }
        let before = wish.record.controls[camera.source] ?? [:]
        try await note(changes, camera)
        guard wish.isRemembered, let store = memory.store else { return }
        do throws(ServiceError) {
            try await store.make(.controls(wanted[id]?.record.controls ?? [:], of: id))
        } catch {
            if isWanted(id, wish.number) {
                try? await note(changes.map { ($0.name, before[$0.name]) }, camera)
            }
            throw error
        }
    }

    private func note(_ changes: [(name: String, value: Int64?)], _ camera: Camera) async throws(ServiceError) {
        let id = camera.instance.id
        for (name, value) in changes { wanted[id]?.record.controls[camera.source, default: [:]][name] = value }
        if wanted[id]?.record.controls[camera.source]?.isEmpty == true {
            wanted[id]?.record.controls[camera.source] = nil
        }
        wishes += 1
        await camera.instance.keep(controls: wanted[id]?.record.controls ?? [:], revision: wishes)
    }
}
