/// The candidate that was probably meant: one that begins with the word, else the one with the fewest slips of the
/// keyboard, if they are few enough.
package func nearest(to word: String, among candidates: [String]) -> String? {
    if word.count >= 3, let longer = candidates.first(where: { $0.hasPrefix(word) }) { return longer }
    let ranked = candidates.map { (candidate: $0, slips: slips(from: word, to: $0)) }
    guard let best = ranked.min(by: { $0.slips < $1.slips }), best.slips <= max(1, word.count / 3) else { return nil }
    return best.candidate
}

/// Letters to insert, remove, replace or swap with the next (optimal string alignment).
private func slips(from first: String, to second: String) -> Int {
    let (first, second) = (Array(first), Array(second))
    var rows = [Array(0...second.count)]
    for i in first.indices {
        var row = [i + 1]
        for j in second.indices {
            var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (first[i] == second[j] ? 0 : 1))
            if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                least = min(least, rows[i - 1][j - 1] + 1)
            }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[first.count][second.count]
}
