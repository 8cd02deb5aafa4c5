import HTTPClient
import Loopback

/// Why a relay does not answer as it should. The rows of aws/CommonErrors.md and docs/errors.md that can be told apart
/// from the outside have a meaning of their own here.
package struct Trouble: Error, Equatable {
    /// What came, in a line.
    package let seen: String
    /// What it means and what to do; `STAGE` stands for the stage.
    package let meaning: String
    /// Whether the function's log says more.
    package var isInLog = false
    /// Whether it makes no sense to ask again.
    package var isLasting = false

    /// What no row explains.
    static let unexplained = "aws/CommonErrors.md lists what can go wrong between XDR and the relay."
    static let inLog = "The function failed; its log says how ('relayctl tail STAGE')."
}

// MARK: - No answer

extension Trouble {
    /// Why no answer came.
    package init(_ error: HTTPError) {
        seen = "no answer: \(error.reason)"
        switch error {
        case .cannotResolve:
            meaning =
                "The name is not known: the REST API was deleted (a new one has a new ID), the URL has a typing error, "
                + "or there is no network."
        case .cannotConnect, .connectTimedOut:
            meaning = "Nothing listens there, or something between blocks it: check the network and HTTPS_PROXY."
        case .answerTimedOut:
            meaning =
                "API Gateway ends every call after 29 seconds, so something between holds this one: check the proxy."
        case .certificate:
            meaning =
                "Often a proxy opens TLS: name its authority in AWS_CA_BUNDLE or SSL_CERT_FILE. XDR must reach the URL "
                + "without it."
            isLasting = true
        case .connectionLost, .bodyTooLarge, .client: meaning = Self.unexplained
        }
    }
}

// MARK: - Answers

extension Trouble {
    /// What an answer that is not the one that was asked for means.
    package init(_ response: HTTPResponse) {
        let body = try? JSONValue(parsing: response.body)
        if response.status == 200, let error = body?["errors"]?.array?.first, let code = error["code"]?.string {
            self.init(code: code, message: error["message"]?.string ?? "")
            return
        }
        // Printed in a line of ours.
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
            .split { $0.isWhitespace || $0.asciiValue.map { $0 < 32 } ?? false }.joined(separator: " ")
        let row = Self.row(response.status, body)
        self.init(
            seen: (response.status == 200 ? "not this relay's answer: " : "") + "status \(response.status) \(text)",
            meaning: row?.meaning ?? Self.unexplained,
            isInLog: row?.isInLog ?? false
        )
    }

    /// An answer that can be told from others, and what it means.
    private static func row(_ status: Int, _ body: JSONValue?) -> (meaning: String, isInLog: Bool)? {
        let message = body?["message"]?.string
        return switch (status, message) {
        case (403, "Forbidden"):
            (
                "The stage in the URL is missing or another's; or a resource policy, WAF or an API key stands before "
                    + "the REST API: remove it, the relay checks its callers itself.", false
            )
        case (403, "Missing Authentication Token"):
            (
                "API Gateway has no such route in this stage, or it was not deployed: 'relayctl deploy STAGE' puts that "
                    + "right.", false
            )
        case (500, "Internal server error"):
            (
                "Lambda refused the call: API Gateway may not call the function ('relayctl deploy STAGE' puts that "
                    + "right), or the concurrency of the account or the function is used up.", false
            )
        case (502, "Internal server error"): (inLog, true)
        case (504, "Endpoint request timed out"):
            (
                "29 seconds passed, and the relay answers in 25: the function hangs or is far too small. Set memory_size "
                    + "to 512; its log says more ('relayctl tail STAGE').", true
            )
        case (429, "Too Many Requests"):
            (
                "More requests a second than API Gateway lets through: raise the account's quota or the stage's "
                    + "throttling.", false
            )
        case (404, _) where body?["code"] == 404, (405, _) where body?["code"] == 405:
            (
                "The relay answers, and has no such endpoint: something stands before /version and /health that does not "
                    + "belong in the URL.", false
            )
        default: nil
        }
    }
}
