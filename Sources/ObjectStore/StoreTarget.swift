package import HTTP

/// A bucket or directory, as a destination names it. A new kind of store is a case here and a backend in a file of its own.
package enum StoreTarget: Hashable, Sendable {
    case s3(S3Location, S3Options = S3Options())
    case gcs(GCSLocation)
    /// Absolute.
    case directory(String)
}

/// Who asks.
package enum StoreCredentials: Sendable {
    /// What the place the process runs in gives it. An S3 endpoint of one's own gets keys of the environment at most, an
    /// emulator of GCS nothing: roles and metadata services are Amazon's and Google's.
    case ambient
    /// The data of a Secret, read anew each minute, so that it may be replaced at any time. s3: `accessKeyID`,
    /// `secretAccessKey`, optionally `sessionToken`; gcs: `serviceAccountJSON`.
    case secret(read: @Sendable () async throws -> [String: SecretBytes])
}

extension ObjectStore {
    /// The store of a target; nothing is asked of it yet.
    package static func open(
        _ target: StoreTarget, as credentials: StoreCredentials, in environment: CredentialEnvironment,
        limits: TransferLimits = TransferLimits()
    ) -> ObjectStore {
        let clock = environment.clock
        let backend: any StoreBackend
        switch target {
        case .s3(let location, let options):
            backend = S3Backend(
                location.completed(from: environment), http: environment.http,
                credentials: credentials.aws(for: location, in: environment),
                options: options, policy: limits.retry, clock: clock)
        case .gcs(let location):
            backend = GCSBackend(
                location, http: environment.http, token: credentials.google(in: environment), policy: limits.retry,
                clock: clock)
        case .directory(let path):
            backend = FileBackend(path)
        }
        return ObjectStore(backend, limits: limits, clock: clock)
    }
}

extension S3Location {
    /// In the region the process runs in, where Amazon's is not given: most likely right, and else it is learnt.
    func completed(from environment: CredentialEnvironment) -> S3Location {
        var location = self
        if isAWS, region == nil {
            location.region = environment.value("AWS_REGION") ?? environment.value("AWS_DEFAULT_REGION")
        }
        return location
    }
}

extension StoreCredentials {
    func aws(
        for location: S3Location, in environment: CredentialEnvironment
    ) -> CredentialCache<AWSCredentials>? {
        switch self {
        case .secret(let read):
            return CredentialCache(now: environment.clock.now) {
                let data = try await read()
                guard let id = data["accessKeyID"], let key = data["secretAccessKey"], !id.isEmpty, !key.isEmpty else {
                    throw StoreError.noCredentials(reason: "the Secret lacks accessKeyID or secretAccessKey")
                }
                let token = data["sessionToken"].flatMap { $0.isEmpty ? nil : $0 }
                return AWSCredentials(accessKeyID: id.reveal(), secretAccessKey: key, sessionToken: token)
            }
        case .ambient:
            let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
            guard location.isAWS || keys.contains(where: { environment.value($0) != nil }) else { return nil }
            let ambient = AmbientAWSCredentials(environment, region: location.region)
            return CredentialCache(now: environment.clock.now) { try await ambient.fetch() }
        }
    }

    func google(in environment: CredentialEnvironment) -> CredentialCache<GoogleToken> {
        switch self {
        case .secret(let read):
            return CredentialCache(now: environment.clock.now) {
                guard let json = try await read()["serviceAccountJSON"], !json.isEmpty else {
                    throw StoreError.noCredentials(reason: "the Secret lacks serviceAccountJSON")
                }
                return try await GoogleServiceAccount(json: json).fetch(environment)
            }
        case .ambient:
            let ambient = AmbientGoogleCredentials(environment)
            return CredentialCache(now: environment.clock.now) { try await ambient.fetch() }
        }
    }
}
