import APIGateway
import JSON

/// The body of a response about observables: `{"data": …}`, with `"errors": […]` if something is wrong.
struct ResponseBody {
    /// Bytes of the answer as it is posted.
    private let limit: Int
    /// What is wrong, in the order in which it was found; the same error once.
    private(set) var errors: [RelayError] = []
    private var known: Set<RelayError> = []
    private var errorsSize = 0

    /// A body that goes through that gateway.
    init(for gateway: Gateway) {
        limit = gateway.responseLimit
    }

    /// Bytes of text that the errors may hold in all: a fraction, because a quotation mark is posted as four bytes, and
    /// because there must be room for data.
    private var errorsLimit: Int { limit / 12 }

    /// Notes an error, unless it is there already, or there are too many to answer with.
    mutating func note(_ error: RelayError) {
        guard known.insert(error).inserted else { return }
        let isRoom = errorsSize + error.message.utf8.count <= errorsLimit || error == .responseTooLarge
        guard isRoom else { return note(.responseTooLarge) }
        errorsSize += error.message.utf8.count
        errors.append(error)
    }

    /// The body. If nothing was found and there are errors, there is no `data`: the platform would show an empty one in
    /// the place of the errors.
    ///
    /// - Parameters:
    ///   - isEmpty: whether nothing was found.
    ///   - data: writes the value of `data`, in so many bytes of the answer as it is posted; returns whether there was
    ///     room for all of it.
    mutating func bytes(isEmpty: Bool = false, data: (inout JSONWriter, _ limit: Int) -> Bool) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.object { object in
            if !isEmpty || errors.isEmpty {
                object.key("data")
                if !data(&object, limit - Response.overhead - sizeOfErrors) { note(.responseTooLarge) }
            }
            guard !errors.isEmpty else { return }
            object.key("errors")
            object.array { array in errors.forEach { $0.write(to: &array) } }
        }
        return writer.bytes
    }

    /// What the errors take of the answer as it is posted, with the one about its size.
    private var sizeOfErrors: Int {
        var writer = JSONWriter(capacity: 512)
        writer.array { array in (errors + [.responseTooLarge]).forEach { $0.write(to: &array) } }
        return writer.embeddedCount
    }
}
