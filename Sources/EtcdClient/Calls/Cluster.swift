extension EtcdClient {
    /// All members, as the answering one knows them; without quorum, too, unless `linearizable` asks for what a majority
    /// agrees on. 3.4 always answers by itself.
    package func memberList(linearizable: Bool = false) async throws -> MemberList {
        var request = WireMemberListRequest()
        request.linearizable = linearizable
        let response: WireMemberListResponse = try await call(.memberList, request)
        return MemberList(header: ResponseHeader(response.header), members: response.members.map(Member.init))
    }

    /// Adds a member that is to be started with these peer URLs. A learner gets the data before it gets a vote, and can
    /// do no harm until then. Returns the new member.
    package func addMember(peerURLs: [String], asLearner: Bool = true) async throws -> Member {
        var request = WireMemberAddRequest()
        request.peerUrls = peerURLs
        request.isLearner = asLearner
        let response: WireMemberAddResponse = try await call(.memberAdd, request)
        return Member(response.member)
    }

    /// Makes a learner that has caught up with the leader a voter. Returns the members afterwards, like the next two.
    @discardableResult
    package func promoteMember(_ id: MemberID) async throws -> [Member] {
        var request = WireMemberPromoteRequest()
        request.id = id.rawValue
        let response: WireMembersResponse = try await call(.memberPromote, request)
        return response.members.map(Member.init)
    }

    /// For good: its id never comes back.
    @discardableResult
    package func removeMember(_ id: MemberID) async throws -> [Member] {
        var request = WireMemberRemoveRequest()
        request.id = id.rawValue
        let response: WireMembersResponse = try await call(.memberRemove, request)
        return response.members.map(Member.init)
    }

    @discardableResult
    package func updateMember(_ id: MemberID, peerURLs: [String]) async throws -> [Member] {
        var request = WireMemberUpdateRequest()
        request.id = id.rawValue
        request.peerUrls = peerURLs
        let response: WireMembersResponse = try await call(.memberUpdate, request)
        return response.members.map(Member.init)
    }
}
