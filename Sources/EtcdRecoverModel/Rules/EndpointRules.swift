enum EndpointRules {
    static let invalid = Rule(
        "destination.endpoint.invalid", .all, at: "destination.s3.endpoint, destination.gcs.endpoint", .invalid,
        "An absolute `http` or `https` URL with a host, without user info, query and fragment.")
    static let local = Rule(
        "destination.endpoint.local", .all, at: "destination.s3.endpoint, destination.gcs.endpoint", .forbidden,
        "The host is no loopback, link-local, unspecified or metadata address, however it is spelled, unless "
            + "`--allow-local-endpoints` says so.")
    static let insecure = Rule(
        "destination.endpoint.insecure", .all, at: "destination.s3.endpoint, destination.gcs.endpoint", .warning,
        .invalid, "`https` rather than `http`, over which credentials and data travel in the clear.")
    static let all = [invalid, local, insecure]

    static func judge(
        _ endpoint: String?, at path: FieldPath, _ options: RuleOptions, into findings: inout [Finding]
    ) {
        guard let endpoint = endpoint.ifGiven else { return }
        guard let url = EndpointURL(endpoint) else {
            let problems = EndpointURL.problems(in: endpoint).joined(separator: "; ")
            findings.append(
                Finding(invalid, at: path, value: quoted(EndpointURL.printable(endpoint)), problems))
            return
        }
        if let place = url.host.localPlace, !options.allowLocalEndpoints {
            findings.append(
                Finding(
                    local, at: path,
                    "\(quoted(endpoint)) is \(url.host), \(place.rawValue), and what answers there would be taken for the store: "
                        + "name the store by an address of its own"))
        }
        if !url.isSecure {
            findings.append(
                Finding(
                    insecure, at: path,
                    "credentials and data travel in the clear over http: use https"))
        }
    }
}
