extension ObjectMeta {
    /// All of `metav1.ObjectMeta`, so that a manifest taken from a cluster has no unknown field.
    static let schema = Schema.object([
        .init("name", .string(), "Unique within the namespace."),
        .init("generateName", .string(), "What the API server makes a name from where none is given."),
        .init("namespace", .string(), "The namespace."),
        .init("labels", .stringMap, "For selecting."),
        .init("annotations", .stringMap, "For programs."),
        .init("uid", .string(), "Unique in time and space."),
        .init("resourceVersion", .string(), "Changes with every write."),
        .init("generation", .integer(.int64), "Changes with every write of the spec."),
        .init("creationTimestamp", .string(), "When it was created."),
        .init("deletionTimestamp", .string(), "When it will be gone."),
        .init("deletionGracePeriodSeconds", .integer(.int64), "How long it may take to end."),
        .init("finalizers", .array(of: .string()), "What must be done before it is gone."),
        .init(
            "ownerReferences",
            .array(
                of: .object([
                    .init("apiVersion", .string(), required: true, "Group and version of the owner."),
                    .init("kind", .string(), required: true, "Kind of the owner."),
                    .init("name", .string(), required: true, "Name of the owner."),
                    .init("uid", .string(), required: true, "UID of the owner."),
                    .init("controller", .boolean, "Whether the owner is the controller."),
                    .init("blockOwnerDeletion", .boolean, "Whether the owner waits for this."),
                ])), "What goes before this does."),
        .init("managedFields", .any, "Who set which field."),
        .init("selfLink", .any, "No longer used."),
        .init("clusterName", .any, "No longer used."),
    ])
}
