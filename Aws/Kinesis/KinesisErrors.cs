using System.Text;
using System.Text.Json;
using DataProcessor.Aws.Cbor;

namespace DataProcessor.Aws.Kinesis;

/// <summary>Turns the service's error answers, JSON or CBOR or neither, into <see cref="KinesisException"/>s.</summary>
internal static class KinesisErrors
{
    public const string InvalidResponse = "InvalidResponse";
    public const string ResponseTooLarge = "ResponseTooLarge";

    private const int ExcerptBytes = 200;

    /// <param name="body">The reader of CBOR may move bytes in it.</param>
    public static KinesisException From(KinesisOperation operation, HttpResponseMessage response, Span<byte> body)
    {
        var status = (int)response.StatusCode;
        (var code, var message) = Parse(body);
        code = ShortName(code ?? Header(response, "x-amzn-ErrorType") ?? $"Http{status}");
        message ??= body.IsEmpty ? "no message" : Encoding.UTF8.GetString(body[..Math.Min(body.Length, ExcerptBytes)]);
        return new KinesisException(
            code, $"{operation.Name}: {code} (HTTP {status}, request id {RequestId(response)}): {message}", status)
        {
            IsOutcomeUnknown = status >= 500,
        };
    }

    /// <summary>An exception inside the event stream of an answer that began with 200.</summary>
    public static KinesisException FromEventStream(KinesisOperation operation, string requestId, string? type, Span<byte> payload) =>
        FromEventStream(operation, requestId, type, Parse(payload).Message);

    public static KinesisException FromEventStream(KinesisOperation operation, string requestId, string? code, string? message)
    {
        code = ShortName(code ?? "UnnamedException");
        return new KinesisException(
            code, $"{operation.Name}: {code} (in the event stream, request id {requestId}): {message ?? "no message"}", 200);
    }

    public static string RequestId(HttpResponseMessage response) => Header(response, "x-amzn-RequestId") ?? "none";

    /// <summary>The call succeeded, but what it brought about cannot be read.</summary>
    public static KinesisException UnreadableAnswer(KinesisOperation operation, string code, Exception cause) =>
        new(code, $"{operation.Name}: {code}: {cause.Message}", 200, cause) { IsOutcomeUnknown = true };

    public static KinesisException CredentialsUnavailable(KinesisOperation operation, Exception cause) =>
        new("CredentialsUnavailable", $"{operation.Name}: no credentials to sign with: {cause.Message}", 0, cause);

    public static bool IsThrottle(KinesisException error) => error.StatusCode == 429 || error.ErrorCode is
        "ProvisionedThroughputExceededException" or "LimitExceededException" or "ThrottlingException";

    private static (string? Code, string? Message) Parse(Span<byte> body)
    {
        try
        {
            return WireFormat.IsJson(body) ? ParseJson(body)
                : WireFormat.IsCbor(body) ? ParseCbor(body)
                : (null, null);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // A proxy's page or a torn body: the status and an excerpt are what there is to report.
            return (null, null);
        }
    }

    private static (string? Code, string? Message) ParseJson(ReadOnlySpan<byte> body)
    {
        string? code = null;
        string? message = null;
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("__type"u8);
            var isMessage = reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8);
            reader.Read();
            if (isCode)
            {
                code = reader.GetString();
            }
            else if (isMessage)
            {
                message = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return (code, message);
    }

    private static (string? Code, string? Message) ParseCbor(Span<byte> body)
    {
        string? code = null;
        string? message = null;
        var reader = new CborReader(body);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("__type"u8))
            {
                code = reader.ReadNullableText();
            }
            else if (key.SequenceEqual("message"u8) || key.SequenceEqual("Message"u8))
            {
                message = reader.ReadNullableText();
            }
            else
            {
                reader.Skip();
            }
        }

        return (code, message);
    }

    /// <summary><c>com.amazonaws.kinesis#X</c> and <c>X:http://…</c> are both X.</summary>
    private static string ShortName(string code)
    {
        code = code[(code.LastIndexOf('#') + 1)..];
        var address = code.IndexOf(':', StringComparison.Ordinal);
        return address < 0 ? code : code[..address];
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
