import ArgumentParser
import EtcdRecoverModel
import SnapshotFile

struct SnapshotObjects: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument, Sendable { case name, json, yaml }

    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "List the Kubernetes objects in a snapshot, or what takes the space.",
        usage: """
            kubectl etcdrecover snapshot objects <file> [<resource> [<name>]] [-n <namespace>] [<options>]
            kubectl etcdrecover snapshot objects <file> --sizes [--html <file>] [<options>]
            """,
        discussion: """
            Resources are named as for kubectl get, without its short names: pods, deployments.apps. With -n (--namespace) \
            only a namespace's objects are listed, else all. One object that is stored as JSON, as custom resources are, is \
            printed as YAML or JSON, without managedFields as by kubectl; built-in objects are stored as protobuf and \
            encrypted ones need the API server's key: these are listed, and "snapshot get" has their bytes.

            --sizes adds up what each type takes, live and as history; --html draws it, as a page or as .svg.

              kubectl etcdrecover snapshot objects db.snapshot
              kubectl etcdrecover snapshot objects db.snapshot certificates.cert-manager.io -n web
              kubectl etcdrecover snapshot objects db.snapshot certificates.cert-manager.io shop -n web -o yaml
              kubectl etcdrecover snapshot objects db.snapshot --sizes --html sizes.html
            """
    )

    @OptionGroup var snapshot: SnapshotArgument

    @Argument(help: "Resource to list, or RESOURCE/NAME; all of them without it")
    var resource: String?

    @Argument(help: "Name of the one object to print")
    var name: String?

    @Flag(help: "Print what each type of object takes")
    var sizes = false

    @Option(
        help: ArgumentHelp(
            "Draw what each type takes into this file, as a page or, by its ending, .svg", valueName: "file"),
        completion: .file(extensions: ["html", "svg"]))
    var html: String?

    @Option(
        help: ArgumentHelp(
            """
            The API server's --etcd-prefix; may be repeated \
            (default: \(KubernetesKey.defaultPrefixes.joined(separator: ", ")))
            """, valueName: "prefix"))
    var etcdPrefix: [String] = []

    @Option(help: ArgumentHelp("The objects as of this revision; else the newest", valueName: "revision"))
    var rev: Int64?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "Print names, JSON or YAML")
    var output: Format?

    @OptionGroup var color: ColorOptions
    // Only the namespace is of use here.
    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions

    func validate() throws {
        guard sizes || html != nil else { return }
        if resource != nil { throw ValidationError("--sizes and --html are about all objects; leave out the resource") }
        if rev != nil { throw ValidationError("--sizes and --html are about the whole file; leave out --rev") }
        if connection.namespace != nil {
            throw ValidationError("--sizes and --html are about all namespaces; leave out -n")
        }
        if output == .name { throw ValidationError("sizes have no names: use -o json or -o yaml") }
    }

    func run() throws { try run(on: color.console) }

    func run(on console: Console) throws {
        let reading = try SnapshotReading(snapshot.file)
        let prefixes =
            etcdPrefix.isEmpty ? KubernetesKey.defaultPrefixes : etcdPrefix.map { KubernetesKey.prefix(from: $0) }
        if sizes || html != nil {
            let found = try reading.read { try $0.resourceSizes(prefixes: prefixes) }
            return try SizeReport(sizes: found, reading: reading)
                .print(as: dataFormat, drawing: html, isDrawnOnly: !sizes, on: console)
        }
        let selection = ObjectSelection(resource: resource, name: name, namespace: connection.namespace)
        let listing = StoredObjects(
            reading: reading, prefixes: prefixes, revision: try reading.revision(rev), selection: selection)
        if selection.name != nil, output == .json || output == .yaml {
            try listing.printObject(as: dataFormat ?? .yaml, on: console)
        } else {
            try listing.print(as: output, on: console)
        }
    }

    private var dataFormat: DataFormat? {
        switch output {
        case .json: .json
        case .yaml: .yaml
        case .name, nil: nil
        }
    }
}
