/// Who sent a request, as `authentication.k8s.io/v1` UserInfo says.
package struct UserInfo: Codable, Hashable, Sendable {
    package var username: String?
    package var uid: String?
    package var groups: [String]?
    package var extra: [String: [String]]?

    package init(
        username: String? = nil, uid: String? = nil, groups: [String]? = nil, extra: [String: [String]]? = nil
    ) {
        self.username = username
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}
