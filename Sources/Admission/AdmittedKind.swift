import EtcdRecoverModel

/// One row of the table from kind to rules. A kind that is not in it is refused.
struct AdmittedKind: Sendable {
    var judgement:
        @Sendable (KeyedDecodingContainer<AdmissionRequest.CodingKeys>, ObjectReading) throws -> any Judgement

    static let all: [GroupVersionKind: AdmittedKind] = [
        GroupVersionKind(of: EtcdBackup.self): AdmittedKind(EtcdBackup.self),
        GroupVersionKind(of: EtcdRestore.self): AdmittedKind(EtcdRestore.self),
        GroupVersionKind(of: EtcdRecovery.self): AdmittedKind(EtcdRecovery.self),
    ]

    init<Resource: ManagedResource>(_: Resource.Type) {
        judgement = { try JudgedObject<Resource>(from: $0, reading: $1) }
    }
}
