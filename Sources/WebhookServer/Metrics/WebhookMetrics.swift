import Admission
import CoreMetrics
package import EtcdRecoverModel

/// Every series of the webhook. All exist from the start, so that a rate over them is right from the first event.
package struct WebhookMetrics: Sendable {
    package let registry: PrometheusRegistry
    private let reviews: [ReviewKey: Counter]
    private let denials: [RuleID: Counter]
    private let refusals: [Int: Counter]
    private let durations: [AdmissionStage: CoreMetrics.Timer]
    private let injections: [MemberInjection.Outcome: Counter]
    private let injectionDuration: CoreMetrics.Timer
    private let lookups: [LookupKind: CoreMetrics.Timer]
    private let lookupFailures: [LookupKind: Counter]
    private let handshakes: [Bool: Counter]
    private let certificateExpiry: Meter
    private let certificateGeneration: Meter
    private let process: ProcessMetrics

    private struct ReviewKey: Hashable {
        var stage: AdmissionStage
        /// `other` for any kind that no rule knows: a client must not be able to make series.
        var kind: String
        var operation: AdmissionRequest.Operation
        var allowed: Bool
    }

    private static let otherKind = "other"
    private static let kinds = [EtcdBackup.kind, EtcdRestore.kind, EtcdRecovery.kind, otherKind]

    package init(rules: [RuleID]) {
        let registry = PrometheusRegistry(help: Self.help)
        self.registry = registry
        func counter(_ name: String, _ dimensions: [(String, String)]) -> Counter {
            Counter(label: "etcdrecover_\(name)", dimensions: dimensions, factory: registry)
        }
        func timer(_ name: String, _ dimensions: [(String, String)]) -> CoreMetrics.Timer {
            CoreMetrics.Timer(label: "etcdrecover_\(name)", dimensions: dimensions, factory: registry)
        }
        func meter(_ name: String) -> Meter { Meter(label: "etcdrecover_\(name)", factory: registry) }

        var reviews: [ReviewKey: Counter] = [:]
        for stage in AdmissionStage.allCases {
            for kind in Self.kinds {
                for operation in AdmissionRequest.Operation.allCases {
                    for allowed in [true, false] {
                        reviews[ReviewKey(stage: stage, kind: kind, operation: operation, allowed: allowed)] = counter(
                            "admission_reviews_total",
                            [
                                ("path", "/\(stage.rawValue)"), ("kind", kind), ("operation", operation.rawValue),
                                ("allowed", "\(allowed)"),
                            ])
                    }
                }
            }
        }
        self.reviews = reviews
        denials = Dictionary(
            uniqueKeysWithValues: rules.map { ($0, counter("admission_denials_total", [("rule", $0.rawValue)])) })
        refusals = Dictionary(
            uniqueKeysWithValues: [400, 404, 405, 413, 415, 503].map {
                ($0, counter("http_refusals_total", [("code", "\($0)")]))
            })
        durations = Dictionary(
            uniqueKeysWithValues: AdmissionStage.allCases.map {
                ($0, timer("admission_duration_seconds", [("path", "/\($0.rawValue)")]))
            })
        injections = Dictionary(
            uniqueKeysWithValues: MemberInjection.Outcome.allCases.map {
                ($0, counter("injections_total", [("result", $0.rawValue)]))
            })
        injectionDuration = timer("admission_duration_seconds", [("path", "/inject")])
        lookups = Dictionary(
            uniqueKeysWithValues: LookupKind.allCases.map {
                ($0, timer("lookup_duration_seconds", [("lookup", $0.rawValue)]))
            })
        lookupFailures = Dictionary(
            uniqueKeysWithValues: LookupKind.allCases.map {
                ($0, counter("lookup_failures_total", [("lookup", $0.rawValue)]))
            })
        handshakes = [
            true: counter("tls_handshakes_total", [("result", "completed")]),
            false: counter("tls_handshakes_total", [("result", "failed")]),
        ]
        certificateExpiry = meter("certificate_expiry_timestamp_seconds")
        certificateGeneration = meter("certificate_generation")
        process = ProcessMetrics(factory: registry)
        Meter(label: "etcdrecover_build_info", dimensions: [("version", Version.current)], factory: registry).set(1)
    }

    func answered(_ answer: AdmissionEndpoint.Answer, to purpose: ReviewPurpose, took duration: Duration) {
        switch purpose {
        case .judging(let stage): reviewed(stage, answer.decision, took: duration)
        case .injecting:
            injectionDuration.recordNanoseconds(duration.nanoseconds)
            if let outcome = answer.injection { injections[outcome]?.increment() }
        }
    }

    private func reviewed(_ stage: AdmissionStage, _ decision: AdmissionDecision, took duration: Duration) {
        durations[stage]?.recordNanoseconds(duration.nanoseconds)
        guard let request = decision.request else { return refused(400) }
        let known = request.kind.group == EtcdBackup.group && Self.kinds.contains(request.kind.kind)
        reviews[
            ReviewKey(
                stage: stage, kind: known ? request.kind.kind : Self.otherKind, operation: request.operation,
                allowed: decision.isAllowed)]?.increment()
        for rule in decision.deniedBy { denials[rule]?.increment() }
    }

    func refused(_ code: Int) { refusals[code]?.increment() }

    func looked(up kind: LookupKind, took duration: Duration, answered: Bool) {
        lookups[kind]?.recordNanoseconds(duration.nanoseconds)
        if !answered { lookupFailures[kind]?.increment() }
    }

    func handshake(completed: Bool) { handshakes[completed]?.increment() }

    /// What every new connection is now served with. `expiry` in seconds since 1970.
    package func serving(certificateGeneration generation: Int, expiry: Double) {
        certificateGeneration.set(Int64(generation))
        certificateExpiry.set(expiry)
    }

    func exposition() -> String {
        process.update()
        return registry.exposition()
    }

    private static let help = [
        "etcdrecover_admission_reviews_total": "Admission reviews answered.",
        "etcdrecover_admission_denials_total": "Reviews refused, by rule; one review may count for several.",
        "etcdrecover_admission_duration_seconds": "Time from the body's last byte to the answer.",
        "etcdrecover_injections_total": "Pods of clusters under restore, by what became of them.",
        "etcdrecover_http_refusals_total": "Requests that held no review to judge, by HTTP or Status code.",
        "etcdrecover_lookup_duration_seconds": "Time that rules waited for the API server.",
        "etcdrecover_lookup_failures_total": "Look-ups without an answer: error, forbidden, too late.",
        "etcdrecover_tls_handshakes_total": "TLS handshakes.",
        "etcdrecover_certificate_expiry_timestamp_seconds": "When the serving certificate expires.",
        "etcdrecover_certificate_generation": "How many certificates this process has served.",
        "etcdrecover_build_info": "Always 1; the version is a label.",
        "process_resident_memory_bytes": "Resident memory.",
        "process_start_time_seconds": "When the process started.",
    ]
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}

/// What a rule can ask, as metrics name it.
package enum LookupKind: String, CaseIterable, Sendable {
    case etcdCluster = "etcdcluster"
    case secret
    case etcdBackup = "etcdbackup"
    case etcdBackups = "etcdbackups"
    case etcdRestores = "etcdrestores"
    case etcdRecoveries = "etcdrecoveries"
    case statefulSet = "statefulset"
    case pods
    case persistentVolumeClaims = "persistentvolumeclaims"
    case mayGetSecret = "subjectaccessreview"
}
