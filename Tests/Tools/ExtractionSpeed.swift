import Foundation

/// Measures the processor time that 10 MB of text take; compiled with Sources/Extraction into one module.
@main
struct ExtractionSpeed {
    static let limit = 1.5

    static func main() throws {
        setlinebuf(stdout)
        var pieces = Pieces.all.map { (name: $0.debugDescription, bytes: Array($0.utf8)) }
        for path in CommandLine.arguments.dropFirst() {
            let file = URL(fileURLWithPath: path)
            pieces.append((file.lastPathComponent, Array(try Data(contentsOf: file))))
        }
        let names = (0..<600_000).map { "host\($0).example.com" }.joined(separator: "\n")
        let different = (name: "different names", bytes: Array(names.utf8))
        // A tenth of each says which are the slowest.
        let ranked = pieces.map { (piece: $0, seconds: seconds($0.bytes, 1_000_000)) }.sorted {
            $0.seconds > $1.seconds
        }
        var isTooSlow = false
        for piece in ranked.prefix(5).map(\.piece) + [different] {
            var least = seconds(piece.bytes, 10_000_000)
            // Something else on the machine may disturb one.
            for _ in 0..<2 where least > limit && least < 4 * limit {
                least = min(least, seconds(piece.bytes, 10_000_000))
            }
            print(String(format: "%@ 10 MB of %@: %.2f s", least > limit ? "!" : "=", piece.name, least))
            if least > limit { isTooSlow = true }
        }
        let verdict = isTooSlow ? "Some take more than" : "Each of \(pieces.count + 1) texts takes less than"
        print("\(verdict) \(limit) s of processor time.")
        exit(isTooSlow ? 1 : 0)
    }

    private static func seconds(_ piece: [UInt8], _ size: Int) -> Double {
        let text = Array(repeatElement(piece, count: size / piece.count + 1).joined().prefix(size))
        let begin = processorTime()
        _ = TextObservables(in: text)
        return processorTime() - begin
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
