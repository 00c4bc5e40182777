import ArgumentParser
import Cryptography
import EtcdRecoverModel
import KubernetesClient
import Logging
import ServiceLifecycle
import WebhookServer

struct CertificateOptions: ParsableArguments {
    enum Source: String, CaseIterable, ExpressibleByArgument {
        case selfManaged = "self-managed"
        case files, secret
    }

    @Option(
        name: .customLong("certificates"),
        help: "Where the serving certificate comes from: made here, read from files, or kept in a Secret by others")
    var kind = Source.selfManaged

    @Option(help: ArgumentHelp("Chain in PEM, for 'files'", valueName: "file"))
    var certificateFile: String?

    @Option(help: ArgumentHelp("Its private key in PEM, for 'files'", valueName: "file"))
    var privateKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "CAs in PEM: whoever asks for a review must present a certificate of one; without, anybody may ask",
            valueName: "file"))
    var clientCaFile: String?

    @Option(help: ArgumentHelp("For 'secret' and 'self-managed'", valueName: "name"))
    var certificateSecret = "etcdrecover-webhook-certificate"

    @Option(help: ArgumentHelp("Of the Secret and the Service; default: the pod's", valueName: "name"))
    var namespace: String?

    @Option(help: ArgumentHelp("API servers call NAME.NAMESPACE.svc", valueName: "name"))
    var service = "etcdrecover-webhook"

    @Option(help: ArgumentHelp("One more name or address to certify; may be repeated", valueName: "name"))
    var dnsName: [String] = []

    @Option(help: ArgumentHelp("Whose caBundle to keep, for 'self-managed'", valueName: "name"))
    var validatingConfiguration = "etcdrecover-validating"

    @Option(help: ArgumentHelp("Whose caBundle to keep, for 'self-managed'", valueName: "name"))
    var mutatingConfiguration = "etcdrecover-mutating"

    @Option(
        help: ArgumentHelp("Whose caBundle to keep while a restore is under way, for 'self-managed'", valueName: "name")
    )
    var injectorConfiguration = "etcdrecover-member-injector"

    @Option(help: ArgumentHelp("Renewed after two thirds", valueName: "duration"))
    var caLifetime = GoDuration(CertificatePolicy.defaultAuthorityLifetime)

    @Option(help: ArgumentHelp("Renewed after two thirds", valueName: "duration"))
    var certificateLifetime = GoDuration(CertificatePolicy.defaultLeafLifetime)

    @Option(
        help: ArgumentHelp("How long a CA is published before a certificate of its is served", valueName: "duration"))
    var certificateSettle = GoDuration(CertificatePolicy.defaultSettle)

    func validate() throws {
        guard kind == .files || (certificateFile == nil && privateKeyFile == nil) else {
            throw ValidationError("--certificate-file and --private-key-file go with --certificates=files")
        }
        guard kind != .files || (certificateFile != nil && privateKeyFile != nil) else {
            throw ValidationError("--certificates=files needs --certificate-file and --private-key-file")
        }
    }
}

extension CertificateOptions {
    /// What keeps `serving` current for as long as it runs.
    func source(serving: ServingCertificates, client: KubernetesClient, logger: Logger) throws -> any Service {
        switch kind {
        case .files:
            return FileCertificates(
                certificatePath: certificateFile ?? "", keyPath: privateKeyFile ?? "", serving: serving, logger: logger)
        case .secret:
            return SecretCertificates(
                name: "\(namespace(client))/\(certificateSecret)", store: store(client), serving: serving,
                logger: logger)
        case .selfManaged:
            let publisher = WebhookConfigurationPublisher(
                client: client, mutating: mutatingConfiguration, validating: validatingConfiguration,
                injector: injectorConfiguration)
            return SelfManagedCertificates(
                store: store(client), publisher: publisher, serving: serving, policy: try policy(namespace(client)),
                logger: logger)
        }
    }

    private func namespace(_ client: KubernetesClient) -> String { namespace ?? client.configuration.namespace }

    private func store(_ client: KubernetesClient) -> KubernetesCertificateStore {
        KubernetesCertificateStore(client: client, namespace: namespace(client), name: certificateSecret)
    }

    private func policy(_ namespace: String) throws -> CertificatePolicy {
        let host = "\(service).\(namespace).svc"
        return try CertificatePolicy(
            names: ([host, "\(host).cluster.local"] + dnsName).map { try SubjectAlternativeName($0) },
            authorityLifetime: caLifetime.duration, leafLifetime: certificateLifetime.duration,
            settle: certificateSettle.duration)
    }
}

extension GoDuration {
    fileprivate init(_ duration: Duration) {
        self.init(nanoseconds: Int64(duration / .nanoseconds(1)))
    }
}
