import Foundation
import Subprocess

/// What of this process' environment a worker is given: what GStreamer, its plugins, the languages and stages go by.
///
/// Anything else may be a secret of the operator's, or of another program's.
enum WorkerEnvironment {
    private static let names: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "LOCPATH", "NLSPATH", "DISPLAY",
        "XAUTHORITY",
    ]
    private static let prefixes = [
        "LC_", "XDG_", "GST_", "G_", "GIO_", "GLIB", "GSETTINGS_", "LD_", "ORC_", "MALLOC_", "STREAMTAP_", "SWIFT_",
        "FONTCONFIG_", "PANGO_", "SSL_CERT_", "LIBVA_", "LIBGL_", "MESA_", "EGL_", "VDPAU_", "WAYLAND_", "V4L",
        "LIBV4L",
        "LIBCAMERA_", "ALSA_", "PULSE_", "PIPEWIRE_", "LADSPA_", "LV2_", "FREI0R_", "CUDA_", "NVIDIA_", "OMP_",
        "OPENBLAS_",
        "OPENCV_", "OPENVINO_", "ONEAPI_", "ROCM_", "HIP_", "HSA_", "TF_", "ASAN_", "LSAN_", "UBSAN_", "TSAN_",
    ]
    private static let proxies: Set<String> = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]
    /// Whatever a name begins with.
    private static let secrets = ["SECRET", "PASSW", "TOKEN", "CREDENTIAL", "PRIVATE", "API_KEY", "ACCESS_KEY"]

    /// Whether a worker is given a variable.
    static func passes(_ name: String) -> Bool {
        guard !secrets.contains(where: { name.uppercased().contains($0) }) else { return false }
        return names.contains(name) || proxies.contains(name.lowercased()) || prefixes.contains { name.hasPrefix($0) }
    }
}

extension Environment {
    /// What a worker is given. The secrets of its own plan it gets over the link.
    static var ofWorkers: Environment {
        // A desktop's settings are kept in files that a worker may not open; it would complain of each.
        let passed = ["GSETTINGS_BACKEND": "memory"].merging(
            ProcessInfo.processInfo.environment.filter { WorkerEnvironment.passes($0.key) }
        ) { $1 }
        return .custom(Dictionary(uniqueKeysWithValues: passed.map { (Key(stringLiteral: $0.key), $0.value) }))
    }
}
