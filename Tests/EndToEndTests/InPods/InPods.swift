import TestSupport
import Testing

/// The product as a cluster runs it: webhook and controllers in their pods, installed once for all of these, with their own
/// accounts, names and certificates. They work on all of a cluster, so nobody else's tests share it; each test has a
/// namespace of its own, and runs beside the others.
@Suite(
    .needsCluster, .needsPods, .needsEtcd, .needsObjectStores, .stores(.s3, .gcs), .installedPods,
    .timeLimit(.minutes(15)))
enum InPods {}
