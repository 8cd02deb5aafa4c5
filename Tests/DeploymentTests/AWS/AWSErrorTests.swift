import HTTPClient
import Testing

@testable import Deployment

@Suite("Errors of AWS")
struct AWSErrorTests {
    @Test("A host that is not there may be a region that is none")
    func region() {
        let error = AWSError.unanswered(action: "sts:GetCallerIdentity", .cannotResolve("Could not resolve host: x"))
        #expect(
            error.description == """
                sts:GetCallerIdentity: no answer from AWS: Could not resolve host: x
                  there is no network, or aws_region is no region of AWS
                """
        )
    }

    @Test(
        "What may pass is tried again: rates, trouble at AWS, a function that is busy, a role that is new",
        arguments: [
            (429, "TooManyRequestsException", "", true), (400, "ThrottlingException", "", true),
            (500, "InternalFailure", "", true), (503, "ServiceUnavailable", "", true),
            (409, "ResourceConflictException", "An update is in progress", true),
            (409, "ResourceConflictException", "Function already exist: f", false),
            (400, "InvalidParameterValueException", "The role cannot be assumed by Lambda.", true),
            (400, "InvalidParameterValueException", "memory", false), (403, "AccessDeniedException", "", false),
            (409, "ConflictException", "Unable to complete operation due to concurrent modification.", true),
            (409, "ConflictException", "Another resource with the same parent already has this name", true),
            (400, "OperationAbortedException", "A conflicting operation is in progress", true),
            (429, "LimitExceededException", "Maximum number of APIs", false),
            (400, "CodeStorageExceededException", "Code storage limit exceeded.", false),
        ]
    )
    func patience(status: Int, code: String, message: String, isTransient: Bool) {
        let refusal = AWSRefusal(action: "lambda:CreateFunction", status: status, code: code, message: message)
        #expect((AWSError.refused(refusal).patience != nil) == isTransient)
    }

    @Test("A refusal carries the action that the policy lacks, as AWS names it, and reads no file to say so")
    func missingAction() {
        func refusal(_ code: String, _ message: String) -> AWSRefusal {
            AWSRefusal(action: "lambda:CreateFunction", status: 403, code: code, message: message)
        }
        let named = refusal(
            "AccessDeniedException",
            "User: x is not authorized to perform: iam:PassRole on resource: y"
        )
        #expect(named.missingAction == "iam:PassRole")
        #expect(AWSError.refused(named).description.hasSuffix("\n  the user's policy must allow iam:PassRole"))
        #expect(refusal("AccessDenied", "no").missingAction == "lambda:CreateFunction")
        #expect(refusal("SignatureDoesNotMatch", "no").missingAction == nil)
    }

    @Test("A key that is not known may belong to a region that is not enabled, which is named")
    func optInRegion() {
        var refusal = AWSRefusal(
            action: "sts:GetCallerIdentity",
            status: 403,
            code: "InvalidClientTokenId",
            message: "x"
        )
        refusal.region = "eu-south-2"
        #expect(
            AWSError.refused(refusal).description.hasSuffix(
                "or eu-south-2 is a region that the account has not enabled"
            )
        )
    }

    @Test("AWS's words come with the fix under them")
    func fixes() {
        let refusal = AWSRefusal(
            action: "lambda:UpdateFunctionCode",
            status: 400,
            code: "CodeStorageExceededException",
            message: "Code storage limit exceeded."
        )
        #expect(
            AWSError.refused(refusal).description == """
                lambda:UpdateFunctionCode: CodeStorageExceededException: Code storage limit exceeded.
                  delete versions of functions that nobody uses
                """
        )
    }
}
