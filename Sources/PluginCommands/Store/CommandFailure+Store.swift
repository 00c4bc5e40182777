import ObjectStore

extension CommandFailure {
    /// With what to do next, where the error's own words do not say it.
    init(_ error: StoreError, of target: StoreTarget) {
        let hint: String? =
            switch (error, target) {
            case (.noCredentials, .gcs): "give --secret NAME, or set GOOGLE_APPLICATION_CREDENTIALS"
            case (.noCredentials, _): "give --secret NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            case (.damaged(let uri, _, _), _):
                "where there is no other: list what is wrong with kubectl etcdrecover snapshot verify \(uri), and take it as "
                    + "it is with kubectl etcdrecover snapshot restore --skip-hash-check"
            default: nil
            }
        self.init("\(error)", hint: hint)
    }
}
