import CCurl

/// What libcurl signs a request to AWS with: Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
///
/// libcurl signs rightly under these rules, which are the caller's to keep: the query is sorted and percent-encoded, in
/// capitals, without an encoded blank or plus; the path holds nothing to encode; a streamed body's digest goes along as
/// the header `x-amz-content-sha256`.
package struct AWSSignature: Sendable {
    let scope: String
    let accessKeyID: String
    let secretAccessKey: String

    /// A signature for one service in one region.
    package init(region: String, service: String, accessKeyID: String, secretAccessKey: String) {
        scope = "aws:amz:\(region):\(service)"
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    /// Whether this process's libcurl signs rightly; it does from 7.88 on.
    package static var isSupported: Bool { libcurlVersion >= 0x07_58_00 }

    /// Before 8.3 libcurl takes a line that removes a header for one to sign.
    static var toleratesRemovals: Bool { libcurlVersion >= 0x08_03_00 }

    private static var libcurlVersion: UInt32 {
        curl_version_info(CURLVERSION_FIRST)?.pointee.version_num ?? 0
    }
}
