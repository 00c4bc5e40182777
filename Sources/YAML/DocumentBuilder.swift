/// Builds trees from events, with a stack of its own and every limit checked before memory is used.
struct DocumentBuilder {
    /// What an anchor costs each time an alias names it.
    private struct Weight {
        var nodes = 0
        var bytes = 0
        /// Collections inside each other.
        var height = 0
    }

    private struct Frame {
        var isMapping: Bool
        var mark: Mark
        var anchor: String?
        var weight = Weight(nodes: 1, bytes: 0, height: 1)
        var items: [YAMLNode] = []
        var mapping = MappingBuilder()
        /// The key whose value is read next.
        var key: (scalar: YAMLScalar, mark: Mark)?
    }

    private enum Anchor {
        /// Its collection is still read: the frame of this depth.
        case open(depth: Int)
        case complete(YAMLNode, Weight)
    }

    private let limits: YAMLLimits
    private var stack: [Frame] = []
    private var anchors: [String: Anchor] = [:]
    private var root: YAMLNode?
    private var nodes = 0
    private var aliases = 0
    private var aliased = Weight()

    init(limits: YAMLLimits) {
        self.limits = limits
    }

    /// Takes one event. Returns the tree when it ends a document that holds something.
    mutating func take(_ event: Event) throws(YAMLError) -> YAMLNode? {
        switch event.kind {
        case .documentStart, .streamEnd: break
        case .documentEnd: return endDocument()
        case .scalar(let text, let style): try addScalar(text, style, event)
        case .sequenceStart: try open(event, isMapping: false)
        case .mappingStart: try open(event, isMapping: true)
        case .sequenceEnd, .mappingEnd: try close()
        case .alias(let name): try addAlias(name, at: event.mark)
        }
        return nil
    }

    private mutating func endDocument() -> YAMLNode? {
        defer {
            root = nil
            anchors = [:]
        }
        // kubectl skips documents that are empty or null.
        return root?.scalar?.value == .null ? nil : root
    }

    private mutating func addScalar(_ text: String, _ style: YAMLScalar.Style, _ event: Event) throws(YAMLError) {
        try count(1, at: event.mark)
        var tag: YAMLTag?
        if let name = event.tag.map(Self.shortTag) {
            guard let known = YAMLTag(rawValue: name) else { throw YAMLError(.unknownTag(name), at: event.mark) }
            tag = known
        }
        let value: YAMLValue
        do throws(YAMLValue.Unfit) {
            value = try YAMLValue.resolve(text, style: style, tag: tag)
        } catch {
            throw YAMLError(.unfitForTag(text: error.text, tag: error.tag), at: event.mark)
        }
        let node = YAMLNode(.scalar(YAMLScalar(text: text, style: style, tag: tag, value: value)), at: event.mark)
        let weight = Weight(nodes: 1, bytes: text.utf8.count, height: 0)
        if let anchor = event.anchor { anchors[anchor] = .complete(node, weight) }
        try add(node, weight)
    }

    private mutating func open(_ event: Event, isMapping: Bool) throws(YAMLError) {
        try count(1, at: event.mark)
        if let tag = event.tag.map(Self.shortTag), tag != (isMapping ? "!!map" : "!!seq") {
            throw YAMLError(.unknownTag(tag), at: event.mark)
        }
        if stack.count >= limits.depth { throw YAMLError(.tooDeep(limit: limits.depth), at: event.mark) }
        if let top = stack.last, top.isMapping, top.key == nil {
            throw YAMLError(.keyHasNoString(kind: isMapping ? "object" : "array"), at: event.mark)
        }
        stack.append(Frame(isMapping: isMapping, mark: event.mark, anchor: event.anchor))
        if let anchor = event.anchor { anchors[anchor] = .open(depth: stack.count) }
    }

    private mutating func close() throws(YAMLError) {
        let depth = stack.count
        guard let frame = stack.popLast() else { return }
        let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.mapping.entries) : .sequence(frame.items)
        let node = YAMLNode(content, at: frame.mark)
        // The name may have been given anew inside the collection; the later one holds.
        if let anchor = frame.anchor, case .open(depth) = anchors[anchor] {
            anchors[anchor] = .complete(node, frame.weight)
        }
        try add(node, frame.weight)
    }

    private mutating func addAlias(_ name: String, at mark: Mark) throws(YAMLError) {
        aliases += 1
        if aliases > limits.aliases { throw YAMLError(.tooManyAliases(limit: limits.aliases), at: mark) }
        switch anchors[name] {
        case nil: throw YAMLError(.unknownAnchor(name), at: mark)
        case .open: throw YAMLError(.anchorContainsItself(name), at: mark)
        case .complete(var node, let weight):
            aliased.nodes += weight.nodes
            aliased.bytes += weight.bytes
            if aliased.nodes > limits.aliasedNodes || aliased.bytes > limits.aliasedBytes {
                throw YAMLError(.aliasesExpandTooFar, at: mark)
            }
            try count(weight.nodes, at: mark)
            if stack.count + weight.height > limits.depth { throw YAMLError(.tooDeep(limit: limits.depth), at: mark) }
            node.mark = mark
            try add(node, weight)
        }
    }

    /// Puts a finished node where it belongs.
    private mutating func add(_ node: YAMLNode, _ weight: Weight) throws(YAMLError) {
        guard let top = stack.indices.last else {
            root = node
            return
        }
        stack[top].weight.nodes += weight.nodes
        stack[top].weight.bytes += weight.bytes
        stack[top].weight.height = max(stack[top].weight.height, weight.height + 1)
        if !stack[top].isMapping {
            stack[top].items.append(node)
        } else if let key = stack[top].key {
            stack[top].key = nil
            if key.scalar.isMergeKey {
                try stack[top].mapping.merge(node)
            } else {
                let text = try Self.keyString(key.scalar, at: key.mark)
                let entry = YAMLEntry(key: text, keyScalar: key.scalar, keyMark: key.mark, value: node)
                try stack[top].mapping.insert(entry)
            }
        } else if let scalar = node.scalar {
            stack[top].key = (scalar, node.mark)
        } else {
            throw YAMLError(.keyHasNoString(kind: node.kindName), at: node.mark)
        }
    }

    private mutating func count(_ added: Int, at mark: Mark) throws(YAMLError) {
        nodes += added
        if nodes > limits.nodes { throw YAMLError(.tooManyNodes(limit: limits.nodes), at: mark) }
    }

    private static func keyString(_ key: YAMLScalar, at mark: Mark) throws(YAMLError) -> String {
        switch key.value {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): NumberText.key(value)
        case .null: throw YAMLError(.keyHasNoString(kind: "null"), at: mark)
        case .uint: throw YAMLError(.keyHasNoString(kind: "an integer above \(Int64.max)"), at: mark)
        }
    }

    private static func shortTag(_ tag: String) -> String {
        let core = "tag:yaml.org,2002:"
        return tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
    }
}

extension YAMLScalar {
    fileprivate var isMergeKey: Bool { style == .plain && tag == nil && text == "<<" }
}
