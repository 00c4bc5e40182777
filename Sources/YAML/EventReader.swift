import CYAML

/// One event of libyaml, with the place where it begins.
struct Event {
    enum Kind {
        case streamEnd, documentStart, documentEnd
        case scalar(text: String, style: YAMLScalar.Style)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
        case alias(String)
    }

    var kind: Kind
    var mark: Mark
    var anchor: String?
    /// As the source resolves it; nil when there is none.
    var tag: String?
}

/// libyaml's parser as a source of events. It does not recurse, and reads no further than the next event needs.
struct EventReader: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let origin: Mark

    /// `bytes`: valid UTF-8 without characters that YAML forbids; must outlive the reader. `origin`: the place of its
    /// first character in the whole text.
    init(_ bytes: UnsafeBufferPointer<UInt8>, origin: Mark) {
        parser = .allocate(capacity: 1)
        precondition(yaml_parser_initialize(parser) == 1, "out of memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        self.origin = origin
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event; after `streamEnd` or an error there is none.
    mutating func next() throws(YAMLError) -> Event {
        while true {
            var raw = yaml_event_t()
            guard yaml_parser_parse(parser, &raw) == 1 else { throw syntaxError }
            defer { yaml_event_delete(&raw) }
            if let event = event(from: raw) { return event }
        }
    }

    /// Nil for the events that say nothing: the start of the stream.
    private func event(from raw: yaml_event_t) -> Event? {
        let mark = mark(raw.start_mark)
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return Event(kind: .documentEnd, mark: mark)
        case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, mark: mark)
        case YAML_ALIAS_EVENT: return Event(kind: .alias(string(raw.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SCALAR_EVENT:
            let data = raw.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
            let style: YAMLScalar.Style =
                switch data.style {
                case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
                case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
                default: .plain
                }
            let kind = Event.Kind.scalar(text: text, style: style)
            return Event(kind: kind, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
        case YAML_SEQUENCE_START_EVENT:
            let data = raw.data.sequence_start
            return Event(kind: .sequenceStart, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
        case YAML_MAPPING_START_EVENT:
            let data = raw.data.mapping_start
            return Event(kind: .mappingStart, mark: mark, anchor: string(data.anchor), tag: string(data.tag))
        case YAML_SEQUENCE_END_EVENT: return Event(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return Event(kind: .mappingEnd, mark: mark)
        default: return nil
        }
    }

    private var syntaxError: YAMLError {
        let state = parser.pointee
        var words = state.problem.map { String(cString: $0) } ?? "not YAML"
        if let context = state.context {
            words = "\(words) \(String(cString: context))"
            if state.context_mark.line != state.problem_mark.line {
                words += " that starts at line \(mark(state.context_mark).line)"
            }
        }
        return YAMLError(.syntax(words), at: mark(state.problem_mark))
    }

    private func mark(_ mark: yaml_mark_t) -> Mark {
        Mark(line: mark.line + 1, column: mark.column + 1).moved(to: origin)
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
