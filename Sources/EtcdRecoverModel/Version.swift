/// The version of this release, in one place for both programs and the user agent.
package enum Version {
    /// Semantic, without a leading `v`.
    package static let current = "0.1.0"
}
