import FoundationEssentials

/// Reads reviews whose objects do not fit their types. One at a time: a tree takes many times the memory of its text.
actor LenientReader {
    func read(_ body: Data) throws -> AdmissionReview {
        let decoder = JSONDecoder()
        decoder.userInfo = [.objectReading: ObjectReading.lenient]
        return try decoder.decode(AdmissionReview.self, from: body)
    }
}
