using System.Buffers.Binary;
using System.Text;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html.</summary>
internal static class ListStreamConsumersOperation
{
    private const byte TokenKind = 4;
    private const int DefaultPage = 100;
    private const int MaxPage = 10_000;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var now = catalog.NowMs;
        var (reference, nextToken, creationMs, limit) = Read(request);
        var stream = catalog.GetActive(reference.Resolve(catalog)).Info;
        var (startAfter, expectedMs) = nextToken is null ? (null, creationMs) : Open(nextToken, now);
        if (expectedMs is not null && expectedMs != stream.CreationMs)
        {
            throw ServiceErrors.StreamNotFound(stream.Name, catalog.AccountId);
        }

        var page = stream.Consumers.Where(consumer => string.CompareOrdinal(consumer.Name, startAfter) > 0).Take(limit + 1).ToList();
        answer.StartList("Consumers");
        foreach (var consumer in page.Take(limit))
        {
            answer.StartMap();
            ConsumerShape.WriteMembers(answer, consumer, catalog.ArnOf(stream.Name), consumer.Status(now));
            answer.EndMap();
        }

        answer.EndList();
        if (page.Count > limit)
        {
            answer.Text("NextToken", Seal(stream.CreationMs, now, page[limit - 1].Name));
        }

        return ValueTask.CompletedTask;
    }

    private static (StreamReference Stream, string? NextToken, long? CreationMs, int Limit) Read(WireValue request)
    {
        var reference = new StreamReference();
        string? nextToken = null;
        long? creationMs = null;
        var limit = DefaultPage;
        foreach (var member in request.Members)
        {
            if (member.Is("NextToken"u8))
            {
                nextToken = member.Value.Text;
            }
            else if (member.Is("StreamCreationTimestamp"u8))
            {
                creationMs = member.Value.Timestamp;
            }
            else if (member.Is("MaxResults"u8))
            {
                limit = member.Value.Int32;
            }
            else
            {
                reference.TryTake(member);
            }
        }

        var constraints = new Constraints();
        constraints.Require("streamARN", reference.Arn is not null);
        reference.Check(constraints, isRequired: false);
        constraints.Range("maxResults", limit, 1, MaxPage);
        constraints.ThrowIfAny();
        return nextToken is null || creationMs is null
            ? (reference, nextToken, creationMs, limit)
            : throw ServiceErrors.InvalidArgument("NextToken cannot be provided together with StreamCreationTimestamp.");
    }

    private static string Seal(long creationMs, long nowMs, string name)
    {
        Span<byte> content = stackalloc byte[16 + OpaqueToken.MaxNameLength];
        BinaryPrimitives.WriteInt64BigEndian(content, creationMs);
        BinaryPrimitives.WriteInt64BigEndian(content[8..], nowMs);
        return OpaqueToken.Seal(TokenKind, content[..(16 + Encoding.ASCII.GetBytes(name, content[16..]))]);
    }

    private static (string StartAfter, long? CreationMs) Open(string token, long nowMs)
    {
        Span<byte> content = stackalloc byte[16 + OpaqueToken.MaxNameLength];
        if (!OpaqueToken.TryOpen(TokenKind, token, content, out var length) || length <= 16)
        {
            throw ServiceErrors.InvalidArgument("NextToken is invalid.");
        }

        var issuedMs = BinaryPrimitives.ReadInt64BigEndian(content[8..]);
        return nowMs - issuedMs <= PageToken.LifetimeMs
            ? (Encoding.ASCII.GetString(content[16..length]), BinaryPrimitives.ReadInt64BigEndian(content))
            : throw ServiceErrors.ExpiredNextToken(issuedMs, nowMs, PageToken.LifetimeMs);
    }
}
