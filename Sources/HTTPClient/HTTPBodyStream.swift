/// A body that is too large to hold: piece after piece of it is asked for while it is sent.
package struct HTTPBodyStream: Sendable {
    /// Bytes of all pieces together.
    package let count: Int
    /// Begins the pieces again, because a request may be sent again. Pieces that end too early end the request.
    package let pieces: @Sendable () -> AnyIterator<[UInt8]>

    /// A body of so many bytes.
    package init(count: Int, pieces: @escaping @Sendable () -> AnyIterator<[UInt8]>) {
        self.count = count
        self.pieces = pieces
    }

    /// What is left of a body that is being sent.
    struct Rest {
        private(set) var count: Int
        private let pieces: AnyIterator<[UInt8]>
        private var piece = ArraySlice<UInt8>()
        /// Whether the pieces ended before the body did.
        private(set) var isCutShort = false

        init(_ stream: HTTPBodyStream) {
            count = stream.count
            pieces = stream.pieces()
        }

        /// Moves what comes next to a buffer, and returns how many bytes that is; nil if the pieces have ended early.
        mutating func move(to buffer: UnsafeMutableRawBufferPointer) -> Int? {
            guard count > 0 else { return 0 }
            while piece.isEmpty {
                guard let next = pieces.next() else {
                    isCutShort = true
                    return nil
                }
                piece = next[...]
            }
            let moved = min(buffer.count, piece.count, count)
            buffer.copyBytes(from: piece.prefix(moved))
            piece = piece.dropFirst(moved)
            count -= moved
            return moved
        }
    }
}
