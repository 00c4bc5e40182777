/// The least of a review: what is left to answer with when the whole cannot be read. Nothing in it is required.
struct ReviewEnvelope: Decodable {
    var apiVersion: String?
    var kind: String?
    var uid: String?

    private enum CodingKeys: CodingKey { case apiVersion, kind, request }
    private enum RequestKeys: CodingKey { case uid }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        apiVersion = try? container.decode(String.self, forKey: .apiVersion)
        kind = try? container.decode(String.self, forKey: .kind)
        uid = try? container.nestedContainer(keyedBy: RequestKeys.self, forKey: .request)
            .decode(String.self, forKey: .uid)
    }
}
