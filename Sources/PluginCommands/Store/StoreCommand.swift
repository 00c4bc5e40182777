import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the snapshots in an object store.",
        discussion: """
            Places are written s3://BUCKET/KEY, gs://BUCKET/KEY or file:///PATH. Keys come from --secret, else from the \
            environment or this machine's role, as the store's own tools find them.
            """,
        subcommands: [
            StoreList.self, StoreVerify.self, StorePrune.self, StoreUpload.self, StoreDownload.self,
        ]
    )
}
