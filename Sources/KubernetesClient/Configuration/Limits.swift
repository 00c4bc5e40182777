/// Bounds on what is read from files, plugins and the API server. Sizes in bytes.
package enum Limits {
    /// A kubeconfig, certificate or token file.
    package static let file = 4 << 20
    /// What an exec plugin prints.
    package static let execOutput = 1 << 20
    /// One object: etcd's request limit of 1.5 MiB, with room for the same data as JSON.
    package static let object = 8 << 20
    /// One page of a list. A list from the API server's cache comes as one page, whatever its length.
    package static let page = 64 << 20
    /// One event of a watch.
    package static let watchLine = 8 << 20
    /// Objects of a list over all its pages.
    package static let listItems = 100_000

    /// Of one call with all its retries.
    package static let requestTimeout = Duration.seconds(30)
    /// Of a pipe given as a file, whose writer may have a person log in.
    static let pipe = Duration.seconds(120)
    /// Of one run of an exec plugin, which may have a person log in.
    package static let execTimeout = Duration.seconds(120)
}
