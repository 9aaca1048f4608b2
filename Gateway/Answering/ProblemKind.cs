using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// A kind of error: the part of an error answer that clients may branch on. Codes are part of the HTTP interface and
/// are never renamed.
/// </summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable name; the problem's <c>code</c> and the end of its <c>type</c>.</param>
/// <param name="Title">The same for each error of the kind.</param>
internal sealed record ProblemKind(int Status, string Code, string Title)
{
    public static readonly ProblemKind InvalidStreamName =
        new(StatusCodes.Status400BadRequest, "InvalidStreamName", "The stream name is not valid.");

    public static readonly ProblemKind InvalidJson =
        new(StatusCodes.Status400BadRequest, "InvalidJson", "The text is not valid JSON.");

    public static readonly ProblemKind EmptyBody =
        new(StatusCodes.Status400BadRequest, "EmptyBody", "The request holds no record.");

    public static readonly ProblemKind UnreadableBody =
        new(StatusCodes.Status400BadRequest, "UnreadableBody", "The body could not be read.");

    public static readonly ProblemKind InvalidRecord =
        new(StatusCodes.Status400BadRequest, "InvalidRecord", "The record is not a JSON object.");

    public static readonly ProblemKind MissingData =
        new(StatusCodes.Status400BadRequest, "MissingData", "The record has no data.");

    public static readonly ProblemKind InvalidData =
        new(StatusCodes.Status400BadRequest, "InvalidData", "The record's data is not valid.");

    public static readonly ProblemKind InvalidPartitionKey =
        new(StatusCodes.Status400BadRequest, "InvalidPartitionKey", "The partition key is not valid.");

    public static readonly ProblemKind InvalidExplicitHashKey =
        new(StatusCodes.Status400BadRequest, "InvalidExplicitHashKey", "The explicit hash key is not valid.");

    public static readonly ProblemKind RefusedByKinesis =
        new(StatusCodes.Status400BadRequest, "RefusedByKinesis", "Kinesis refuses the record.");

    public static readonly ProblemKind BatchFailed =
        new(StatusCodes.Status400BadRequest, "BatchFailed", "No record of the batch was stored.");

    public static readonly ProblemKind Unauthenticated =
        new(StatusCodes.Status401Unauthorized, "Unauthenticated", "The request needs an API key.");

    public static readonly ProblemKind StreamForbidden =
        new(StatusCodes.Status403Forbidden, "StreamForbidden", "The API key is not for this stream.");

    public static readonly ProblemKind StreamNotFound =
        new(StatusCodes.Status404NotFound, "StreamNotFound", "There is no such stream.");

    public static readonly ProblemKind MethodNotAllowed =
        new(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "The method is not allowed here.");

    public static readonly ProblemKind BodyTooSlow =
        new(StatusCodes.Status408RequestTimeout, "BodyTooSlow", "The body arrived too slowly.");

    public static readonly ProblemKind BodyTooLarge =
        new(StatusCodes.Status413PayloadTooLarge, "BodyTooLarge", "The body is too large.");

    public static readonly ProblemKind TooManyRecords =
        new(StatusCodes.Status413PayloadTooLarge, "TooManyRecords", "The request holds too many records.");

    public static readonly ProblemKind RecordTooLarge =
        new(StatusCodes.Status413PayloadTooLarge, "RecordTooLarge", "The record is too large.");

    public static readonly ProblemKind UnsupportedMediaType =
        new(StatusCodes.Status415UnsupportedMediaType, "UnsupportedMediaType", "The content type is not supported.");

    public static readonly ProblemKind UnsupportedContentEncoding =
        new(StatusCodes.Status415UnsupportedMediaType, "UnsupportedContentEncoding", "The content encoding is not supported.");

    public static readonly ProblemKind Busy =
        new(StatusCodes.Status429TooManyRequests, "Busy", "The buffers are full.");

    public static readonly ProblemKind AccessDenied =
        new(StatusCodes.Status502BadGateway, "AccessDenied", "Kinesis refuses this service.");

    public static readonly ProblemKind ClusterUnavailable =
        new(StatusCodes.Status503ServiceUnavailable, "ClusterUnavailable", "The cluster does not answer.");

    public static readonly ProblemKind Stopping =
        new(StatusCodes.Status503ServiceUnavailable, "Stopping", "This process is stopping.");

    public static readonly ProblemKind NotWritten =
        new(StatusCodes.Status503ServiceUnavailable, "NotWritten", "The record was not written.");

    public static readonly ProblemKind OutcomeUnknown =
        new(StatusCodes.Status503ServiceUnavailable, "OutcomeUnknown", "The record may or may not be in the stream.");

    /// <summary>The problem's <c>type</c>.</summary>
    public string Type => $"urn:data-processor:problem:{Code}";
}
