using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Authentication;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>Why a call or one of its records failed, in Kinesis' terms; SDKs make their exceptions of the type.</summary>
/// <param name="Status">HTTP status of the call.</param>
/// <param name="Type"><c>__type</c> of the call, <c>ErrorCode</c> of a record.</param>
/// <param name="Message">For the person who reads it.</param>
internal sealed record KinesisError(int Status, string Type, string Message)
{
    /// <summary>Surely not in the stream: SDKs repeat the call, and that is safe.</summary>
    private const string Throttled = "ProvisionedThroughputExceededException";

    public static KinesisError Validation(string message) => BadRequest("ValidationException", message);

    public static KinesisError InvalidArgument(string message) => BadRequest("InvalidArgumentException", message);

    public static KinesisError Serialization(string message) => BadRequest("SerializationException", message);

    public static KinesisError UnknownOperation(string message) => BadRequest("UnknownOperationException", message);

    public static KinesisError StreamNotFound(string message) => BadRequest("ResourceNotFoundException", message);

    public static KinesisError AccessDenied(string message) =>
        new(StatusCodes.Status403Forbidden, "AccessDeniedException", message);

    public static KinesisError Of(SignatureProblem problem) =>
        new(StatusCodes.Status403Forbidden, problem.Type, problem.Message);

    /// <summary>
    /// What SDKs repeat by themselves (throttles and 5xx) is not in the stream, but for <c>InternalFailure</c>: there a
    /// repetition may make a duplicate, as it may with Kinesis itself.
    /// </summary>
    public static KinesisError Of(Problem problem)
    {
        var (kind, message) = (problem.Kind, problem.Detail);
        return kind == ProblemKind.Busy || kind == ProblemKind.NotWritten ? BadRequest(Throttled, message)
            : kind == ProblemKind.ClusterUnavailable ? new(kind.Status, "ServiceUnavailable", message)
            : kind == ProblemKind.StreamNotFound ? StreamNotFound(message)
            : kind == ProblemKind.AccessDenied ? AccessDenied(message)
            : kind == ProblemKind.RefusedByKinesis || kind == ProblemKind.BodyTooLarge ? InvalidArgument(message)
            : kind == ProblemKind.UnreadableBody ? Serialization(message)
            : kind == ProblemKind.BodyTooSlow ? new(kind.Status, "RequestTimeoutException", message)
            : new(StatusCodes.Status500InternalServerError, "InternalFailure", message);
    }

    private static KinesisError BadRequest(string type, string message) =>
        new(StatusCodes.Status400BadRequest, type, message);
}
