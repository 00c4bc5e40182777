import Cryptography
import EtcdClient
import EtcdRecoverModel

extension ClusterEvidence {
    /// What an approval is about, as SHA-256 in hexadecimal: whoever approves has seen who answers, what each of them knows,
    /// whose volumes are there, who is kept and where the copies go. Raft's terms are left out, since members alone go on
    /// counting them, and so are the words of pods, which change by themselves, as does whether a volume can be copied now.
    func digest(survivor: EtcdRecovery.Survivor?, place: RescuePlace?) -> String {
        var lines = ["layout \(layout.rawValue)", "size \(size)", "permanent \(permanence?.isPermanent ?? false)"]
        for member in members {
            var line = "member \(member.name) volume \(member.volume?.rawValue ?? "none")"
            if let status = member.status {
                line += " id \(status.header.member) cluster \(status.header.cluster)"
                line +=
                    " revision \(status.header.revision) index \(status.raftAppliedIndex) learner \(status.isLearner)"
            }
            lines.append(line)
        }
        lines.append(
            "survivor \(survivor?.name ?? "none") revision \(survivor?.revision ?? 0) volume \(survivor?.fromVolume ?? false)"
        )
        lines.append(copies(place))
        let text = lines.joined(separator: "\n")
        // OpenSSL fails at this only without memory.
        return (try? Digest.sha256(Array(text.utf8)).description) ?? text
    }
    private func copies(_ place: RescuePlace?) -> String {
        // Not the authority of a volume's: nobody compares it.
        if let server = place?.server { return "copies on the controller's volume at \(server.url)" }
        let destination = place?.destination
        let bucket = destination?.s3?.bucket ?? destination?.gcs?.bucket ?? "none"
        let endpoint = destination?.s3?.endpoint ?? destination?.gcs?.endpoint ?? ""
        return "copies \(bucket) \(endpoint) \(destination?.prefix ?? "")"
    }
}
