import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.json`: what can be asked for, for programs. Tests hold it against the routes.
struct ContractRoutes {
    func add(to router: Router<ServiceContext>) {
        let content = ByteBuffer(bytes: PackageResources.openapi_json)
        let tag = EntityTag(PackageResources.openapi_json)
        router.endpoint(
            "/openapi.json",
            [
                .get: .open { request, _ in
                    var headers: HTTPFields = [.eTag: tag.text, .cacheControl: "no-cache"]
                    if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
                    headers[.contentType] = "application/json"
                    return Response(status: .ok, headers: headers, body: .init(byteBuffer: content))
                }
            ])
    }
}
