import Testing

@testable import Server

struct WorkerEnvironmentTests {
    @Test(
        "what GStreamer, its plugins and stages go by is passed on",
        arguments: [
            "PATH", "HOME", "LANG", "LC_ALL", "TZ", "GST_DEBUG", "GST_REGISTRY", "GST_PLUGIN_PATH_1_0",
            "XDG_CACHE_HOME",
            "LD_LIBRARY_PATH", "DISPLAY", "LIBVA_DRIVER_NAME", "CUDA_VISIBLE_DEVICES", "http_proxy", "NO_PROXY",
            "SSL_CERT_FILE", "STREAMTAP_MODELS",
        ])
    func passed(name: String) { #expect(WorkerEnvironment.passes(name)) }

    @Test(
        "secrets, and what nobody asked for, are not",
        arguments: [
            "STREAMTAP_SECRET_FRONT_DOOR", "CREDENTIALS_DIRECTORY", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL",
            "GST_PASSWORD",
            "GITHUB_TOKEN", "STREAMTAP_TOKEN", "SSH_AUTH_SOCK", "NOTIFY_SOCKET", "JOURNAL_STREAM", "KUBECONFIG", "MAIL",
            "STREAMTAP_api_key", "CUDA_ACCESS_KEY",
        ])
    func kept(name: String) { #expect(!WorkerEnvironment.passes(name)) }
}
