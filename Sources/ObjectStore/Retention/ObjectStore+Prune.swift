import FoundationEssentials

extension ObjectStore {
    /// Plans retention over all that lies in the cluster's directory, looked at one by one.
    package func planRetention(
        prefix: KeyPrefix, directory: String, cluster: String, retainCount: Int, inUse: Set<ObjectKey>
    ) async throws -> RetentionPlan {
        var objects: [StoredObject] = []
        for try await listed in self.objects(below: try KeyPrefix(prefix.text + directory)) {
            do { objects.append(try await head(listed.key)) } catch StoreError.notFound { continue }
        }
        return RetentionPlan(
            objects, prefix: prefix, directory: directory, cluster: cluster, retainCount: retainCount, inUse: inUse,
            now: clock.now())
    }

    /// Deletes what the plan says, oldest first; what cannot be deleted does not hold up the rest.
    package func prune(_ plan: RetentionPlan) async throws -> (deleted: [ObjectKey], failed: [(ObjectKey, StoreError)])
    {
        var deleted: [ObjectKey] = []
        var failed: [(ObjectKey, StoreError)] = []
        for object in plan.delete {
            do {
                try await delete(object.key)
                deleted.append(object.key)
            } catch let error as StoreError {
                failed.append((object.key, error))
            }
        }
        return (deleted, failed)
    }
}
