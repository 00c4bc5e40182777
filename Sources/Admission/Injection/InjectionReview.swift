import EtcdRecoverModel

/// A review of a pod, with the pod as it is.
struct InjectionReview: Decodable {
    var request: AdmissionRequest
    var pod: JSONValue

    private enum CodingKeys: String, CodingKey { case apiVersion, kind, request }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard try container.decodeIfPresent(String.self, forKey: .apiVersion) == AdmissionReview.apiVersion,
            try container.decodeIfPresent(String.self, forKey: .kind) == AdmissionReview.kind
        else { throw AdmissionReview.NotAReview() }
        let fields = try container.nestedContainer(keyedBy: AdmissionRequest.CodingKeys.self, forKey: .request)
        request = try AdmissionRequest(from: fields)
        pod = try fields.decodeIfPresent(JSONValue.self, forKey: .object) ?? .null
    }

    /// With the namespace and the name that the API server knows, where the pod does not repeat them.
    var wholePod: JSONValue {
        guard case .object(var fields) = pod, case .object(var metadata)? = fields["metadata"] else { return pod }
        metadata["namespace"] = metadata["namespace"] ?? request.namespace.map(JSONValue.string)
        metadata["name"] = metadata["name"] ?? request.name.map(JSONValue.string)
        fields["metadata"] = .object(metadata)
        return .object(fields)
    }
}
