/// What texts are made of to find the slowest; Tests/Tools/extraction-speed measures them too.
enum Pieces {
    /// Pieces that look like the beginning of something, over and over.
    static let all = [
        "a", "a.", "a.b@", "@", "a+", "+", ":", "::", "ab:", "/", "//", "://", "http://", "http://[", "[", "[.", "[.]",
        "[dot]",
        "%25", "%", "%2F", "\\", "\\u00", "\"", "{\"", "=", "=\n", ".", "..", "-", "1.", "1.1.1.1-", "1.2.3.4/", "ü",
        "中a",
        "xn--", "a.com-", "x.com下", "Я@Д.РФ ", "İ.de ", "ไ", "😀", "\n", "\r\n", " ", "'", "a'", "message-id:", "\u{0}",
        "é.", "?", "?a=",
    ]
}
