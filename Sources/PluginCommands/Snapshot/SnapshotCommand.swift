import ArgumentParser

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Take snapshots of etcd, look into them, restore them.",
        discussion: """
            Only save talks to etcd. The others read the file where it lies, whatever its size, and need neither etcd nor a \
            cluster; FILE is a snapshot or the database of a member that is not running, member/snap/db. status, verify and \
            restore compare its SHA-256; the rest read what is there, so a changed value goes unnoticed by them.
            """,
        subcommands: [
            SnapshotSave.self, SnapshotStatusCommand.self, SnapshotVerify.self, SnapshotKeys.self, SnapshotGet.self,
            SnapshotObjects.self, SnapshotDiff.self, SnapshotHash.self, SnapshotRestore.self,
        ]
    )
}
