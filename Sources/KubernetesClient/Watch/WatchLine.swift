import EtcdRecoverModel

/// One line of a watch's stream.
enum WatchLine<R: KubernetesResource>: Decodable {
    case event(WatchEvent<R>, resourceVersion: String)
    case error(Status)

    private enum Key: CodingKey { case type, object }

    // By hand: what `object` is depends on `type`.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let type = try container.decode(String.self, forKey: .type)
        switch type {
        case "ADDED", "MODIFIED", "DELETED":
            let object = try container.decode(R.self, forKey: .object)
            let event: WatchEvent<R> =
                switch type {
                case "ADDED": .added(object)
                case "MODIFIED": .modified(object)
                default: .deleted(object)
                }
            self = .event(event, resourceVersion: object.metadata.resourceVersion ?? "")
        case "BOOKMARK":
            let version = try container.decode(Bookmark.self, forKey: .object).metadata.resourceVersion ?? ""
            self = .event(.bookmark(resourceVersion: version), resourceVersion: version)
        case "ERROR":
            self = .error(try container.decode(Status.self, forKey: .object))
        default:
            throw DecodingError.dataCorruptedError(forKey: .type, in: container, debugDescription: "unknown type")
        }
    }

    private struct Bookmark: Decodable {
        struct Metadata: Decodable { var resourceVersion: String? }
        var metadata: Metadata
    }
}
