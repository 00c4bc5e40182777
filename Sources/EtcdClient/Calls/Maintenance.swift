extension EtcdClient {
    /// What a member says of itself. Works without quorum; most releases want no login for it.
    package func status() async throws -> MemberStatus {
        let response: WireStatusResponse = try await call(.status, WireStatusRequest())
        return MemberStatus(response)
    }

    /// The hash of a member's keyspace at `revision`, its newest when `nil`. Reads all of it. Works without quorum.
    package func hashKV(at revision: Revision? = nil) async throws -> KeyspaceHash {
        var request = WireHashKVRequest()
        request.revision = revision?.rawValue ?? 0
        let response: WireHashKVResponse = try await call(.hashKV, request)
        return KeyspaceHash(response, at: revision)
    }

    /// The alarms that are raised. Needs quorum; `MemberStatus.alarms` does not.
    package func alarms() async throws -> [Alarm] {
        let response: WireAlarmResponse = try await call(.alarms, WireAlarmRequest())
        return response.alarms.map(Alarm.init)
    }

    /// Takes an alarm back, whatever its reason has become. Needs quorum.
    package func disarm(_ alarm: Alarm) async throws {
        guard let type = alarm.wireType else { return }
        var request = WireAlarmRequest()
        request.action = .deactivate
        request.memberID = alarm.member.rawValue
        request.alarm = type
        let _: WireAlarmResponse = try await call(.alarm, request)
    }

    /// Gives a member's free pages back to its file system. That member answers nothing meanwhile: choose the endpoint, and
    /// a deadline that fits the database's size.
    package func defragment() async throws {
        let _: WireDefragmentResponse = try await call(.defragment, WireDefragmentRequest())
    }
}
