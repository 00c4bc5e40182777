/// What a watch tells, in order.
package enum WatchEvent<Resource: Sendable>: Sendable {
    /// Everything there is now, listed anew: what was known before and is not in it is gone. Comes first when the watch
    /// started without a resource version, and again whenever history since the last event was lost (410).
    case listed([Resource], resourceVersion: String)
    case added(Resource)
    case modified(Resource)
    /// With its last state.
    case deleted(Resource)
    /// Nothing changed up to here.
    case bookmark(resourceVersion: String)
}

extension WatchEvent: Equatable where Resource: Equatable {}
