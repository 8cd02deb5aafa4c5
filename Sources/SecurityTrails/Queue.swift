/// Elements that are taken out in the order in which they were put in.
struct Queue<Element> {
    private var elements: [Element] = []
    private var head = 0

    var isEmpty: Bool {
        head == elements.count
    }

    /// The elements that are still in it.
    var rest: ArraySlice<Element> {
        elements[head...]
    }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            head += 1
            if isEmpty { self = Queue() }
        }
        return elements[head]
    }

    mutating func removeAll(where shouldBeRemoved: (Element) -> Bool) {
        elements = rest.filter { !shouldBeRemoved($0) }
        head = 0
    }
}
