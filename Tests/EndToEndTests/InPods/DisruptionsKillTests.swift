import EtcdRecoverModel
import TestSupport
import Testing

extension Disruptions {
    /// The controller that leads is killed, over and over, at random moments of the work that it has begun.
    @Suite struct Kills {
        private static let rounds = 10
        /// Backups of a site in each round; several are at work at a time.
        private static let backups = 2

        @Test func `the controller is killed at any moment, and every backup and restore ends right`() async throws {
            try await Site.ofEachLayout(through: try relayToStore()) { sites in
                let backup = try await time {
                    try await sites.each { site in
                        try await site.createBackup("calm")
                        try await site.ended(backup: "calm")
                    }
                }
                try await killDuringBackups(sites, lasting: backup)
                let restore = try await time {
                    try await sites.each { site in
                        try await site.createRestore("calm", of: "calm")
                        try await site.ended(restore: "calm")
                    }
                }
                try await killDuringRestores(sites, lasting: restore)
                try await expectNothingArmed()
            }
        }

        private func killDuringBackups(_ sites: [Site], lasting duration: Duration) async throws {
            var kills: [Kill] = []
            for round in 0..<Self.rounds {
                let leader = try await Leader.current(after: kills.map(\.leader))
                try await sites.each { try await $0.mark("round \(round)") }
                let ages = try await begin(sites, within: duration, count: Self.backups) { site, number in
                    try await site.createBackup("b\(round)-\(number)")
                }
                leader.kill()
                // As it left them: nobody leads in the next seconds.
                let phases = try await sites.phases { try await $0.backups().map { $0.status?.phase?.rawValue } }
                kills.append(Kill(leader: leader.identity, ages: ages, phases: phases))
                try await leader.replace()
            }
            let comment = Comment(rawValue: "backups take \(duration); \(kills.summary)")
            print(comment.rawValue)
            try await sites.each { try await expectBackups($0, comment) }
        }

        private func expectBackups(_ site: Site, _ comment: Comment) async throws {
            for backup in try await site.backups() {
                let ended = try await site.ended(backup: backup.metadata.name ?? "")
                try await site.expectCalmEvents(about: ended.metadata.uid, success: "SnapshotUploaded", comment)
            }
            let bucket = try await Bucket.of(site.namespace)
            let backups = try await site.backups()
            #expect(backups.count == Self.rounds * Self.backups + 1)
            for backup in backups { site.expectWhole(backup, in: bucket, comment) }
            // None twice, with one record of each at most, and nothing that died on its way.
            #expect(bucket.snapshots == Set(backups.compactMap { $0.status?.snapshotLocation }), comment)
            #expect(bucket.objects.count <= 2 * backups.count, "\(bucket.objects); \(comment)")
            #expect(bucket.uploads == [], comment)
        }

        /// Of the backups that were disturbed before.
        private func killDuringRestores(_ sites: [Site], lasting duration: Duration) async throws {
            try await withThrowingTaskGroup(of: Void.self) { checks in
                var kills: [Kill] = []
                for round in 0..<Self.rounds {
                    let leader = try await Leader.current(after: kills.map(\.leader))
                    let ages = try await begin(sites, within: duration, count: 1) { site, _ in
                        try await site.createRestore("r\(round)", of: "b\(round)-0")
                    }
                    leader.kill()
                    let phases = try await sites.phases { try await $0.restores().map(\.stage) }
                    kills.append(Kill(leader: leader.identity, ages: ages, phases: phases))
                    try await leader.replace()
                    let comment = Comment(rawValue: kills.summary)
                    for site in sites { checks.addTask { try await expectRestored(site, round, comment) } }
                }
                print("restores take \(duration); \(kills.summary)")
                try await checks.waitForAll()
            }
        }

        private func expectRestored(_ site: Site, _ round: Int, _ comment: Comment) async throws {
            let restore = try await site.ended(restore: "r\(round)")
            let backup = try await site.backup("b\(round)-0")
            try await site.expectEqual(restore, to: backup, comment)
            try await site.expectCalmEvents(about: restore.metadata.uid, success: "SnapshotRestored", comment)
            // Makes room for the next ones.
            try await site.kubectl.output("delete", "etcdcluster", "r\(round)", "--wait=false")
        }

        /// Begins `count` in each site, each at a random moment. Returns when `duration` is over, with the age of each.
        private func begin(
            _ sites: [Site], within duration: Duration, count: Int,
            _ create: @escaping @Sendable (Site, Int) async throws -> Void
        ) async throws -> [Duration] {
            let start = ContinuousClock.now
            return try await withThrowingTaskGroup(of: Duration.self) { group in
                for site in sites {
                    for number in 0..<count {
                        let moment = duration * Double.random(in: 0..<1)
                        group.addTask {
                            try await Task.sleep(until: start + moment)
                            try await create(site, number)
                            return duration - moment
                        }
                    }
                }
                let ages = try await group.reduce(into: []) { $0.append($1) }
                try await Task.sleep(until: start + duration)
                return ages
            }
        }

        private func time(_ work: () async throws -> Void) async throws -> Duration {
            try await ContinuousClock().measure { try await work() }
        }
    }
}

extension EtcdRestore {
    /// Its phase, and whether the snapshot is proved: from then on injection may be armed and the cluster made.
    fileprivate var stage: String? {
        status?.phase.map { $0 == .pending && status?.snapshotLocation != nil ? "Pending (proved)" : $0.rawValue }
    }
}

extension [Disruptions.Site] {
    /// Of all objects that have not ended.
    fileprivate func phases(_ list: (Disruptions.Site) async throws -> [String?]) async throws -> [String] {
        var phases: [String] = []
        for site in self { phases += try await list(site).map { $0 ?? "new" }.filter { $0 != "Completed" } }
        return phases
    }
}
