import CYAML

/// libyaml's emitter for one document, in the layout that kubectl prints: block style, two spaces, lines of 80.
struct EventWriter: ~Copyable {
    private let emitter: UnsafeMutablePointer<yaml_emitter_t>
    private let output: UnsafeMutablePointer<[UInt8]>

    init() {
        emitter = .allocate(capacity: 1)
        output = .allocate(capacity: 1)
        output.initialize(to: [])
        precondition(yaml_emitter_initialize(emitter) == 1, "out of memory")
        yaml_emitter_set_unicode(emitter, 1)
        yaml_emitter_set_output(
            emitter,
            { output, bytes, count in
                guard let output else { return 0 }
                output.assumingMemoryBound(to: [UInt8].self).pointee += UnsafeBufferPointer(start: bytes, count: count)
                return 1
            }, output)
        emit { yaml_stream_start_event_initialize(&$0, YAML_UTF8_ENCODING) }
        emit { yaml_document_start_event_initialize(&$0, nil, nil, nil, 1) }
    }

    deinit {
        yaml_emitter_delete(emitter)
        emitter.deallocate()
        output.deinitialize(count: 1)
        output.deallocate()
    }

    mutating func scalar(_ text: String, _ style: YAMLScalar.Style) {
        let style =
            switch style {
            case .plain: YAML_PLAIN_SCALAR_STYLE
            case .quoted: YAML_DOUBLE_QUOTED_SCALAR_STYLE
            case .block: YAML_LITERAL_SCALAR_STYLE
            }
        var text = text
        text.withUTF8 { bytes in
            emit {
                yaml_scalar_event_initialize(&$0, nil, nil, bytes.baseAddress, Int32(bytes.count), 1, 1, style)
            }
        }
    }

    mutating func startSequence() {
        emit { yaml_sequence_start_event_initialize(&$0, nil, nil, 1, YAML_BLOCK_SEQUENCE_STYLE) }
    }
    mutating func endSequence() { emit { yaml_sequence_end_event_initialize(&$0) } }
    mutating func startMapping() {
        emit { yaml_mapping_start_event_initialize(&$0, nil, nil, 1, YAML_BLOCK_MAPPING_STYLE) }
    }
    mutating func endMapping() { emit { yaml_mapping_end_event_initialize(&$0) } }

    /// Ends the document and returns it.
    consuming func finish() -> String {
        // Else libyaml adds a line `...` once a scalar has kept its trailing empty lines, which kubectl does not print.
        emitter.pointee.open_ended = 0
        emit { yaml_document_end_event_initialize(&$0, 1) }
        emit { yaml_stream_end_event_initialize(&$0) }
        return String(decoding: output.pointee, as: UTF8.self)
    }

    /// Fails on exhausted memory only: the calls are made in order, and a `String` is always valid UTF-8.
    private func emit(_ initialize: (inout yaml_event_t) -> Int32) {
        var event = yaml_event_t()
        precondition(initialize(&event) == 1 && yaml_emitter_emit(emitter, &event) == 1, "cannot write YAML")
    }
}
