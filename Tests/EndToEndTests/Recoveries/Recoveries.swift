import TestSupport
import Testing

/// Clusters that lose their majority, with everything installed in pods. On an installation of their own, since its controller
/// is in more of a hurry than others: it calls a majority lost that is missing for ten seconds. It has a volume for rescue copies,
/// which only those clusters use that were never backed up.
@Suite(
    .needsCluster, .needsPods, .needsEtcd, .needsObjectStores, .stores(.s3),
    .installedPods(
        controller: ["--quorum-interval=2s", "--quorum-grace-period=10s"], components: ["rescue-volume/component"]),
    .timeLimit(.minutes(25)))
enum Recoveries {}
