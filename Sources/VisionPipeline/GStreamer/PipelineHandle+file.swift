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

    /// Elements of the plan wait for the clock or for somebody else, so that nothing coming for long is no sign of anything.
    var mayBeHeldUp: Bool {
        element.elements.contains { held in
            let element = held.pointer
            switch element.factoryName {
            case "clocksync": return true
            case "identity": return element.boolean("sync") == true || element.unsigned("sleep-time") > 0
            // Those that this program has made are asked by themselves.
            case "appsink": return false
            case "filesink", "multifilesink", "fakesink", "splitmuxsink": return element.boolean("sync") == true
            default: return element.factoryClasses.contains("Sink") && element.pads(.source).isEmpty
            }
        }
    }
}
