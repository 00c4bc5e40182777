import EtcdRecoverModel

/// Where the rescue copies of a recovery go, or lie.
enum RescuePlace: Hashable, Sendable {
    case store(Destination)
    /// The controller's own volume, from which this one hands them out.
    case volume(EtcdRecovery.RescueServer)

    var destination: Destination? {
        if case .store(let destination) = self { destination } else { nil }
    }

    var server: EtcdRecovery.RescueServer? {
        if case .volume(let server) = self { server } else { nil }
    }
}

extension EtcdRecovery.Status {
    /// As of the approval; nil before.
    var place: RescuePlace? {
        guard approval != nil else { return nil }
        return destination.map(RescuePlace.store) ?? rescueServer.map(RescuePlace.volume)
    }
}

extension EtcdRecovery {
    /// Keys of its copies on the controller's volume, none of another namespace.
    var keysOnVolume: [String] {
        let namespace = metadata.namespace ?? ""
        return (status?.rescueCopies ?? []).compactMap { $0.keyOnVolume(in: namespace) }
    }

    /// Whether its copies go when it goes. That it is deleted says that nobody needs them where nothing was changed, and where
    /// a person has read what was lost; of anything else they stay for good.
    var releasesCopies: Bool {
        status?.phase?.isTerminal == true && ((status?.attempts ?? 0) == 0 || spec?.acknowledged == true)
    }
}
