import EtcdRecoverModel
import FoundationEssentials
import Glibc
import TestSupport
import Testing

extension Disruptions {
    /// The webhook is away while a member is to be restored.
    @Suite struct WebhookDown {
        @Test func `while the webhook is down a member waits, and never boots empty`() async throws {
            let relay = try relayToStore()
            try await Site.ofEachLayout(through: relay) { sites in
                try await sites.each { site in
                    try await site.createBackup("nightly")
                    try await site.ended(backup: "nightly")
                }
                // The agents are to be at work still when their pods are deleted.
                relay.bytesPerSecond = slow
                try await withSightings(of: "back-0", in: sites[...]) { sightings in
                    try await armed(sites)
                    try await waitsWhileDown(sites, pods: 0, sightings)
                    try await sites.each { try await $0.reaches(.downloading, "back") }
                    try await waitsWhileDown(sites, pods: 1, sightings) { site in
                        try await site.kubectl.output("delete", "pod", "back-0", "--wait=false")
                    }
                    relay.bytesPerSecond = nil
                    try await sites.each { try await ends($0) }
                    for (site, seen) in zip(sites, sightings) {
                        let pods = seen.all
                        #expect(pods.count == 2, "\(site.standIn.layout): \(pods)")
                        #expect(pods.allSatisfy { $0.hasAgent }, "\(site.standIn.layout): \(pods)")
                    }
                }
                try await expectNothingArmed()
            }
        }

        /// Has restores whose targets are made, and nobody who makes their pods.
        private func armed(_ sites: [Site]) async throws {
            for site in sites { site.standIn.service.signal(SIGSTOP) }
            try await sites.each { site in
                try await site.createRestore("back", of: "nightly")
                try await site.eventually("EtcdCluster back") {
                    try await site.kubectl.run("get", "etcdcluster", "back").succeeded ? true : nil
                }
            }
        }

        /// Takes the webhook away, does `then`, and has it back when each layout's operator was refused a pod.
        private func waitsWhileDown(
            _ sites: [Site], pods: Int, _ sightings: [PodSightings],
            _ then: @escaping @Sendable (Site) async throws -> Void = { _ in }
        ) async throws {
            try await InstalledPods.current.stopWebhook()
            var before: [Int] = []
            for site in sites { before.append(try await site.refusals()) }
            let refusals = before
            try await sites.each { site in
                try await then(site)
                // Where it was stopped.
                site.standIn.service.signal(SIGCONT)
                let index = try #require(sites.firstIndex { $0.namespace == site.namespace })
                try await site.eventually("pod that is refused") {
                    let seen = sightings[index].all
                    try #require(seen.count == pods, "\(site.standIn.layout): made without the webhook: \(seen)")
                    return try await site.refusals() > refusals[index] ? true : nil
                }
                // Each second it tries anew.
                try await Task.sleep(for: .seconds(3))
                // The operator works: what is not restored boots, and boots empty.
                if pods == 0 {
                    try await site.createCluster("other")
                    try await site.standIn.wait(forVoters: 1, of: "other")
                    #expect(try await site.bootedEmpty("other-0"))
                }
                #expect(sightings[index].all.count == pods, "\(site.standIn.layout): \(sightings[index].all)")
                let gone = try await site.kubectl.run("get", "pod", "back-0", "--ignore-not-found", "-o", "name")
                #expect(gone.output.isEmpty, "\(site.standIn.layout)")
                let phase = try await site.restore("back").status?.phase
                #expect(phase?.isTerminal == false, "\(site.standIn.layout): \(String(describing: phase))")
            }
            try await InstalledPods.current.startWebhook()
        }

        private func ends(_ site: Site) async throws {
            let restore = try await site.ended(restore: "back")
            try await site.expectEqual(restore, to: try await site.backup("nightly"), "the webhook was away twice")
            #expect(try await !site.bootedEmpty("back-0"), "\(site.standIn.layout)")
        }

        /// Runs `body` beside a watch of each site.
        private func withSightings(
            of pod: String, in sites: ArraySlice<Site>, _ sightings: [PodSightings] = [],
            _ body: @escaping @Sendable ([PodSightings]) async throws -> Void
        ) async throws {
            guard let site = sites.first else { return try await body(sightings) }
            _ = try await Service.run(PodSightings.watch(site)) { service in
                let seen = PodSightings(pod: pod, service: service)
                try await withSightings(of: pod, in: sites.dropFirst(), sightings + [seen], body)
            }
        }
    }

    /// To the suite's S3, on the nodes' network.
    static func relayToStore() throws -> TCPRelay {
        try TCPRelay(
            to: try TestStores.current.s3Port, after: .max, .cut, on: try InstalledPods.current.hostAddress)
    }
}

/// All the pods of one name that there ever were.
struct PodSightings: Sendable {
    struct Sighting: Hashable {
        var uid: String
        var hasAgent: Bool
    }

    let pod: String
    let service: Service

    static func watch(_ site: Disruptions.Site) -> Command {
        let fields = [".metadata.name", ".metadata.uid", ".spec.initContainers[*].name"]
        return Command(
            "kubectl",
            [
                "--kubeconfig", site.kubectl.cluster.kubeconfig, "--namespace", site.namespace, "get", "pods",
                "--watch-only", "-o", "jsonpath=" + fields.map { "{\($0)}" }.joined(separator: "{' '}") + "{'\\n'}",
            ])
    }

    var all: Set<Sighting> {
        Set(
            service.log.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.first == pod[...], words.count > 1 else { return nil }
                return Sighting(uid: String(words[1]), hasAgent: words.dropFirst(2).contains("etcdrecover-agent"))
            })
    }
}

extension Disruptions.Site {
    func reaches(_ phase: EtcdRestore.Phase, _ name: String, within limit: Duration = .seconds(120)) async throws {
        try await eventually("EtcdRestore \(name) that is \(phase.rawValue)", within: limit) {
            try await restore(name).status?.phase == phase ? true : nil
        }
    }

    /// Whether etcd found nothing when it started, as it says itself.
    fileprivate func bootedEmpty(_ pod: String) async throws -> Bool {
        let log = try await kubectl.output("logs", pod, "--container=etcd")
        try #require(log.contains("starting local member"), "\(log)")
        return log.contains("\"starting local member\"")
    }

    /// How often somebody was refused a pod because the webhook did not answer.
    fileprivate func refusals() async throws -> Int {
        let refusal = "failed calling webhook"
        switch standIn.layout {
        case .pods: return standIn.service.log.split(separator: "\n").count { $0.contains(refusal) }
        case .statefulSet:
            struct Event: Decodable {
                var count: Int?
                var message: String?
            }
            struct List: Decodable { var items: [Event] }
            let text = try await kubectl.output("get", "events", "--field-selector=reason=FailedCreate", "-o", "json")
            let events = try JSONDecoder().decode(List.self, from: Data(text.utf8)).items
            return events.filter { $0.message?.contains(refusal) == true }.reduce(0) { $0 + ($1.count ?? 1) }
        }
    }
}
