import EtcdRecoverModel
import FoundationEssentials
import HTTP
import KubernetesClient

extension ClusterLocator {
    /// Adds what was not given: from the Secret that is named, else the operator's for clients, else the files that the
    /// member itself serves with. These too where the operator signs no certificate with another: then a client's opens
    /// nothing, and a server's is the one that the members trust.
    func addCertificates(to cluster: inout LocatedCluster, pod: MemberPod, process: EtcdProcess) async throws {
        guard !cluster.tls.isComplete else { return }
        if let name = choices.tlsSecret {
            return try cluster.tls.fill(from: try await secret(name, for: .certificates))
        }
        // The operator names its Secrets after the cluster.
        var client: Secret?
        if let name = cluster.target.clusterName {
            client = try await secretIfPresent("\(name)-client-tls", for: .certificates)
        }
        if let client, !client.trustsItselfAlone { return try cluster.tls.fill(from: client) }
        try await addServed(to: &cluster, pod: pod, process: process)
        if let client, cluster.tls.chain == nil { try cluster.tls.fill(from: client) }
        guard cluster.tls.authorities != nil || cluster.tls.chain != nil || !cluster.tls.verifiesPeer else {
            throw LocationFailure.noCertificates(cluster.target)
        }
    }

    /// From the files of a member that Secrets and ConfigMaps hold.
    private func addServed(to cluster: inout LocatedCluster, pod: MemberPod, process: EtcdProcess) async throws {
        guard let container = pod.etcdContainer else { return }
        var files = MountedFiles(pod: pod, container: container, locator: self)
        if cluster.tls.chain == nil, let certificate = process["cert-file"], let key = process["key-file"],
            let chainText = try await files.content(of: certificate), let keyText = try await files.content(of: key)
        {
            cluster.tls.chain = chainText
            cluster.tls.key = SecretBytes(keyText)
        }
        if cluster.tls.authorities == nil, let authorities = process["trusted-ca-file"] {
            cluster.tls.authorities = try await files.content(of: authorities)
        }
    }

    func secret(_ name: String, for purpose: LocationFailure.Purpose) async throws -> Secret {
        guard let secret = try await secretIfPresent(name, for: purpose) else {
            throw LocationFailure.noSecret(name, namespace: namespace)
        }
        return secret
    }

    private func secretIfPresent(_ name: String, for purpose: LocationFailure.Purpose) async throws -> Secret? {
        do {
            return try await client.get(name: name, namespace: namespace)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", Secret.self, name, for: purpose)
        } catch let error as KubernetesError where error.isNotFound {
            return nil
        }
    }

    func configMap(_ name: String) async throws -> ConfigMap {
        do {
            return try await client.get(name: name, namespace: namespace)
        } catch let error as KubernetesError where error.isForbidden {
            throw refusal("get", ConfigMap.self, name, for: .certificates)
        }
    }
}
