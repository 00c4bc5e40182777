import ClusterAccess

extension CommandFailure {
    /// With the flags that do without what was not found.
    init(_ failure: LocationFailure) {
        switch failure {
        case .notFound(.etcdCluster, _):
            self.init("\(failure)", hint: "for another etcd give statefulset/NAME or pod/NAME, or its --endpoints")
        case .noPods(_, let namespace):
            self.init(
                "\(failure)",
                hint: "with no pod running, its data is in its volumes only; see kubectl get pods,pvc -n \(namespace)")
        case .forbidden(let verb, let resource, _, _, let purpose):
            let flags =
                switch purpose {
                case .members: "--endpoints"
                case .certificates: "--cacert, --cert and --key"
                case .login: "--user"
                }
            self.init(
                "you \(failure)",
                hint: "have a Role allow the verb \"\(verb)\" on \(resource) there, or give \(flags)")
        case .noCertificates:
            self.init("\(failure)", hint: "give --cacert, --cert and --key, or --tls-secret")
        case .notFound, .noSecret, .incompleteSecret: self.init("\(failure)")
        }
    }
}
