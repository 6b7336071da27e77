internal import CGStreamer
internal import Glibc

extension PipelineHandle {
    /// The file that all its pictures come from, where they come from one that is there; nil where they have another source, or
    /// several.
    var onlyFile: String? {
        let sources = element.elements.filter { held in
            held.pointer.factoryClasses.contains("Source") && held.pointer.pads(.sink).isEmpty
                && !held.pointer.factoryClasses.contains("Bin")
        }
        guard sources.count == 1, let source = sources.first?.pointer, source.factoryName == "filesrc" else {
            return nil
        }
        var value = GValue()
        g_value_init(&value, GObjectType.string)
        defer { g_value_unset(&value) }
        source.withObject { g_object_get_property($0, "location", &value) }
        guard let path = g_value_get_string(&value).map({ String(cString: $0) }) else { return nil }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? path : nil
    }

    /// Elements of its own wait for the clock, so that nothing coming for long is no sign of anything.
    var waitsForClock: Bool {
        element.elements.contains { held in
            let name = held.pointer.factoryName
            return name == "clocksync"
                || name == "identity"
                    && (held.pointer.boolean("sync") == true || held.pointer.unsigned("sleep-time") > 0)
        }
    }
}
