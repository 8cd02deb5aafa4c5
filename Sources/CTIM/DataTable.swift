import JSON

/// A table inside a sighting
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md#propertydata-sightingdatatableobject).
package struct DataTable {
    /// A column and the type of its cells.
    package struct Column: Sendable {
        /// The types, of those in CTIM's vocabulary.
        package enum Kind: String, Sendable {
            /// A text.
            case string
            /// A whole number.
            case integer
        }

        /// The heading.
        package let name: String
        /// The type of the cells.
        package let kind: Kind
        /// Whether a cell may be null. CTIM takes it that none may, unless the column says otherwise.
        package let mayBeNull: Bool

        /// A column.
        package init(_ name: String, _ kind: Kind, mayBeNull: Bool = false) {
            self.name = name
            self.kind = kind
            self.mayBeNull = mayBeNull
        }
    }

    /// The columns.
    package let columns: [Column]
    /// How many rows there are.
    package let rowCount: Int
    /// Writes the cells of the row of that index, one for each column. Rows are made when they are written, for there can
    /// be a great many.
    package let writeCells: (Int, inout JSONWriter) -> Void

    /// A table.
    package init(columns: [Column], rowCount: Int, writeCells: @escaping (Int, inout JSONWriter) -> Void) {
        self.columns = columns
        self.rowCount = rowCount
        self.writeCells = writeCells
    }

    /// The brackets that are still open behind the last row.
    private static let closing = 2

    /// Writes the entity with as many of its rows as fit.
    ///
    /// - Parameter limit: the bytes that the writer's text may take inside another JSON text, when the table is closed.
    /// - Returns: how many rows were written.
    func write(to writer: inout JSONWriter, within limit: Int) -> Int {
        var written = 0
        writer.object {
            $0.key("columns")
            $0.array {
                for column in columns {
                    $0.object {
                        $0.member("name", column.name)
                        $0.member("type", column.kind.rawValue)
                        if column.mayBeNull { $0.member("required", false) }
                    }
                }
            }
            $0.key("rows")
            $0.array {
                while written < rowCount {
                    let stands = $0.write(within: limit - Self.closing) {
                        $0.array { writeCells(written, &$0) }
                        return true
                    }
                    guard stands else { break }
                    written += 1
                }
            }
        }
        return written
    }
}
