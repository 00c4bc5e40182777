import TestSupport
import Testing

/// What goes down under a backup, a restore or a recovery that is on its way: one after the other, on an installation of their
/// own, since each takes it away from everybody. A leader that is silent is followed by the other one within 3 seconds, so that
/// there soon is one to kill; and a majority that is missing counts as lost after 10.
@Suite(
    .serialized, .needsCluster, .needsPods, .needsEtcd, .needsObjectStores, .stores(.s3),
    .installedPods(controller: ["--lease-duration=3s", "--quorum-interval=2s", "--quorum-grace-period=10s"]),
    .timeLimit(.minutes(25)))
enum Disruptions {}
