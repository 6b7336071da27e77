import HTTPTypes
import Hummingbird
import NIOCore

/// `/`: the page and its files; `/examples/`: pages that are short enough to read.
struct PageRoutes {
    func add(to router: Router<ServiceContext>) {
        for file in PageFile.all {
            router.endpoint(RouterPath("/\(file.name)"), [.get: { request, _ in file.response(to: request) }])
            let also: RouterPath? =
                switch file.name {
                case "index.html": "/"
                // Browsers ask for this one where a page names none.
                case "favicon.svg": "/favicon.ico"
                default: nil
                }
            if let also { router.endpoint(also, [.get: { request, _ in file.response(to: request) }]) }
        }
        for file in PageFile.examples {
            let path: RouterPath = file.name == "examples.html" ? "/examples" : "/examples/\(file.name)"
            router.endpoint(path, [.get: { request, _ in file.response(to: request) }])
        }
    }
}

extension PageFile {
    /// A page runs nothing but its own files, or the very script that it was made with, and talks to nobody but this
    /// server.
    private var contentSecurityPolicy: String {
        "default-src 'self'; " + (script.map { "script-src 'sha256-\($0)'; " } ?? "")
            + "img-src 'self' blob: data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'"
    }

    fileprivate func response(to request: Request) -> Response {
        let headers: HTTPFields = [
            .contentType: type, .eTag: tag.text, .cacheControl: "no-cache",
            .contentSecurityPolicy: contentSecurityPolicy,
        ]
        if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: content))
    }
}
