import COpenSSL
import Foundation
import Loopback

/// The page: one HTML file, put together once from its parts, and the header fields that it is served with.
struct WebPage: Sendable {
    let html: Data
    /// No script and no style but the page's own, and nothing from or to any other host.
    let contentSecurityPolicy: String

    static let shared = WebPage(
        html: PackageResources.page_html,
        style: [PackageResources.page_css],
        script: [
            PackageResources.model_js, PackageResources.graph_js, PackageResources.drawing_js,
            PackageResources.layout_js,
            PackageResources.timeline_js,
            PackageResources.table_js, PackageResources.details_js, PackageResources.page_js,
        ]
    )

    init(html: [UInt8], style: [[UInt8]], script: [[UInt8]]) {
        func text(_ parts: [[UInt8]]) -> String {
            parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        }
        let (style, script) = (text(style), "\"use strict\";\n" + text(script))
        let page = String(decoding: html, as: UTF8.self)
            .replacing("{{style}}", with: style)
            .replacing("{{script}}", with: script)
        self.html = Data(page.utf8)
        contentSecurityPolicy = [
            "default-src 'none'", "script-src 'sha256-\(Self.hash(script))'", "style-src 'sha256-\(Self.hash(style))'",
            "img-src data: blob:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
            "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        ].joined(separator: "; ")
    }

    /// SHA-256 in base64 (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
    private static func hash(_ text: String) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        let bytes = Array(text.utf8)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        return Data(digest).base64EncodedString()
    }
}
