/// Bounds on one source text. Past any of them reading stops with an error that names it.
package struct YAMLLimits: Sendable {
    /// Size of the source, in bytes.
    package var bytes = 16 << 20
    /// Nodes of all documents together, keys included, aliases counted as what they stand for.
    package var nodes = 500_000
    /// Collections inside each other. Everything that walks or frees a tree may recurse, so keep this low.
    package var depth = 100
    /// Aliases of all documents together.
    package var aliases = 10_000
    /// Nodes that aliases add to what is written out.
    package var aliasedNodes = 100_000
    /// Text that aliases add to what is written out, in bytes.
    package var aliasedBytes = 4 << 20

    package init() {}
}
