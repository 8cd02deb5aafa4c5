import HTTPClient
import Loopback

/// Why a call to AWS did not do what it was to do.
package enum AWSError: Error {
    /// AWS answered, and said no.
    case refused(AWSRefusal)
    /// There was no answer. Whether AWS did what it was asked is not known.
    case unanswered(action: String, HTTPError)
    /// The answer can't be read.
    case unreadable(action: String)
    /// It makes no sense to go on; the text says what is in the way and what to do.
    case blocked(String)

    /// For how many seconds the same again may go well: after trouble at AWS, too many calls, a function that is busy, and
    /// for less long after no answer; nil if it will not.
    var patience: Double? {
        switch self {
        // AWS's slowest rate is one DeleteRestApi in 30 seconds.
        case .refused(let refusal): refusal.isTransient ? 40 : nil
        case .unanswered(_, .certificate), .unanswered(_, .client): nil
        case .unanswered: 10
        case .unreadable, .blocked: nil
        }
    }
}

/// An answer of AWS that is an error.
package struct AWSRefusal: Sendable {
    /// The action as IAM calls it: `lambda:CreateFunction`.
    package let action: String
    /// The HTTP status.
    package let status: Int
    /// AWS's name for the error.
    package let code: String
    /// AWS's own words.
    package let message: String
    /// The region that was called.
    var region: String?

    /// Whether the user's policy lacks an action.
    package var isAccessDenied: Bool { status == 403 && code.contains("AccessDenied") }

    /// The action that the user's policy lacks, if that is why AWS said no. AWS names it, and it may be another than the
    /// one that was called: whoever creates a function passes a role.
    package var missingAction: String? {
        guard isAccessDenied else { return nil }
        let named = message.firstMatch(of: /not authorized to perform: ([a-z]+:[A-Za-z]+)/)
        return named.map { String($0.output.1) } ?? action
    }

    var isNotFound: Bool { status == 404 || code == "ResourceNotFoundException" || code == "NoSuchEntity" }

    /// Whether what was to be made is there already.
    var alreadyExists: Bool { status == 409 && message.contains("already exist") }

    /// Whether a version can't be deleted because an alias names it.
    var isHeldByAlias: Bool { code == "ResourceConflictException" && message.contains("alias") }

    var isTransient: Bool {
        // What is used up stays so, whatever the status says.
        if code == "LimitExceededException" || isHeldByAlias { return false }
        return status == 429 || status == 412 || status >= 500 || code.contains("Throttling")
            || code == "TooManyRequestsException"
            || status == 409 && code == "ResourceConflictException" && !alreadyExists
            || code == "OperationAbortedException"
            || code == "ConflictException"
                && ["concurrent modification", "already has this name"].contains { message.contains($0) }
            || isRoleTooNew
    }

    /// IAM takes some seconds to tell Lambda about a role.
    private var isRoleTooNew: Bool {
        code == "InvalidParameterValueException"
            && (message.contains("cannot be assumed by Lambda")
                || message.contains("KMS key is invalid for CreateGrant"))
    }
}

extension AWSError: CustomStringConvertible {
    /// AWS's words, the cause and the fix.
    package var description: String {
        switch self {
        case .refused(let refusal):
            "\(refusal.action): \(refusal.code.printable()): \(refusal.message.printable())"
                + (refusal.fix.map { "\n  \($0)" } ?? "")
        case .unanswered(let action, .cannotResolve(let reason)):
            "\(action): no answer from AWS: \(reason.printable())\n  there is no network, or aws_region is no region of AWS"
        case .unanswered(let action, let error): "\(action): no answer from AWS: \(error.reason.printable())"
        case .unreadable(let action): "\(action): AWS's answer can't be read"
        case .blocked(let reason): reason
        }
    }
}

extension AWSRefusal {
    /// What the operator can do about it.
    fileprivate var fix: String? {
        switch code {
        case _ where isAccessDenied: missingAction.map { "the user's policy must allow \($0)" }
        case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId":
            "the access key is deleted, inactive or another account's (aws/HOWTO.md, step 3), or "
                + "\(region ?? "the region") is a region that the account has not enabled"
        case "SignatureDoesNotMatch", "InvalidSignatureException":
            "the secret access key does not belong to the access key, or this machine's clock is wrong"
        case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
            "the credentials have run out, or this machine's clock is wrong"
        case "LimitExceededException":
            "a limit of the AWS account is reached; the console's page Service Quotas shows and raises it"
        case "CodeStorageExceededException": "delete versions of functions that nobody uses"
        case "RequestEntityTooLargeException": "the zip is too large for an upload; at most 50 MB"
        case "InvalidParameterValueException" where message.contains("cannot be assumed"):
            "the role does not trust lambda.amazonaws.com: aws/HOWTO.md, step 5"
        default: nil
        }
    }
}
